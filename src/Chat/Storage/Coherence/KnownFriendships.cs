namespace BigTech.Chat.Storage.Coherence;

/// <summary>Thrown in a transaction, before it writes, when it depends on friendships that nobody has asked for yet.</summary>
internal sealed class FriendshipsNeeded(IReadOnlyList<long> users) : Exception("Friendships are needed.")
{
    public IReadOnlyList<long> Users => users;
}

/// <summary>Of some users, whether they are friends of the caller.</summary>
internal sealed class KnownFriendships
{
    private readonly Dictionary<long, bool> _isFriend = [];

    public bool IsFriend(long userId) => _isFriend[userId];

    /// <exception cref="FriendshipsNeeded">Names those of whom it is not known.</exception>
    public void ThrowIfUnknown(List<long> users)
    {
        var unknown = users.FindAll(user => !_isFriend.ContainsKey(user));
        if (unknown.Count > 0) throw new FriendshipsNeeded(unknown);
    }

    public void Add(IReadOnlyList<long> users, IReadOnlyList<long> friends)
    {
        foreach (var user in users) _isFriend[user] = false;
        foreach (var friend in friends) _isFriend[friend] = true;
    }
}
