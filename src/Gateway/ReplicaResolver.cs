using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace BigTech.Gateway;

/// <summary>The addresses of a host, as <see cref="Dns.GetHostAddressesAsync(string, CancellationToken)"/> gives them.</summary>
internal delegate Task<IPAddress[]> HostLookup(string host, CancellationToken ct);

/// <summary>
/// A name with several addresses, such as that of a headless service of Kubernetes, stands for a replica at each of them: each gets its
/// share of the requests and a circuit breaker. The name is looked up again every few seconds; while that fails, the last addresses count.
/// A name with one address stays a name, which every new connection looks up.
/// </summary>
internal sealed class ReplicaResolver(HostLookup lookup, TimeProvider time) : IDestinationResolver
{
    /// <summary>Shorter than the pause in which a pod of Kubernetes that ends still accepts connections.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, IPAddress[]> _last = new();

    public async ValueTask<ResolvedDestinationCollection> ResolveDestinationsAsync(
        IReadOnlyDictionary<string, DestinationConfig> destinations, CancellationToken cancellationToken)
    {
        var resolved = await Task.WhenAll(destinations.Select(one => Resolve(one.Key, new Uri(one.Value.Address), cancellationToken)));
        var isFixed = destinations.Values.All(one => !IsResolved(new Uri(one.Address)));
        return new ResolvedDestinationCollection(
            resolved.SelectMany(replicas => replicas).ToDictionary(),
            isFixed ? null : new CancellationChangeToken(new CancellationTokenSource(KeptFor, time).Token));
    }

    /// <summary>A certificate is checked against the name; this machine's own name has addresses at which nothing may listen.</summary>
    private static bool IsResolved(Uri address) =>
        address.Scheme == Uri.UriSchemeHttp && address.HostNameType == UriHostNameType.Dns && !address.IsLoopback;

    private async Task<IEnumerable<KeyValuePair<string, DestinationConfig>>> Resolve(string id, Uri address, CancellationToken ct)
    {
        var found = IsResolved(address) ? await AddressesOf(address.Host, ct) : [];
        if (found.Length < 2)
        {
            return [KeyValuePair.Create(id, new DestinationConfig { Address = address.GetLeftPart(UriPartial.Authority) })];
        }
        return found.Select(ip => KeyValuePair.Create($"{id} {ip}", new DestinationConfig
        {
            Address = new UriBuilder(address) { Host = ip.ToString() }.Uri.GetLeftPart(UriPartial.Authority),
            Host = address.Authority,
        }));
    }

    private async Task<IPAddress[]> AddressesOf(string host, CancellationToken ct)
    {
        try
        {
            var found = await lookup(host, ct);
            // Of one family: a replica may have an address in both.
            return _last[host] = [.. found.Where(ip => ip.AddressFamily == found[0].AddressFamily).Distinct()];
        }
        catch (SocketException)
        {
            return _last.GetValueOrDefault(host, []);
        }
    }
}
