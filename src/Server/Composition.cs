using System.Net;
using System.Reflection;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Events.Hosting;
using BigTech.BuildingBlocks.Redis;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Streaming;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Docs;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.BuildingBlocks.Web.Services;
using BigTech.BuildingBlocks.Web.Telemetry;
using BigTech.Chat;
using BigTech.Friends;
using BigTech.Gateway;
using BigTech.Users;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BigTech.Server;

/// <summary>Composes the roles of this process.</summary>
internal static partial class Composition
{
    private const long MaxBodyBytes = 1024 * 1024;
    private static readonly TimeSpan MaxStopTime = TimeSpan.FromSeconds(20);

    /// <summary>The version and, behind a plus, the commit it was built from: https://semver.org/#spec-item-10</summary>
    public static string Version { get; } =
        typeof(Composition).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>The application with its stores open and its schema up to date, ready to listen if the command is to run.</summary>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="StartupException">A store, a key or a setting prevents the start.</exception>
    public static WebApplication Build(ServerOptions options, string dataDirectory, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddEnvironmentVariables("BIGTECH_");
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options.Listen));
        FindWebClient(builder);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = MaxStopTime);
        AddBuildingBlocks(builder, options);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        AddRoles(builder, options, dataDirectory);

        var app = builder.Build();
        if (options.Command == ServerCommand.Run) UsePipeline(app, options);
        // Opened now, so that a damaged store is reported in one line before anything listens.
        foreach (var store in app.Services.GetServices<RequiredStore>()) LogStoreOpened(app.Logger, store.Store.Name);
        return app;
    }

    /// <summary>The request pipeline. Other commands serve no requests and need no signing keys.</summary>
    private static void UsePipeline(WebApplication app, ServerOptions options)
    {
        app.UseClientTraceLinks();
        app.UseAccessLog();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseMetrics();
        app.UsePathBase("/api");
        app.UseGateway();
        if (HasProxy(options)) app.UseProxy();
        app.UseRouting();
        app.UseMiddleware<ServiceAuthenticationMiddleware>();
        app.UseBearerAuthentication();
        app.UseMiddleware<QueryNumberMiddleware>();
        app.UseMiddleware<JsonBodyMiddleware>();
        var routes = app.MapHeadForGet();
        foreach (var role in options.Roles) role.Map(routes);
        routes.MapHealth();
        routes.MapApiDescription();
        routes.MapEventDescription();
        app.UseApiPage(app.Services.GetRequiredService<GatewayOptions>().DocsKeepToken);
        app.RequireAuthorizationDecisions();
    }

    /// <summary>Logs the address of each role, including ports that the system chose, and what an operator should know.</summary>
    public static void Announce(WebApplication app, ServerOptions options, DataDirectory? data)
    {
        if (data is not null) LogData(app.Logger, data.Path);
        if (data?.WasOpen == true) LogDataWasOpen(app.Logger, data.Path);
        var addresses = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        foreach (var (listener, address) in options.Listen.Zip(addresses)) LogListening(app.Logger, listener.Role.Key, address);
        if (options.Listen.All(listener => listener.Role != Roles.Metrics)) LogNoMetrics(app.Logger, Roles.Metrics.Key);
        LogReady(app.Logger, Version);
        if (!app.Services.GetRequiredService<GatewayOptions>().WebClient) return;
        foreach (var (_, address) in options.Listen.Zip(addresses).Where(pair => pair.First.Role == Roles.Gateway))
        {
            LogOpen(app.Logger, $"{address}/", $"{address}/docs");
        }
    }

    /// <summary>A gateway without all the roles forwards to other processes.</summary>
    private static bool HasProxy(ServerOptions options) => options.Roles.Contains(Roles.Gateway) && !options.IsWhole;

    /// <summary>Registers the contexts of this process, and clients for the contexts that run elsewhere.</summary>
    private static void AddRoles(WebApplicationBuilder builder, ServerOptions options, string dataDirectory)
    {
        var (services, config) = (builder.Services, builder.Configuration);
        if (options.From is { } from) MigrateCommand.Prepare(config, from, dataDirectory);
        var elsewhere = OptionsBinding.Bind<ServicesOptions>(config, "Services");
        services.AddSingleton(elsewhere);
        services.AddSingleton<ServiceKeys>();
        services.AddClientTraces();
        if (!options.IsWhole && options.KeepsData) RequireSharedEngines(config);
        var gateway = OptionsBinding.Bind<GatewayOptions>(config, "Gateway");
        services.AddGateway(gateway);
        if (HasProxy(options))
        {
            services.AddProxy(gateway, Roles.Proxied(elsewhere));
            RequireGatewaySecret(elsewhere);
        }
        foreach (var role in options.Roles) role.Add(services, config, dataDirectory);
        if (!options.Roles.Contains(Roles.User)) services.AddUsersClient(Roles.User.Name, config, elsewhere);
        if (options.Roles.Contains(Roles.Chat) && !options.Roles.Contains(Roles.Friend))
        {
            services.AddFriendsClient(Roles.Friend.Name, elsewhere);
        }
        if (options.Roles.Contains(Roles.Notification)) AddRoomViewers(services, options, elsewhere);
        if (options.KeepsData && AsksOthers(options)) RequireServiceSecret(elsewhere);
    }

    private static bool AsksOthers(ServerOptions options) =>
        new[] { Roles.User, Roles.Friend, Roles.Chat }.Any(role => !options.Roles.Contains(role));

    /// <summary>What opens the gateway's one internal path opens no other.</summary>
    private static void RequireServiceSecret(ServicesOptions services)
    {
        if (services.Secret is null && services.GatewaySecret is not null)
        {
            throw new SettingException("Services:Secret must be set: services know each other by it, and not by Services:GatewaySecret.");
        }
    }

    /// <summary>Room viewers come from the Chat replicas. If this process runs Chat too, it may be one of several replicas.</summary>
    private static void AddRoomViewers(IServiceCollection services, ServerOptions options, ServicesOptions elsewhere)
    {
        var isOnlyChat = options.IsWhole || (options.Roles.Contains(Roles.Chat) && string.IsNullOrWhiteSpace(elsewhere.Chat));
        if (isOnlyChat) services.AddLocalRoomViewers();
        else services.AddRemoteRoomViewers(Roles.Chat.Name, elsewhere);
    }

    /// <summary>Without a secret the services would take the gateway's address for that of every client.</summary>
    private static void RequireGatewaySecret(ServicesOptions services)
    {
        if (services.GatewaySecret is null && services.Secret is null)
        {
            throw new SettingException("Services:GatewaySecret or Services:Secret must be set for a gateway in front of services.");
        }
    }

    /// <summary>Contexts in several processes communicate over Kafka and Redis; without these they would not exchange any events.</summary>
    private static void RequireSharedEngines(ConfigurationManager config)
    {
        foreach (var name in new[] { "Kafka:BootstrapServers", "Redis:Configuration", "Services:Secret" })
        {
            if (string.IsNullOrWhiteSpace(config[name]))
            {
                throw new SettingException($"{name} must be set where the roles run in several processes.");
            }
        }
    }

    private static void AddBuildingBlocks(WebApplicationBuilder builder, ServerOptions options)
    {
        var services = builder.Services;
        services.AddTelemetry(builder.Logging, builder.Configuration,
            options.IsWhole ? "all" : string.Join('-', options.Roles.Select(role => role.Key).Order(StringComparer.Ordinal)));
        builder.Logging.SetMinimumLevel(options.LogLevel);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // The gateway itself logs which replica does not respond.
        builder.Logging.AddFilter("Yarp", LogLevel.Critical);
        builder.Logging.AddFilter("Polly", LogLevel.Critical);
        // A store logs its failure once, not with every health check.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        // Program reports a failed start in one line.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        services.AddSingleton<ShutdownConnectionAborter>();
        services.AddRedis(builder.Configuration);
        services.AddHttpJson();
        services.AddPathIds();
        services.AddHealthChecks();
        services.AddBearerAuthentication(builder.Configuration);
        services.AddSingleton(
            Microsoft.Extensions.Options.Options.Create(OptionsBinding.Bind<StreamOptions>(builder.Configuration, "Streams")));
        services.AddSingleton(Microsoft.Extensions.Options.Options.Create(OptionsBinding.Bind<BusOptions>(builder.Configuration, "Bus")));
        services.AddSingleton<StreamRegistry>();
        services.AddEventBus(builder.Configuration);
        services.AddApiDescription(Version.Split('+')[0]);
    }

    /// <summary>A program that was built and not published has the files of the web client in the folders of their projects.</summary>
    private static void FindWebClient(WebApplicationBuilder builder)
    {
        var list = Path.Combine(AppContext.BaseDirectory, "Server.staticwebassets.runtime.json");
        if (!File.Exists(list)) return;
        builder.Configuration[WebHostDefaults.StaticWebAssetsKey] = list;
        // As where it is published: a change is seen after the next build.
        builder.Configuration["ReloadStaticAssetsAtRuntime"] = "false";
        builder.WebHost.UseStaticWebAssets();
    }

    private static void Listen(KestrelServerOptions kestrel, IReadOnlyList<EndpointBinding> listeners)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        var late = kestrel.ApplicationServices.GetRequiredService<ShutdownConnectionAborter>();
        var trustsProxy = kestrel.ApplicationServices.GetRequiredService<GatewayOptions>().TrustsProxy();
        foreach (var listener in listeners)
        {
            if (listener.Url.Host == "localhost")
            {
                kestrel.ListenLocalhost(listener.Url.Port, endpoint => Describe(endpoint, listener));
            }
            else
            {
                kestrel.Listen(
                    IPAddress.Parse(listener.Url.Host.Trim('[', ']')), listener.Url.Port, endpoint => Describe(endpoint, listener));
            }
        }

        void Describe(ListenOptions endpoint, EndpointBinding listener)
        {
            var name = new ServiceName(listener.Role.Key, listener.Role.Name);
            endpoint.Use(next => connection =>
            {
                connection.Features.Set(name);
                if (trustsProxy((connection.RemoteEndPoint as IPEndPoint)?.Address)) ClientTraces.TrustConnection();
                return late.Serve(connection, next);
            });
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Role} listens on {Url}")]
    private static partial void LogListening(ILogger logger, string role, string url);

    [LoggerMessage(2, LogLevel.Information, "BigTech Chat {Version} is ready")]
    private static partial void LogReady(ILogger logger, string version);

    [LoggerMessage(6, LogLevel.Information, "The web client is at {Client}, the page of the API at {Docs}")]
    private static partial void LogOpen(ILogger logger, string client, string docs);

    [LoggerMessage(7, LogLevel.Information, "The data is in {Folder}")]
    private static partial void LogData(ILogger logger, string folder);

    [LoggerMessage(4, LogLevel.Warning, "No metrics: --urls names no {Name}=URL, or its default port is taken")]
    private static partial void LogNoMetrics(ILogger logger, string name);

    [LoggerMessage(5, LogLevel.Warning,
        "Other accounts could read files in {Folder}, or write there. Their permissions on the program's own files were taken away as far "
        + "as this account may do that")]
    private static partial void LogDataWasOpen(ILogger logger, string folder);

    [LoggerMessage(3, LogLevel.Debug, "Store {Store} opened")]
    private static partial void LogStoreOpened(ILogger logger, string store);
}
