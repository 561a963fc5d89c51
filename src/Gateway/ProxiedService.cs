namespace BigTech.Gateway;

/// <summary>A service behind the gateway.</summary>
/// <param name="Role">Its name in <c>--target</c>, and its cluster.</param>
/// <param name="Name">Its name in <c>/health</c>.</param>
/// <param name="Addresses">Its replicas.</param>
/// <param name="Segments">The first segments of its paths.</param>
public sealed record ProxiedService(string Role, string Name, IReadOnlyList<Uri> Addresses, IReadOnlyList<string> Segments)
{
    /// <summary>The cluster of its streams: the same replicas with another timeout.</summary>
    internal string Streams { get; } = $"{Role}-streams";
}
