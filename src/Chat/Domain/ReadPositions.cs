namespace BigTech.Chat.Domain;

/// <summary>
/// How many members have read a message and how many have not, as KakaoTalk counts. Exact for a group of any size: the positions are sorted
/// once, then each message takes two binary searches. A member counts for a message that was sent while they were in the room, and never
/// for their own.
/// </summary>
internal sealed class ReadPositions
{
    private readonly Room _room;
    private readonly long[] _joined;
    private readonly long[] _read;

    public ReadPositions(Room room)
    {
        _room = room;
        _joined = [.. room.Members.Values.Select(m => m.JoinedSeq).Order()];
        _read = [.. room.Members.Values.Select(m => m.ReadSeq).Order()];
    }

    public (int Read, int Unread) Of(long seq, long authorId)
    {
        // A read position starts where its member joined and only grows: a member whose position is before the message is in its audience.
        var audience = CountBelow(_joined, seq);
        var unread = CountBelow(_read, seq);
        var author = _room.Members.TryGetValue(authorId, out var member) && member.JoinedSeq < seq ? 1 : 0;
        var authorUnread = author == 1 && member!.ReadSeq < seq ? 1 : 0;
        return (audience - unread - (author - authorUnread), unread - authorUnread);
    }

    private static int CountBelow(long[] sorted, long seq)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (sorted[middle] < seq) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
