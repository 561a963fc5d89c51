using BigTech.Contracts.Chat;

namespace BigTech.Chat.Streaming;

/// <summary>The users who are viewing each room, from the live streams of this process.</summary>
internal sealed class RoomViewers(RoomHub hub) : IRoomViewers
{
    public ValueTask<IReadOnlyDictionary<long, IReadOnlySet<long>>> Find(IReadOnlyCollection<long> roomIds, CancellationToken ct)
    {
        var found = new Dictionary<long, IReadOnlySet<long>>();
        foreach (var room in roomIds)
        {
            if (hub.ViewersOf(room) is { } viewers) found[room] = viewers;
        }
        return ValueTask.FromResult<IReadOnlyDictionary<long, IReadOnlySet<long>>>(found);
    }
}
