using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace BigTech.Gateway;

/// <summary>
/// The circuit breaker of each replica, as a passive health policy of YARP. A request counts when its response begins: a stream ends after
/// hours. A replica that fails most of its latest requests is excluded for a second, and then gets one request at a time until it responds.
/// The last replica of a service is never excluded: without it all requests would fail, also those that it can serve.
/// </summary>
internal sealed class ReplicaHealth(IDestinationHealthUpdater health, TimeProvider time) : IPassiveHealthCheckPolicy
{
    public const string PolicyName = "AnswerBegins";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // By destination: the streams of a service use the same replicas in a separate cluster.
    private readonly ConcurrentDictionary<string, Circuit> _circuits = new();
    private readonly Lock _opening = new();

    public string Name => PolicyName;

    /// <summary>Excludes replicas with a trial request in progress.</summary>
    public IReadOnlyList<DestinationState> WithoutTrials(IReadOnlyList<DestinationState> replicas) =>
        replicas.Any(IsAtTrial) ? [.. replicas.Where(replica => !IsAtTrial(replica))] : replicas;

    /// <summary>Called when the response begins, whatever its status.</summary>
    public void Answered(HttpContext context)
    {
        var replica = context.GetReverseProxyFeature().ProxiedDestination!.DestinationId;
        if (CircuitOf(replica).CountAnswer(time.GetUtcNow())) Set(context, replica, DestinationHealth.Healthy);
    }

    /// <summary>Called when the attempt ends.</summary>
    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
        if (!Forwarding.HasReplicaFailed(context)) return;
        lock (_opening)
        {
            var others = cluster.Destinations.Keys.Where(id => id != destination.DestinationId);
            var isLast = others.All(id => CircuitOf(id).IsOpen);
            if (CircuitOf(destination.DestinationId).CountFailure(time.GetUtcNow(), mayOpen: !isLast))
            {
                Set(context, destination.DestinationId, DestinationHealth.Unhealthy);
            }
        }
    }

    private bool IsAtTrial(DestinationState replica) => replica.ConcurrentRequestCount > 0 && CircuitOf(replica.DestinationId).IsOpen;

    private Circuit CircuitOf(string replica) => _circuits.GetOrAdd(replica, static _ => new Circuit());

    private void Set(HttpContext context, string id, DestinationHealth now)
    {
        foreach (var cluster in context.RequestServices.GetRequiredService<IProxyStateLookup>().GetClusters())
        {
            if (cluster.Destinations.TryGetValue(id, out var replica)) health.SetPassive(cluster, replica, now, Pause);
        }
    }

    private sealed class Circuit
    {
        private readonly Lock _gate = new();
        private readonly RecentOutcomes _latest = new();
        private volatile bool _isOpen;

        public bool IsOpen => _isOpen;

        /// <returns>Whether this closed the circuit.</returns>
        public bool CountAnswer(DateTimeOffset now)
        {
            lock (_gate)
            {
                var wasOpen = _isOpen;
                if (wasOpen) _latest.Clear();
                _isOpen = false;
                _latest.Add(isFailure: false, now);
                return wasOpen;
            }
        }

        /// <returns>Whether the circuit is open now.</returns>
        public bool CountFailure(DateTimeOffset now, bool mayOpen)
        {
            lock (_gate)
            {
                _latest.Add(isFailure: true, now);
                return _isOpen = _isOpen || (mayOpen && _latest.ShowFailure);
            }
        }
    }
}
