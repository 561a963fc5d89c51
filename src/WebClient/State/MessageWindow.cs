namespace BigTech.WebClient.State;

/// <summary>
/// The messages of a room that are shown: a part without gaps, which moves through the history. What is far from the place that the user
/// looks at is dropped, so that a long history costs no more than a short one.
/// </summary>
public sealed class MessageWindow
{
    /// <summary>How many messages are kept.</summary>
    public const int Limit = 150;

    private readonly List<Message> _messages = [];

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<Message> Messages => _messages;

    public bool HasOlder { get; private set; }

    /// <summary>Whether the newest messages are not in it: new ones are not added at the end then.</summary>
    public bool HasNewer { get; private set; }

    /// <summary>Begins again with a page.</summary>
    public void Replace(IEnumerable<Message> messages, bool hasOlder, bool hasNewer)
    {
        _messages.Clear();
        _messages.AddRange(messages.OrderBy(message => message.Seq));
        (HasOlder, HasNewer) = (hasOlder, hasNewer);
    }

    /// <summary>Adds the page before the first message.</summary>
    public void AddOlder(IEnumerable<Message> older, bool hasOlder)
    {
        var first = _messages.Count > 0 ? _messages[0].Seq : long.MaxValue;
        _messages.InsertRange(0, older.Where(message => message.Seq < first).OrderBy(message => message.Seq));
        HasOlder = hasOlder;
        if (_messages.Count <= Limit) return;
        _messages.RemoveRange(Limit, _messages.Count - Limit);
        HasNewer = true;
    }

    /// <summary>Adds the page after the last message.</summary>
    public void AddNewer(IEnumerable<Message> newer, bool hasNewer)
    {
        var last = _messages.Count > 0 ? _messages[^1].Seq : 0;
        _messages.AddRange(newer.Where(message => message.Seq > last).OrderBy(message => message.Seq));
        HasNewer = hasNewer;
        DropOldest(Limit);
    }

    /// <summary>Takes a message in the version that is higher, if it is in this part or comes right after it.</summary>
    /// <param name="isAtEnd">Whether the user looks at the newest messages: the oldest may be dropped.</param>
    public void Put(Message message, bool isAtEnd)
    {
        var place = _messages.BinarySearch(message, BySeq);
        if (place >= 0)
        {
            if (message.Version >= _messages[place].Version) _messages[place] = message;
        }
        else if (!HasNewer && ~place == _messages.Count)
        {
            _messages.Add(message);
            if (isAtEnd) DropOldest(Limit);
            // The user reads further up: what they see stays, and the end is fetched when they come back to it.
            else if (_messages.Count > 2 * Limit) CutNewest();
        }
    }

    /// <summary>Applies a reaction, unless the message has it.</summary>
    public void Apply(ReactionChanged change)
    {
        var place = _messages.FindIndex(message => message.Id == change.MessageId);
        if (place < 0 || _messages[place].Version >= change.Version) return;
        var message = _messages[place];
        _messages[place] = message with
        {
            Version = change.Version,
            Reactions = change.Change == "added" ? Added(message.Reactions, change) : Removed(message.Reactions, change),
        };
    }

    private static readonly Comparer<Message> BySeq = Comparer<Message>.Create((a, b) => a.Seq.CompareTo(b.Seq));

    private static IReadOnlyList<Reaction> Added(IReadOnlyList<Reaction> reactions, ReactionChanged change)
    {
        if (reactions.All(reaction => reaction.Emoji != change.Emoji))
        {
            return [.. reactions, new Reaction { Emoji = change.Emoji, Count = 1, UserIds = [change.UserId] }];
        }
        return
        [
            .. reactions.Select(reaction => reaction.Emoji != change.Emoji || reaction.UserIds.Contains(change.UserId)
                ? reaction
                : reaction with { Count = reaction.Count + 1, UserIds = [.. reaction.UserIds, change.UserId] }),
        ];
    }

    private static IReadOnlyList<Reaction> Removed(IReadOnlyList<Reaction> reactions, ReactionChanged change) =>
    [
        .. reactions
            .Select(reaction => reaction.Emoji != change.Emoji || !reaction.UserIds.Contains(change.UserId)
                ? reaction
                : reaction with
                {
                    Count = reaction.Count - 1,
                    UserIds = [.. reaction.UserIds.Where(user => user != change.UserId)],
                })
            .Where(reaction => reaction.Count > 0),
    ];

    private void DropOldest(int limit)
    {
        if (_messages.Count <= limit) return;
        _messages.RemoveRange(0, _messages.Count - limit);
        HasOlder = true;
    }

    private void CutNewest()
    {
        _messages.RemoveRange(Limit, _messages.Count - Limit);
        HasNewer = true;
    }
}
