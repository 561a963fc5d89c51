using System.Buffers.Text;

namespace BigTech.Chat.Streaming;

/// <summary>
/// The id of an event on the stream of all of a user's rooms: the client's version of each room. Self-contained, so that any replica can
/// resume from it, also after a restart.
/// </summary>
internal static class UserEventId
{
    /// <summary>Beyond it, the rooms that the stream has known longest are left out; a resumed client starts over in them.</summary>
    public const int MaxRooms = 500;

    private const byte Format = 1;

    /// <param name="versions">By room; sorted by room id.</param>
    /// <param name="isComplete">Whether they contain every room of the user.</param>
    public static int Write(long userId, SortedList<long, long> versions, bool isComplete, Span<byte> target)
    {
        Span<byte> bytes = stackalloc byte[MaxBytes(versions.Count)];
        var at = 0;
        bytes[at++] = Format;
        bytes[at++] = (byte)(isComplete ? 1 : 0);
        at += Varint(bytes[at..], userId);
        long previous = 0;
        for (var i = 0; i < versions.Count; i++)
        {
            var room = versions.GetKeyAtIndex(i);
            at += Varint(bytes[at..], room - previous);
            at += Varint(bytes[at..], versions.GetValueAtIndex(i));
            previous = room;
        }
        return Base64Url.EncodeToUtf8(bytes[..at], target);
    }

    public static int MaxLength(int rooms) => Base64Url.GetEncodedLength(MaxBytes(rooms));

    /// <summary>Reads an id; null when it has another format.</summary>
    public static (long UserId, bool IsComplete, Dictionary<long, long> Versions)? Parse(string text)
    {
        if (text.Length is 0 or > 16 * 1024 || !Base64Url.IsValid(text)) return null;
        ReadOnlySpan<byte> bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length < 3 || bytes[0] != Format || bytes[1] > 1) return null;
        var isComplete = bytes[1] == 1;
        bytes = bytes[2..];
        if (!TryVarint(ref bytes, out var userId)) return null;
        var versions = new Dictionary<long, long>();
        long room = 0;
        while (bytes.Length > 0)
        {
            if (!TryVarint(ref bytes, out var step) || step <= 0 || !TryVarint(ref bytes, out var version)) return null;
            room += step;
            if (room < 0 || versions.Count == MaxRooms || !versions.TryAdd(room, version)) return null;
        }
        return (userId, isComplete, versions);
    }

    private static int MaxBytes(int rooms) => 12 + rooms * 18;

    private static int Varint(Span<byte> target, long value)
    {
        var at = 0;
        var rest = (ulong)value;
        while (rest >= 0x80)
        {
            target[at++] = (byte)(rest | 0x80);
            rest >>= 7;
        }
        target[at++] = (byte)rest;
        return at;
    }

    private static bool TryVarint(ref ReadOnlySpan<byte> bytes, out long value)
    {
        ulong result = 0;
        for (var i = 0; i < bytes.Length && i < 9; i++)
        {
            result |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] >= 0x80) continue;
            bytes = bytes[(i + 1)..];
            value = (long)result;
            return value >= 0;
        }
        value = 0;
        return false;
    }
}
