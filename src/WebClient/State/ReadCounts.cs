namespace BigTech.WebClient.State;

/// <summary>
/// The number at a message: how many of those who were in the room when it was sent have not read it, its author not counted. Computed from
/// the members' positions, for a room of any size.
/// </summary>
public sealed class ReadCounts(IReadOnlyList<RoomMember> members)
{
    private readonly long[] _positions = [.. members.Select(member => member.ReadSeq).Order()];
    private readonly Dictionary<long, long> _byUser = members.DistinctBy(member => member.UserId).ToDictionary(
        member => member.UserId, member => member.ReadSeq);

    /// <summary>A position starts where its member joined: one before the message is of a member who was there.</summary>
    public int Unread(Message message)
    {
        var isAuthorBehind = _byUser.TryGetValue(message.UserId, out var read) && read < message.Seq;
        return CountBelow(message.Seq) - (isAuthorBehind ? 1 : 0);
    }

    private int CountBelow(long seq)
    {
        var place = Array.BinarySearch(_positions, seq);
        if (place < 0) return ~place;
        while (place > 0 && _positions[place - 1] == seq) place--;
        return place;
    }
}
