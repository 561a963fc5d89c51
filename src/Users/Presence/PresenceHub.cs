using System.Text.Json;
using BigTech.BuildingBlocks.Streaming;
using BigTech.Contracts.Users;

namespace BigTech.Users.Presence;

/// <summary>Whether a viewer may see a user, as of a version.</summary>
internal readonly record struct FriendVisibility(long FriendId, bool IsVisible, long Version);

/// <summary>
/// Which open streams of this process show which users. Only the writer publishes, in commit order. A change costs one push per stream of a
/// friend, regardless of all other streams. With several replicas, streams read the store themselves, and the hub only wakes the streams
/// that a change concerns, here and on other replicas.
/// </summary>
internal sealed class PresenceHub
{
    private const string PresenceChannel = "presence";
    private const string FriendshipsChannel = "ties";

    private readonly IBackplane _backplane;
    private readonly Lock _gate = new();
    private readonly Dictionary<long, HashSet<PresenceStream>> _audiences = [];
    private readonly Dictionary<long, HashSet<PresenceStream>> _streams = [];

    public PresenceHub(IBackplane backplane)
    {
        _backplane = backplane;
        backplane.Subscribe(PresenceChannel, text => WakeAudienceOf(IdOf(text)), onMissed: WakeAll);
        backplane.Subscribe(FriendshipsChannel, text => WakeViewer(IdOf(text)), onMissed: WakeAll);
    }

    /// <summary>From now on the stream receives its user's friendship changes, and presence of users from <see cref="Watch"/>.</summary>
    public void Join(PresenceStream stream)
    {
        lock (_gate) Add(_streams, stream.Caller.UserId, stream);
    }

    /// <summary>Applies friendships from a read; entries that have changed since then are kept.</summary>
    public void Watch(PresenceStream stream, IReadOnlyList<FriendVisibility> friendships)
    {
        lock (_gate)
        {
            foreach (var friendship in friendships) Apply(stream, friendship);
        }
    }

    public void Leave(PresenceStream stream)
    {
        lock (_gate)
        {
            Remove(_streams, stream.Caller.UserId, stream);
            foreach (var friendship in stream.Friendships.Values) Remove(_audiences, friendship.FriendId, stream);
        }
    }

    /// <summary>Publishes a change of a user's presence.</summary>
    public void Publish(PresenceState presence, long version)
    {
        if (_backplane.IsClustered)
        {
            _backplane.Publish(PresenceChannel, TextOf(presence.UserId));
            WakeAudienceOf(presence.UserId);
            return;
        }
        lock (_gate)
        {
            if (!_audiences.TryGetValue(presence.UserId, out var audience)) return;
            var change = Change(new OnlineStatus(presence.UserId, presence.IsOnline, presence.LastSeenAt), version);
            foreach (var stream in audience) stream.Push(change);
        }
    }

    /// <summary>Publishes a change of what a viewer may see of a user.</summary>
    /// <param name="status">What the viewer sees now.</param>
    public void Publish(long viewerId, FriendVisibility friendship, OnlineStatus status)
    {
        if (_backplane.IsClustered)
        {
            _backplane.Publish(FriendshipsChannel, TextOf(viewerId));
            WakeViewer(viewerId);
            return;
        }
        lock (_gate)
        {
            if (!_streams.TryGetValue(viewerId, out var streams)) return;
            var change = Change(status, friendship.Version);
            foreach (var stream in streams)
            {
                Apply(stream, friendship);
                stream.Push(change);
            }
        }
    }

    public static VersionedEvent Change(OnlineStatus status, long version) => VersionedEvent.Create(
        version, PresenceStreamEvent.Name, JsonSerializer.SerializeToUtf8Bytes(status, PresenceJson.Wire.OnlineStatus));

    private void WakeAudienceOf(long userId)
    {
        lock (_gate)
        {
            if (!_audiences.TryGetValue(userId, out var audience)) return;
            foreach (var stream in audience) stream.Look();
        }
    }

    private void WakeViewer(long viewerId)
    {
        lock (_gate)
        {
            if (!_streams.TryGetValue(viewerId, out var streams)) return;
            foreach (var stream in streams) stream.RefreshFriendships();
        }
    }

    private void WakeAll()
    {
        lock (_gate)
        {
            foreach (var stream in _streams.Values.SelectMany(streams => streams)) stream.RefreshFriendships();
        }
    }

    private static string TextOf(long userId) => userId.ToString(CultureInfo.InvariantCulture);

    private static long IdOf(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private void Apply(PresenceStream stream, FriendVisibility friendship)
    {
        // A friendship may end between the read of a new stream and its Watch: the later version wins.
        if (stream.Friendships.TryGetValue(friendship.FriendId, out var known) && known.Version >= friendship.Version) return;
        stream.Friendships[friendship.FriendId] = friendship;
        if (friendship.IsVisible) Add(_audiences, friendship.FriendId, stream);
        else Remove(_audiences, friendship.FriendId, stream);
    }

    private static void Add(Dictionary<long, HashSet<PresenceStream>> sets, long key, PresenceStream stream)
    {
        if (!sets.TryGetValue(key, out var set)) sets.Add(key, set = []);
        set.Add(stream);
    }

    private static void Remove(Dictionary<long, HashSet<PresenceStream>> sets, long key, PresenceStream stream)
    {
        if (!sets.TryGetValue(key, out var set)) return;
        set.Remove(stream);
        if (set.Count == 0) sets.Remove(key);
    }
}
