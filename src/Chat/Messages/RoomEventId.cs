namespace BigTech.Chat.Messages;

/// <summary>The id of an event on a stream of one room: the room and its version.</summary>
internal readonly record struct RoomEventId(long RoomId, long Version)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{RoomId}:{Version}");

    public static RoomEventId? Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            && long.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var room)
            && long.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? new RoomEventId(room, version)
            : null;
    }
}
