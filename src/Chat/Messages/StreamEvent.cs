using BigTech.BuildingBlocks.Streaming;

namespace BigTech.Chat.Messages;

/// <summary>One change of a room, as bytes that every stream shares.</summary>
/// <param name="Version">The room's version after this change.</param>
/// <param name="Frame">The whole SSE event for a stream of this room.</param>
/// <param name="BodyStart">Where the event begins after its <c>id:</c> line, for streams with other ids.</param>
internal sealed record StreamEvent(long RoomId, long Version, byte[] Frame, int BodyStart) : ITimedChange
{
    /// <inheritdoc/>
    public long CommittedAt { get; set; }

    /// <summary>Set when the change removes a user from the room: their streams of it end.</summary>
    public long? Removes { get; init; }

    /// <summary>Set when the room is deleted: all its streams end.</summary>
    public bool RemovesAll { get; init; }

    /// <summary>Set when the event shows a room to streams that do not know it, at the version before its first change there.</summary>
    public bool IsIntroduction { get; init; }

    /// <summary>Set on a new message that a member wrote: they are no longer typing.</summary>
    public long? Author { get; init; }

    /// <summary>Set when the event goes only to current listeners and changes nothing in the room: it has no version of its own.</summary>
    public bool IsEphemeral { get; init; }

    /// <summary>Whether a user is no longer in the room after this change.</summary>
    public bool Takes(long userId) => RemovesAll || Removes == userId;

    public ReadOnlySpan<byte> Body => Frame.AsSpan(BodyStart);

    public static StreamEvent Create(long roomId, long version, string eventName, ReadOnlySpan<byte> data)
    {
        var frame = SseFrame.Create(eventName, data, new RoomEventId(roomId, version).ToString());
        return new StreamEvent(roomId, version, frame, frame.AsSpan().IndexOf((byte)'\n') + 1);
    }
}
