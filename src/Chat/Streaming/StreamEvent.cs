using System.Text;

namespace BigTech.Chat.Streaming;

/// <summary>One change of a room, as bytes that every stream shares.</summary>
/// <param name="Version">The room's version with this change.</param>
/// <param name="Frame">The whole SSE event for a stream of this room.</param>
/// <param name="BodyStart">Where the event begins after its <c>id:</c> line, for streams that number otherwise.</param>
internal sealed record StreamEvent(long RoomId, long Version, byte[] Frame, int BodyStart)
{
    /// <summary>Set when the change takes somebody out of the room: his streams of it end with it.</summary>
    public long? Removes { get; init; }

    /// <summary>Set when the room is deleted: every stream of it ends with this change.</summary>
    public bool RemovesAll { get; init; }

    /// <summary>Set on a new message that a member wrote: they no longer type.</summary>
    public long? Author { get; init; }

    /// <summary>Set when it is shown to whoever listens now and is no change of the room: it has no version of its own.</summary>
    public bool IsEphemeral { get; init; }

    /// <summary>Whether a user is no longer in the room after this change.</summary>
    public bool Takes(long userId) => RemovesAll || Removes == userId;

    public ReadOnlySpan<byte> Body => Frame.AsSpan(BodyStart);

    public static StreamEvent Create(long roomId, long version, string eventName, ReadOnlySpan<byte> data)
    {
        var head = Encoding.UTF8.GetBytes($"id: {new RoomEventId(roomId, version)}\nevent: {eventName}\ndata: ");
        var frame = new byte[head.Length + data.Length + 2];
        head.CopyTo(frame, 0);
        data.CopyTo(frame.AsSpan(head.Length));
        frame[^2] = (byte)'\n';
        frame[^1] = (byte)'\n';
        return new StreamEvent(roomId, version, frame, head.AsSpan().IndexOf((byte)'\n') + 1);
    }
}
