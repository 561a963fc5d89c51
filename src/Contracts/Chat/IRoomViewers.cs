namespace BigTech.Contracts.Chat;

/// <summary>The Chat context's answer to "who has this room before his eyes?", for those who would otherwise call him to it.</summary>
public interface IRoomViewers
{
    /// <summary>
    /// For each of the rooms that somebody has open, who: the users with a live stream of that one room. A stream of all rooms opens
    /// none of them. The answer is of this moment and binds nobody.
    /// </summary>
    ValueTask<IReadOnlyDictionary<long, IReadOnlySet<long>>> Find(IReadOnlyCollection<long> roomIds, CancellationToken ct);
}
