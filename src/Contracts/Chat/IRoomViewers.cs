namespace BigTech.Contracts.Chat;

/// <summary>The users who are viewing a room, for contexts that would otherwise notify them.</summary>
public interface IRoomViewers
{
    /// <summary>
    /// For each of the rooms that has any, the users with a live stream of that one room. A stream of all rooms does not count. The result
    /// is a snapshot.
    /// </summary>
    ValueTask<IReadOnlyDictionary<long, IReadOnlySet<long>>> Find(IReadOnlyCollection<long> roomIds, CancellationToken ct);
}
