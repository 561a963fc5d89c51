namespace BigTech.Tests.EndToEnd.Notifications;

/// <summary>
/// What the users of one room must see, counted from the rules alone: it remembers the messages and who has read them, and counts anew for
/// every comparison.
/// </summary>
internal sealed class CountModel(IReadOnlyList<User> users)
{
    private readonly List<Sent> _messages = [];
    private readonly Dictionary<User, Reader> _members = users.ToDictionary(user => user, _ => new Reader());
    private readonly HashSet<(long, long)> _blocks = [];

    /// <summary>A message and whom it notifies: who neither looked at the room, nor had it muted, nor a block with the author.</summary>
    private sealed record Sent(Message Message, User Author, HashSet<User> Notified)
    {
        /// <summary>Who was told of a mention in it, and for whom that is still unread.</summary>
        public HashSet<User> Mentioned { get; } = [];

        public HashSet<User> Ringing { get; } = [];

        /// <summary>For whom it would count without the mention.</summary>
        public HashSet<User> Countable { get; } = [];

        public bool IsDeleted { get; set; }
    }

    private sealed class Reader
    {
        public bool IsMember { get; set; } = true;

        public bool IsLooking { get; set; }

        public bool HasMuted { get; set; }

        public int Joined { get; set; }

        /// <summary>How many of the messages they have read.</summary>
        public int Read { get; set; }
    }

    public IEnumerable<User> Members => _members.Where(member => member.Value.IsMember).Select(member => member.Key);

    public IReadOnlyList<(Message Message, User Author)> Messages =>
        [.. _messages.Where(sent => !sent.IsDeleted).Select(sent => (sent.Message, sent.Author))];

    public bool IsLooking(User user) => _members[user].IsLooking;

    public bool HasMuted(User user) => _members[user].HasMuted;

    public bool HasBlocked(User user, User other) => _blocks.Contains((user.Id, other.Id));

    public void Sends(User author, Message message, User? mentioned = null)
    {
        var sent = new Sent(message, author, [.. Members.Where(user => Counts(user, author) && user != mentioned)]);
        _messages.Add(sent);
        if (mentioned is not null && Rings(mentioned, author)) Ring(sent, mentioned, isCountable: true);
        ReadsAll(author);
    }

    /// <summary>The message mentions this user now, or nobody.</summary>
    public void Edits(Message message, User? mentioned)
    {
        var sent = _messages.Single(one => one.Message.Id == message.Id);
        foreach (var user in sent.Mentioned.Where(user => user != mentioned).ToList())
        {
            sent.Mentioned.Remove(user);
            if (sent.Ringing.Remove(user) && sent.Countable.Contains(user) && Counts(user, sent.Author)) sent.Notified.Add(user);
        }
        if (mentioned is null || sent.Mentioned.Contains(mentioned) || !Rings(mentioned, sent.Author)) return;
        var isUnread = sent.Notified.Contains(mentioned) && _messages.IndexOf(sent) >= _members[mentioned].Read;
        sent.Notified.Remove(mentioned);
        Ring(sent, mentioned, isUnread);
    }

    public void Deletes(Message message) => _messages.Single(sent => sent.Message.Id == message.Id).IsDeleted = true;

    public void Reads(User user, Message upTo) =>
        ReadsTo(user, 1 + _messages.FindIndex(sent => sent.Message.Id == upTo.Id));

    public void ReadsAll(User user) => ReadsTo(user, _messages.Count);

    public void ReadsNotifications(User user)
    {
        foreach (var sent in _messages)
        {
            sent.Notified.Remove(user);
            sent.Ringing.Remove(user);
        }
    }

    public void Looks(User user, bool isLooking) => _members[user].IsLooking = isLooking;

    public void Mutes(User user, bool isMuted) => _members[user].HasMuted = isMuted;

    public void Blocks(User user, User other, bool isBlocked)
    {
        if (isBlocked) _blocks.Add((user.Id, other.Id));
        else _blocks.Remove((user.Id, other.Id));
    }

    public void Leaves(User user)
    {
        _members[user].IsMember = false;
        ReadsNotifications(user);
        foreach (var sent in _messages) sent.Mentioned.Remove(user);
    }

    public void Joins(User user)
    {
        _members[user] = new Reader { HasMuted = _members[user].HasMuted, Joined = _messages.Count };
        ReadsAll(user);
    }

    /// <summary>The counted messages that a member has yet to read.</summary>
    public int UnreadOf(User user) => _messages.Skip(_members[user].Read).Count(sent => !sent.IsDeleted && sent.Author != user);

    /// <summary>The messages of the room that the user's notification stands for.</summary>
    public int NotifiedOf(User user) => _messages.Skip(_members[user].Read).Count(sent => !sent.IsDeleted && sent.Notified.Contains(user));

    /// <summary>The unread mentions of the user in the room.</summary>
    public int RingingOf(User user) => _messages.Count(sent => !sent.IsDeleted && sent.Ringing.Contains(user));

    /// <summary>How many members have not read each message, by its id.</summary>
    public Dictionary<string, int> UnreadBy() => _messages.Select((sent, index) => (sent, index)).ToDictionary(
        one => one.sent.Message.Id,
        one => Members.Count(user => user != one.sent.Author && _members[user].Joined <= one.index && _members[user].Read <= one.index));

    private bool Counts(User user, User author) => Rings(user, author) && !_members[user].HasMuted;

    private bool Rings(User user, User author) => user != author && _members[user] is { IsMember: true, IsLooking: false }
        && !HasBlocked(author, user) && !HasBlocked(user, author);

    private static void Ring(Sent sent, User user, bool isCountable)
    {
        sent.Mentioned.Add(user);
        sent.Ringing.Add(user);
        if (isCountable) sent.Countable.Add(user);
        else sent.Countable.Remove(user);
    }

    private void ReadsTo(User user, int count)
    {
        if (count <= _members[user].Read) return;
        _members[user].Read = count;
        foreach (var sent in _messages.Take(count)) sent.Ringing.Remove(user);
    }
}
