using System.Net;
using System.Reflection;
using BigTech.Chat;
using BigTech.Friends;
using BigTech.Gateway;
using BigTech.Notifications;
using BigTech.Platform;
using BigTech.Platform.Auth;
using BigTech.Platform.Cache;
using BigTech.Platform.Events;
using BigTech.Platform.Http;
using BigTech.Platform.Streams;
using BigTech.Platform.Telemetry;
using BigTech.Users;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BigTech.Server;

/// <summary>Puts the roles of this process together. A list of parts, and nothing else.</summary>
internal static partial class Composition
{
    private const long LargestBody = 1024 * 1024;
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(20);

    public static string Version { get; } = typeof(Composition).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>The program with its stores open and its schema up to date, ready to listen.</summary>
    /// <exception cref="StartupException">A store, a key or a setting does not allow it.</exception>
    public static WebApplication Build(ServerOptions options, string dataDirectory)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddEnvironmentVariables("BIGTECH_");
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options.Listen));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = LongestStop);
        AddPlatform(builder, options);
        builder.Services.AddUsers(builder.Configuration, dataDirectory);
        builder.Services.AddFriends(builder.Configuration, dataDirectory);
        builder.Services.AddChat(builder.Configuration, dataDirectory);
        builder.Services.AddNotifications(builder.Configuration, dataDirectory);

        var app = builder.Build();
        app.UseMiddleware<ProblemMiddleware>();
        app.UsePathBase("/api");
        app.UseGateway();
        app.UseRouting();
        app.UseBearerAuthentication();
        app.UseMiddleware<JsonBodies>();
        app.MapUsers();
        app.MapFriends();
        app.MapChat();
        app.MapNotifications();
        app.MapHealth();
        app.MapMetrics();
        app.MapApiDescription();
        app.RequireAuthorizationDecisions();
        // Opened now: a damaged store is one clear line before anything listens.
        foreach (var store in app.Services.GetServices<RequiredStore>()) LogStoreOpened(app.Logger, store.Database.Name);
        return app;
    }

    /// <summary>Says where each role listens, ports that the system chose included.</summary>
    public static void Announce(WebApplication app, ServerOptions options)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        foreach (var (listener, address) in options.Listen.Zip(addresses)) LogListening(app.Logger, listener.Role, address);
        LogReady(app.Logger, Version);
    }

    private static void AddPlatform(WebApplicationBuilder builder, ServerOptions options)
    {
        var services = builder.Services;
        services.AddTelemetry(builder.Logging, builder.Configuration, "all");
        builder.Logging.SetMinimumLevel(options.LogLevel);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // A failed start is told by Program, in one line.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        services.AddSingleton(TimeProvider.System);
        services.AddRedis(builder.Configuration);
        services.AddHttpJson();
        services.AddBearerAuthentication();
        services.AddSingleton(Microsoft.Extensions.Options.Options.Create(Settings.Bind<StreamOptions>(builder.Configuration, "Streams")));
        services.AddSingleton(Microsoft.Extensions.Options.Options.Create(Settings.Bind<BusOptions>(builder.Configuration, "Bus")));
        services.AddSingleton<StreamRegistry>();
        services.AddEmbeddedBus();
        services.AddApiDescription(Version);
    }

    private static void Listen(KestrelServerOptions kestrel, IReadOnlyList<Listener> listeners)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = LargestBody;
        foreach (var listener in listeners)
        {
            if (listener.Url.Host == "localhost") kestrel.ListenLocalhost(listener.Url.Port, endpoint => Name(endpoint, listener));
            else kestrel.Listen(IPAddress.Parse(listener.Url.Host.Trim('[', ']')), listener.Url.Port, endpoint => Name(endpoint, listener));
        }
    }

    private static void Name(ListenOptions endpoint, Listener listener)
    {
        var name = new ServiceName(listener.Service);
        endpoint.Use(next => connection =>
        {
            connection.Features.Set(name);
            return next(connection);
        });
    }

    [LoggerMessage(1, LogLevel.Information, "{Role} listens on {Url}")]
    private static partial void LogListening(ILogger logger, string role, string url);

    [LoggerMessage(2, LogLevel.Information, "BigTech Chat {Version} is ready")]
    private static partial void LogReady(ILogger logger, string version);

    [LoggerMessage(3, LogLevel.Debug, "The store {Store} is open")]
    private static partial void LogStoreOpened(ILogger logger, string store);
}
