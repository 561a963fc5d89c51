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

    public void Sends(User author, Message message)
    {
        var notified = Members.Where(user => user != author && _members[user] is { IsLooking: false, HasMuted: false }
            && !HasBlocked(author, user) && !HasBlocked(user, author));
        _messages.Add(new Sent(message, author, [.. notified]));
        ReadsAll(author);
    }

    public void Deletes(Message message) => _messages.Single(sent => sent.Message.Id == message.Id).IsDeleted = true;

    public void Reads(User user, Message upTo) =>
        ReadsTo(user, 1 + _messages.FindIndex(sent => sent.Message.Id == upTo.Id));

    public void ReadsAll(User user) => ReadsTo(user, _messages.Count);

    public void ReadsNotifications(User user)
    {
        foreach (var sent in _messages) sent.Notified.Remove(user);
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

    /// <summary>How many members have not read each message, by its id.</summary>
    public Dictionary<string, int> UnreadBy() => _messages.Select((sent, index) => (sent, index)).ToDictionary(
        one => one.sent.Message.Id,
        one => Members.Count(user => user != one.sent.Author && _members[user].Joined <= one.index && _members[user].Read <= one.index));

    private void ReadsTo(User user, int count) => _members[user].Read = Math.Max(count, _members[user].Read);
}
