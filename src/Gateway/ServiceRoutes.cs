using System.Net;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;

namespace BigTech.Gateway;

/// <summary>The services and their paths as YARP routes and clusters.</summary>
internal static class ServiceRoutes
{
    public static IReadOnlyList<RouteConfig> Routes(IEnumerable<ProxiedService> services) =>
    [
        .. from service in services
           from segment in service.Segments
           from route in new[] { To(service.Role, $"/{segment}/{{**rest}}"), To(service.Streams, $"/{segment}/stream/{{**rest}}") }
           select route,
    ];

    public static IReadOnlyList<ClusterConfig> Clusters(IEnumerable<ProxiedService> services, GatewayOptions options) =>
    [
        // A live stream carries heartbeats, so a silent one has lost its service without a close.
        .. from service in services
           from cluster in new[] { (Id: service.Role, Seconds: options.TimeoutSeconds),
               (Id: service.Streams, Seconds: options.StreamSilenceSeconds) }
           select Cluster(cluster.Id, service.Role, service.Addresses, TimeSpan.FromSeconds(cluster.Seconds)),
    ];

    /// <summary>A replica for a request of the gateway itself: an available one, if there is any.</summary>
    public static Uri AnyReplica(this IProxyStateLookup clusters, ProxiedService service)
    {
        var replicas = clusters.TryGetCluster(service.Role, out var cluster)
            ? cluster.DestinationsState
            : throw new InvalidOperationException($"No cluster {service.Role}.");
        var from = replicas.AvailableDestinations is { Count: > 0 } available ? available : replicas.AllDestinations;
        return new Uri(from[Random.Shared.Next(from.Count)].Model.Config.Address);
    }

    private static RouteConfig To(string cluster, string path) =>
        new() { RouteId = path, ClusterId = cluster, Match = new RouteMatch { Path = path } };

    private static ClusterConfig Cluster(string id, string role, IReadOnlyList<Uri> addresses, TimeSpan timeout) => new()
    {
        ClusterId = id,
        Destinations = addresses.Index().ToDictionary(
            replica => $"{role}-{replica.Index}",
            replica => new DestinationConfig { Address = replica.Item.GetLeftPart(UriPartial.Authority) }),
        // Picks the less loaded of two replicas: a replica that hangs collects requests long before they time out.
        LoadBalancingPolicy = LoadBalancingPolicies.PowerOfTwoChoices,
        HealthCheck = new HealthCheckConfig
        {
            Passive = new PassiveHealthCheckConfig { Enabled = true, Policy = ReplicaHealth.PolicyName },
            AvailableDestinationsPolicy = HealthCheckConstants.AvailableDestinations.HealthyAndUnknown,
        },
        HttpRequest = new ForwarderRequestConfig { ActivityTimeout = timeout, Version = HttpVersion.Version11 },
    };
}
