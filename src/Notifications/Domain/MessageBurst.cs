namespace BigTech.Notifications.Domain;

/// <summary>One message.</summary>
/// <param name="Version">The room's version with this message.</param>
/// <param name="Preview">The beginning of its text, computed once for all recipients.</param>
/// <param name="Mentions">The usernames that it mentions.</param>
/// <param name="TraceParent">The trace of its sending.</param>
internal sealed record Line(
    long Version, long Seq, string MessageId, Actor Sender, string Preview, IReadOnlyList<string> Mentions, DateTimeOffset At,
    string? TraceParent = null);

/// <summary>The effect of a burst on one member.</summary>
/// <param name="ReadSeq">How far they have read meanwhile, by reading or by sending; 0: nothing.</param>
/// <param name="Count">The number of messages that are new to them.</param>
internal readonly record struct UnreadDelta(long ReadSeq, int Count, Line? First, Line? Last);

/// <summary>
/// The message events of a room that are handled together. Each member gets one change: for most members the cost of <see cref="For"/> does
/// not grow with the number of messages.
/// </summary>
internal sealed class MessageBurst
{
    private readonly List<Line> _lines = [];
    private readonly Dictionary<long, long> _readSeqs = [];

    public IReadOnlyList<Line> Lines => _lines;

    /// <summary>The users who have read meanwhile, and how far.</summary>
    public IReadOnlyDictionary<long, long> ReadSeqs => _readSeqs;

    /// <summary>Sending implies reading: the sender has read everything up to their message.</summary>
    public void Add(Line line)
    {
        _lines.Add(line);
        Read(line.Sender.UserId, line.Seq);
    }

    public void Read(long userId, long seq) => _readSeqs[userId] = Math.Max(seq, _readSeqs.GetValueOrDefault(userId));

    /// <returns>False if the message is older than the burst.</returns>
    public bool Edit(string messageId, string preview, IReadOnlyList<string> mentions)
    {
        var index = _lines.FindIndex(line => line.MessageId == messageId);
        if (index >= 0) _lines[index] = _lines[index] with { Preview = preview, Mentions = mentions };
        return index >= 0;
    }

    /// <inheritdoc cref="Edit"/>
    public bool Delete(string messageId) => _lines.RemoveAll(line => line.MessageId == messageId) > 0;

    /// <param name="isSilenced">Whether a block hides a sender's messages from a member.</param>
    /// <param name="anySilenced">Whether there is any such block.</param>
    public UnreadDelta For(RoomMember member, bool anySilenced, Func<long, long, bool> isSilenced)
    {
        if (_lines.Count == 0) return new UnreadDelta(_readSeqs.GetValueOrDefault(member.UserId), 0, null, null);
        var hasRead = _readSeqs.TryGetValue(member.UserId, out var readSeq);
        if (!hasRead && !anySilenced && member.Since < _lines[0].Version) return new UnreadDelta(0, _lines.Count, _lines[0], _lines[^1]);
        var delta = new UnreadDelta(readSeq, 0, null, null);
        foreach (var line in _lines)
        {
            if (line.Seq <= readSeq || line.Version <= member.Since || isSilenced(line.Sender.UserId, member.UserId)) continue;
            delta = delta with { Count = delta.Count + 1, First = delta.First ?? line, Last = line };
        }
        return delta;
    }
}
