namespace BigTech.Notifications.Domain;

/// <summary>One message that somebody wrote.</summary>
/// <param name="Version">The room's with this message.</param>
/// <param name="Preview">Its beginning, cut once for all who are told of it.</param>
/// <param name="Mentions">The usernames that it calls.</param>
/// <param name="TraceParent">The trace of its sending.</param>
internal sealed record Line(
    long Version, long Seq, string MessageId, Actor Sender, string Preview, IReadOnlyList<string> Mentions, DateTimeOffset At,
    string? TraceParent = null);

/// <summary>What a burst means for one member.</summary>
/// <param name="ReadSeq">What he has read meanwhile, by reading or by writing; 0 when nothing.</param>
/// <param name="Count">How many messages are new to him.</param>
internal readonly record struct UnreadDelta(long ReadSeq, int Count, Line? First, Line? Last);

/// <summary>
/// What happened to a room's messages in one go. However much it is, each member is told of it once: <see cref="For"/> costs most
/// members nothing that grows with the number of messages.
/// </summary>
internal sealed class MessageBurst
{
    private readonly List<Line> _lines = [];
    private readonly Dictionary<long, long> _readSeqs = [];

    public IReadOnlyList<Line> Lines => _lines;

    /// <summary>Who has read something meanwhile, and how far.</summary>
    public IReadOnlyDictionary<long, long> ReadSeqs => _readSeqs;

    /// <summary>Sending is reading: its author has read everything up to his message.</summary>
    public void Say(Line line)
    {
        _lines.Add(line);
        Read(line.Sender.UserId, line.Seq);
    }

    public void Read(long userId, long seq) => _readSeqs[userId] = Math.Max(seq, _readSeqs.GetValueOrDefault(userId));

    /// <returns>False when the message is older than the burst.</returns>
    public bool Edit(string messageId, string preview, IReadOnlyList<string> mentions)
    {
        var index = _lines.FindIndex(line => line.MessageId == messageId);
        if (index >= 0) _lines[index] = _lines[index] with { Preview = preview, Mentions = mentions };
        return index >= 0;
    }

    /// <inheritdoc cref="Edit"/>
    public bool Delete(string messageId) => _lines.RemoveAll(line => line.MessageId == messageId) > 0;

    /// <param name="isSilenced">Whether a member hears nothing of a sender.</param>
    /// <param name="anySilenced">Whether that is so for anybody at all.</param>
    public UnreadDelta For(RoomMember member, bool anySilenced, Func<long, long, bool> isSilenced)
    {
        if (_lines.Count == 0) return new UnreadDelta(_readSeqs.GetValueOrDefault(member.UserId), 0, null, null);
        var hasRead = _readSeqs.TryGetValue(member.UserId, out var readSeq);
        if (!hasRead && !anySilenced && member.Since < _lines[0].Version) return new UnreadDelta(0, _lines.Count, _lines[0], _lines[^1]);
        var news = new UnreadDelta(readSeq, 0, null, null);
        foreach (var line in _lines)
        {
            if (line.Seq <= readSeq || line.Version <= member.Since || isSilenced(line.Sender.UserId, member.UserId)) continue;
            news = news with { Count = news.Count + 1, First = news.First ?? line, Last = line };
        }
        return news;
    }
}
