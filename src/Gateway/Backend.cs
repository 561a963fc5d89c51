namespace BigTech.Gateway;

/// <summary>A service behind the gateway: its replicas, taken in turn.</summary>
/// <param name="role">As <c>--target</c> calls it.</param>
/// <param name="name">As <c>/health</c> calls it.</param>
internal sealed class Backend(string role, string name, IEnumerable<Uri> addresses, TimeProvider time)
{
    private readonly Replica[] _replicas = [.. addresses.Select(address => new Replica(address, time))];
    private uint _turn;

    public string Role { get; } = role;

    public string Name { get; } = name;

    /// <summary>The replica whose turn it is among those that are not left alone; null when there is none.</summary>
    /// <param name="except">One that has just failed.</param>
    public Replica? Next(Replica? except = null)
    {
        var start = Interlocked.Increment(ref _turn);
        for (var i = 0u; i < _replicas.Length; i++)
        {
            var replica = _replicas[(start + i) % (uint)_replicas.Length];
            if (replica != except && !replica.IsOpen) return replica;
        }
        return null;
    }
}
