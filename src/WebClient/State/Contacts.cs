namespace BigTech.WebClient.State;

/// <summary>Friends with their presence, and open requests.</summary>
public sealed class Contacts : Observable
{
    private readonly Dictionary<long, Friend> _friends = [];
    private readonly Dictionary<long, PresenceChanged> _presence = [];
    private readonly Dictionary<long, Friendship> _received = [];
    private readonly Dictionary<long, Friendship> _sent = [];

    /// <summary>By name.</summary>
    public IEnumerable<Friend> Friends => _friends.Values.OrderBy(friend => friend.DisplayName, StringComparer.OrdinalIgnoreCase);

    public IEnumerable<Friendship> Received => _received.Values.OrderByDescending(request => request.CreatedAt);

    public IEnumerable<Friendship> Sent => _sent.Values.OrderByDescending(request => request.CreatedAt);

    public bool IsFriend(long userId) => _friends.ContainsKey(userId);

    /// <summary>Whether a friend is online; null where it is not known.</summary>
    public bool? IsOnline(long userId) => _presence.GetValueOrDefault(userId)?.IsOnline;

    public DateTimeOffset? LastSeenAt(long userId) => _presence.GetValueOrDefault(userId)?.LastSeenAt;

    public void Clear()
    {
        _friends.Clear();
        _presence.Clear();
        _received.Clear();
        _sent.Clear();
        Tell();
    }

    public void Apply(StreamEvent change)
    {
        switch (change)
        {
            case FriendSnapshot snapshot:
                Replace(snapshot);
                break;
            case FriendChanged { Friendship: var friendship }:
                Take(friendship);
                break;
            case FriendRemoved removed:
                _received.Remove(removed.FriendshipId);
                _sent.Remove(removed.FriendshipId);
                if (_friends.TryGetValue(removed.UserId, out var friend) && friend.FriendshipId == removed.FriendshipId)
                {
                    _friends.Remove(removed.UserId);
                    _presence.Remove(removed.UserId);
                }
                break;
            case PresenceSnapshot snapshot:
                foreach (var one in snapshot.Friends)
                {
                    // Null is not known: what was known stays.
                    if (one.IsOnline is null) continue;
                    _presence[one.UserId] = new PresenceChanged
                    {
                        UserId = one.UserId,
                        IsOnline = one.IsOnline,
                        LastSeenAt = one.LastSeenAt,
                    };
                }
                break;
            case PresenceChanged presence:
                _presence[presence.UserId] = presence;
                break;
            default:
                return;
        }
        Tell();
    }

    private void Replace(FriendSnapshot snapshot)
    {
        _friends.Clear();
        _received.Clear();
        _sent.Clear();
        foreach (var friend in snapshot.Friends) _friends[friend.UserId] = friend;
        foreach (var request in snapshot.Received) _received[request.Id] = request;
        foreach (var request in snapshot.Sent) _sent[request.Id] = request;
    }

    private void Take(Friendship friendship)
    {
        _received.Remove(friendship.Id);
        _sent.Remove(friendship.Id);
        var (id, person) = (friendship.User.UserId, friendship.User);
        if (friendship.Status == FriendshipStatus.Accepted)
        {
            _friends[id] = new Friend
            {
                UserId = id,
                FriendshipId = friendship.Id,
                Username = person.Username,
                DisplayName = person.DisplayName,
                StatusMessage = person.StatusMessage,
                ProfileImageUrl = person.ProfileImageUrl,
                FriendsSince = friendship.UpdatedAt,
            };
        }
        else if (friendship.Status == FriendshipStatus.Pending)
        {
            (friendship.RequesterId == id ? _received : _sent)[friendship.Id] = friendship;
        }
    }
}
