namespace BigTech.Notifications.Domain;

/// <summary>One message.</summary>
/// <param name="Version">The room's version with this message.</param>
/// <param name="Mentions">The usernames that it mentions, as written.</param>
/// <param name="TraceParent">The trace of its sending.</param>
internal sealed record Line(
    long Version, long Seq, string MessageId, Actor Sender, string Text, IReadOnlyList<string> Mentions, DateTimeOffset At,
    string? TraceParent = null)
{
    private string? _preview;

    public string Text
    {
        get;
        init
        {
            field = value;
            _preview = null;
        }
    } = Text;

    /// <summary>The beginning of its text, computed once for all recipients; most messages are followed by another and need none.</summary>
    public string Preview => _preview ??= Domain.Preview.From(Text);

    /// <summary>The members whom it notifies as a mention, and so not as one of the room's messages.</summary>
    public IReadOnlySet<long> Mentioned { get; init; } = new HashSet<long>();
}

/// <summary>An edit of a message from before the burst that mentions users.</summary>
/// <param name="Told">The users whom its mention has notified before.</param>
/// <param name="ReadBefore">How far users had read at the time of the edit.</param>
internal sealed record LateMention(Line Line, IReadOnlySet<long> Told, IReadOnlyDictionary<long, long> ReadBefore);

/// <summary>The effect of a burst on one member.</summary>
/// <param name="ReadSeq">How far they have read meanwhile, by reading or by sending; 0: nothing.</param>
/// <param name="Seqs">The places of the messages that are new to them.</param>
internal readonly record struct UnreadDelta(long ReadSeq, NumberSet Seqs, Line? First, Line? Last)
{
    public int Count => Seqs.Count;

    /// <summary>Nothing is new.</summary>
    public static UnreadDelta Read(long seq) => new(seq, NumberSet.Empty, null, null);
}

/// <summary>
/// The message events of a room that are handled together. Each member gets one change: for most members the cost of <see cref="For"/> does
/// not grow with the number of messages.
/// </summary>
internal sealed class MessageBurst
{
    private readonly List<Line> _lines = [];
    private readonly Dictionary<long, long> _readSeqs = [];
    private readonly List<LateMention> _lateMentions = [];
    private readonly HashSet<long> _mentioned = [];
    private NumberSet? _seqs;

    public IReadOnlyList<Line> Lines => _lines;

    public IReadOnlyList<LateMention> LateMentions => _lateMentions;

    public bool IsEmpty => _lines.Count == 0 && _readSeqs.Count == 0 && _lateMentions.Count == 0;

    /// <summary>The users who have read meanwhile, and how far.</summary>
    public IReadOnlyDictionary<long, long> ReadSeqs => _readSeqs;

    /// <summary>Sending implies reading: the sender has read everything up to their message.</summary>
    public void Add(Line line)
    {
        _lines.Add(line);
        _seqs = null;
        Read(line.Sender.UserId, line.Seq);
    }

    public void Read(long userId, long seq) => _readSeqs[userId] = Math.Max(seq, _readSeqs.GetValueOrDefault(userId));

    /// <summary>Whether a user has read a message since its edit.</summary>
    public bool HasReadSince(LateMention mention, long userId) =>
        _readSeqs.GetValueOrDefault(userId) is var seq && seq >= mention.Line.Seq && seq > mention.ReadBefore.GetValueOrDefault(userId);

    public void Mention(Line edited, IReadOnlySet<long> told) =>
        _lateMentions.Add(new LateMention(edited, told, new Dictionary<long, long>(_readSeqs)));

    /// <summary>Finds whom the lines notify as mentions; once all events are in.</summary>
    public void Resolve(Func<Line, IReadOnlySet<long>> mentionedBy)
    {
        for (var i = 0; i < _lines.Count; i++)
        {
            if (_lines[i].Mentions.Count == 0) continue;
            _lines[i] = _lines[i] with { Mentioned = mentionedBy(_lines[i]) };
            _mentioned.UnionWith(_lines[i].Mentioned);
        }
    }

    /// <returns>False if the message is older than the burst.</returns>
    public bool Edit(string messageId, string text, IReadOnlyList<string> mentions)
    {
        var index = _lines.FindIndex(line => line.MessageId == messageId);
        if (index >= 0) _lines[index] = _lines[index] with { Text = text, Mentions = mentions };
        return index >= 0;
    }

    /// <inheritdoc cref="Edit"/>
    public bool Delete(string messageId)
    {
        _seqs = null;
        return _lines.RemoveAll(line => line.MessageId == messageId) > 0;
    }

    /// <param name="isSilenced">Whether a block hides a sender's messages from a member.</param>
    /// <param name="anySilenced">Whether there is any such block.</param>
    /// <param name="reasons">Counts the messages that are not new to the member.</param>
    public UnreadDelta For(RoomMember member, bool anySilenced, Func<long, long, bool> isSilenced, PushReasons reasons)
    {
        if (_lines.Count == 0) return UnreadDelta.Read(_readSeqs.GetValueOrDefault(member.UserId));
        var hasRead = _readSeqs.TryGetValue(member.UserId, out var readSeq);
        if (!hasRead && !anySilenced && member.Since < _lines[0].Version && !_mentioned.Contains(member.UserId))
        {
            return new UnreadDelta(0, _seqs ??= NumberSet.Of(_lines.Select(line => line.Seq)), _lines[0], _lines[^1]);
        }
        var lines = _lines.FindAll(line => IsNew(line, member, readSeq, isSilenced, reasons));
        return lines.Count == 0
            ? UnreadDelta.Read(readSeq)
            : new UnreadDelta(readSeq, NumberSet.Of(lines.Select(line => line.Seq)), lines[0], lines[^1]);
    }

    private static bool IsNew(Line line, RoomMember member, long readSeq, Func<long, long, bool> isSilenced, PushReasons reasons)
    {
        // It was never for them, or is counted as a mention.
        if (line.Version <= member.Since || line.Mentioned.Contains(member.UserId)) return false;
        PushReason? reason =
            line.Sender.UserId == member.UserId ? PushReason.Own
            : isSilenced(line.Sender.UserId, member.UserId) ? PushReason.Blocked
            : line.Seq <= readSeq ? PushReason.Read
            : null;
        if (reason is { } why) reasons.Add(why);
        return reason is null;
    }
}
