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

    /// <summary>
    /// The replica that takes a request, of those that are not left alone; null when there is none. They take turns, but one that answers comes before
    /// one that is silent, and one at which fewer requests wait before the others.
    /// </summary>
    /// <param name="except">One that has just failed.</param>
    public Replica? Take(Replica? except = null)
    {
        return InTurn().OrderBy(replica => replica.IsSilent).ThenBy(replica => replica.Waiting).FirstOrDefault(replica => replica != except && replica.TryTake());
    }

    /// <summary>A replica to ask something beside the requests, which changes nothing of whether it is left alone.</summary>
    public Replica Peek()
    {
        var replicas = InTurn();
        return replicas.FirstOrDefault(replica => replica.IsInUse) ?? replicas[0];
    }

    private Replica[] InTurn()
    {
        var first = (int)(Interlocked.Increment(ref _turn) % (uint)_replicas.Length);
        return [.. _replicas.AsSpan(first), .. _replicas.AsSpan(0, first)];
    }
}
