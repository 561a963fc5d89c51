using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;

namespace BigTech.Load;

/// <summary>The baseline of the gateway: YARP with one route to one address and nothing else.</summary>
internal static class BareProxy
{
    /// <summary>The prefix of the line on standard output that gives the listening address.</summary>
    public const string ListensOn = "proxy listens on ";

    /// <summary>Forwards every request until it is cancelled or its standard input ends.</summary>
    public static async Task<int> Run(string target, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRouting();
        var route = new RouteConfig { RouteId = "all", ClusterId = "target", Match = new RouteMatch { Path = "{**path}" } };
        var cluster = new ClusterConfig
        {
            ClusterId = "target",
            Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = target } },
        };
        builder.Services.AddReverseProxy().LoadFromMemory([route], [cluster]);
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapReverseProxy();
        await app.StartAsync(cancellation);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Console.WriteLine(ListensOn + addresses.Single());
        await EchoServer.WaitForEndOfInput(cancellation);
        return 0;
    }
}
