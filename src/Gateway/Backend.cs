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

    /// <summary>The replica whose turn it is to take a request, of those that are not left alone; null when there is none.</summary>
    /// <param name="except">One that has just failed.</param>
    public Replica? Take(Replica? except = null)
    {
        var turn = Interlocked.Increment(ref _turn);
        for (var i = 0u; i < _replicas.Length; i++)
        {
            var replica = At(turn + i);
            if (replica != except && replica.TryTake()) return replica;
        }
        return null;
    }

    /// <summary>A replica to ask something beside the requests, which changes nothing of whether it is left alone.</summary>
    public Replica Peek()
    {
        var turn = Interlocked.Increment(ref _turn);
        for (var i = 0u; i < _replicas.Length; i++)
        {
            if (At(turn + i) is { IsInUse: true } replica) return replica;
        }
        return At(turn);
    }

    private Replica At(uint turn) => _replicas[turn % (uint)_replicas.Length];
}
