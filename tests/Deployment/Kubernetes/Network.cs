using System.Globalization;
using k8s.Models;

namespace BigTech.Tests.Deployment.Kubernetes;

/// <summary>A place that connections come from or go to: pods with these labels, in a namespace of this name.</summary>
internal sealed record Place(string Name, string Namespace, IReadOnlyDictionary<string, string> Labels);

/// <summary>What the network policies of an overlay allow, as the API describes them.</summary>
internal sealed class Network(Rendered rendered)
{
    private const string Own = "bigtech-chat";

    private readonly IReadOnlyList<V1NetworkPolicy> _policies = rendered.Of<V1NetworkPolicy>().ToList();

    /// <summary>Every connection that is allowed between these places at these ports, as <c>from to port</c>.</summary>
    public IEnumerable<string> Allowed(IReadOnlyCollection<Place> places, IReadOnlyCollection<int> ports) =>
        from source in places
        from target in places
        where source.Namespace == Own || target.Namespace == Own
        from port in ports
        where Leaves(source, target, port) && Enters(source, target, port)
        select $"{source.Name} {target.Name} {port}";

    private bool Leaves(Place source, Place target, int port)
    {
        var of = Of(source, "Egress");
        return of.Count == 0
            || of.SelectMany(one => one.Spec.Egress ?? []).Any(rule => Names(rule.To, target) && Opens(rule.Ports, port));
    }

    private bool Enters(Place source, Place target, int port)
    {
        var of = Of(target, "Ingress");
        return of.Count == 0
            || of.SelectMany(one => one.Spec.Ingress ?? []).Any(rule => Names(rule.FromProperty, source) && Opens(rule.Ports, port));
    }

    private List<V1NetworkPolicy> Of(Place place, string direction) => place.Namespace != Own
        ? []
        : _policies.Where(one =>
            one.Spec.PolicyTypes.Contains(direction) && ObjectRules.Selects(one.Spec.PodSelector, place.Labels)).ToList();

    private static bool Names(IList<V1NetworkPolicyPeer>? peers, Place place) => peers is null or [] || peers.Any(peer =>
        peer.IpBlock is null
        && (peer.NamespaceSelector is { } selector
            ? ObjectRules.Selects(selector, new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = place.Namespace })
            : place.Namespace == Own)
        && (peer.PodSelector is null || ObjectRules.Selects(peer.PodSelector, place.Labels)));

    private static bool Opens(IList<V1NetworkPolicyPort>? ports, int port) => ports is null or [] || ports.Any(one =>
        one.Port.Value == port.ToString(CultureInfo.InvariantCulture));
}
