using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace BigTech.Gateway;

/// <summary>
/// The circuit breaker of each replica, as a passive health policy of YARP. A request counts when its response begins: a stream ends after
/// hours. A replica with three failures in a row is excluded for a second, and then gets one request at a time until it responds.
/// </summary>
internal sealed class ReplicaHealth(IDestinationHealthUpdater health) : IPassiveHealthCheckPolicy
{
    public const string PolicyName = "AnswerBegins";
    private const int FailuresToOpen = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // By destination: the streams of a service use the same replicas in a separate cluster.
    private readonly ConcurrentDictionary<string, int> _failuresInARow = new();

    public string Name => PolicyName;

    /// <summary>Excludes replicas with a trial request in progress.</summary>
    public IReadOnlyList<DestinationState> WithoutTrials(IReadOnlyList<DestinationState> replicas) =>
        replicas.Any(IsAtTrial) ? [.. replicas.Where(replica => !IsAtTrial(replica))] : replicas;

    /// <summary>Called when the response begins, whatever its status.</summary>
    public void Answered(HttpContext context)
    {
        var replica = context.GetReverseProxyFeature().ProxiedDestination!.DestinationId;
        if (_failuresInARow.TryRemove(replica, out _)) Set(context, replica, DestinationHealth.Healthy);
    }

    /// <summary>Called when the attempt ends.</summary>
    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
        if (!Forwarding.HasReplicaFailed(context)) return;
        var failures = _failuresInARow.AddOrUpdate(destination.DestinationId, 1, static (_, before) => before + 1);
        if (failures >= FailuresToOpen) Set(context, destination.DestinationId, DestinationHealth.Unhealthy);
    }

    private bool IsAtTrial(DestinationState replica) =>
        replica.ConcurrentRequestCount > 0 && _failuresInARow.GetValueOrDefault(replica.DestinationId) >= FailuresToOpen;

    private void Set(HttpContext context, string id, DestinationHealth now)
    {
        foreach (var cluster in context.RequestServices.GetRequiredService<IProxyStateLookup>().GetClusters())
        {
            if (cluster.Destinations.TryGetValue(id, out var replica)) health.SetPassive(cluster, replica, now, Pause);
        }
    }
}
