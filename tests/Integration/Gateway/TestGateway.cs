using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.BuildingBlocks.Web.Services;
using BigTech.Gateway;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy;

namespace BigTech.Tests.Integration.Gateway;

/// <summary>A gateway in front of replicas that a test controls.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    // A connection that opens slowly on a busy machine is no failure of the replica.
    private static readonly GatewayOptions Patient = new() { ConnectMilliseconds = 60_000, TimeoutSeconds = 60 };

    private readonly WebApplication _app;
    private int _ended;

    /// <summary>The service behind the gateway.</summary>
    public ProxiedService Chat { get; }

    private TestGateway(TimeProvider time, HostLookup? lookup, string replicas)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        Chat = new ProxiedService(
            "chat", "Chat Service", [.. replicas.Split(',').Select(address => new Uri(address))], ["messages", "chat-rooms"]);
        if (lookup is not null) builder.Services.AddSingleton(lookup);
        builder.Services.AddSingleton(time).AddSingleton(new ServicesOptions()).AddProxy(Patient, [Chat]);
        _app = builder.Build();
        _app.Use(async (context, next) =>
        {
            context.Features.Set(new ServiceName(GatewayModule.Role, "API Gateway"));
            try
            {
                await next(context);
            }
            catch (AppError error)
            {
                context.Response.StatusCode = error.Kind.ToStatus();
            }
            finally
            {
                Interlocked.Increment(ref _ended);
            }
        });
        _app.UseProxy();
    }

    public Uri Address => new(_app.Urls.Single());

    /// <summary>The number of requests that the gateway is done with.</summary>
    public int Ended => Volatile.Read(ref _ended);

    /// <summary>The number of replicas of Chat that are in use, for requests and for streams.</summary>
    public IEnumerable<int> AvailableReplicas => Lookup.GetClusters()
        .Where(cluster => cluster.ClusterId.StartsWith("chat", StringComparison.Ordinal))
        .Select(cluster => cluster.DestinationsState.AvailableDestinations.Count);

    public IProxyStateLookup Lookup => _app.Services.GetRequiredService<IProxyStateLookup>();

    public ServicesHealth Health => _app.Services.GetRequiredService<ServicesHealth>();

    public static Task<TestGateway> Start(TimeProvider time, params Uri[] replicas) => Start(time, lookup: null, replicas);

    /// <param name="lookup">What resolves the names of replicas in place of DNS.</param>
    public static async Task<TestGateway> Start(TimeProvider time, HostLookup? lookup, params Uri[] replicas)
    {
        var gateway = new TestGateway(time, lookup, string.Join(',', replicas.AsEnumerable()));
        await gateway._app.StartAsync(TestContext.Current.CancellationToken);
        return gateway;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
