using BigTech.Chat.Domain;

namespace BigTech.Chat.Streaming;

/// <summary>Where a client of the stream of all rooms goes on, by the id that it sends.</summary>
/// <param name="UserId">Whose id it is; null for <c>0</c>, the beginning.</param>
/// <param name="IsComplete">Whether a room that is not in <paramref name="Versions"/> is new to the client.</param>
/// <param name="Versions">The client's version of each room.</param>
internal sealed record UserPosition(long? UserId, bool IsComplete, Dictionary<long, long> Versions)
{
    private const string Beginning = "0";

    public bool IsValid { get; private init; } = true;

    /// <summary>Null when the client sends none, and starts at the present.</summary>
    public static UserPosition? Parse(string? lastEventId)
    {
        if (lastEventId is not { Length: > 0 }) return null;
        if (lastEventId == Beginning) return new UserPosition(null, true, []);
        return UserEventId.Parse(lastEventId) is { } id
            ? new UserPosition(id.UserId, id.IsComplete, id.Versions)
            : new UserPosition(null, false, []) { IsValid = false };
    }

    public bool Knows(long roomId) => Versions.ContainsKey(roomId);

    /// <summary>The version of a room from which the client needs the changes.</summary>
    public long Since(Room room, long userId)
    {
        if (Versions.TryGetValue(room.Id, out var known)) return known;
        if (!IsComplete) return room.Version;
        return UserId is null ? 0 : room.Members[userId].SeesFrom;
    }
}
