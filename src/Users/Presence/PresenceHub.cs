using System.Text.Json;
using BigTech.BuildingBlocks.Streaming;
using BigTech.Contracts.Users;

namespace BigTech.Users.Presence;

/// <summary>Whether a viewer may see a user, as of a version.</summary>
internal readonly record struct Tie(long FriendId, bool IsVisible, long Version);

/// <summary>
/// Which open streams of this process show which users. Only the writer publishes, in commit order. A change costs one push per stream of a
/// friend, regardless of all other streams. With several replicas, streams read the store themselves, and the hub only wakes the streams
/// that a change concerns, here and on other replicas.
/// </summary>
internal sealed class PresenceHub
{
    private const string PresenceChannel = "presence";
    private const string TiesChannel = "ties";

    private readonly IBackplane _backplane;
    private readonly Lock _gate = new();
    private readonly Dictionary<long, HashSet<PresenceStream>> _audiences = [];
    private readonly Dictionary<long, HashSet<PresenceStream>> _streams = [];

    public PresenceHub(IBackplane backplane)
    {
        _backplane = backplane;
        backplane.Subscribe(PresenceChannel, text => WakeAudienceOf(IdOf(text)), missed: WakeAll);
        backplane.Subscribe(TiesChannel, text => WakeViewer(IdOf(text)), missed: WakeAll);
    }

    /// <summary>From now on the stream receives its user's friendship changes, and presence of users from <see cref="Watch"/>.</summary>
    public void Join(PresenceStream stream)
    {
        lock (_gate) Add(_streams, stream.Caller.UserId, stream);
    }

    /// <summary>Applies friendships from a read; entries that have changed since then are kept.</summary>
    public void Watch(PresenceStream stream, IReadOnlyList<Tie> ties)
    {
        lock (_gate)
        {
            foreach (var tie in ties) Apply(stream, tie);
        }
    }

    public void Leave(PresenceStream stream)
    {
        lock (_gate)
        {
            Remove(_streams, stream.Caller.UserId, stream);
            foreach (var tie in stream.Ties.Values) Remove(_audiences, tie.FriendId, stream);
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
    public void Publish(long viewerId, Tie tie, OnlineStatus status)
    {
        if (_backplane.IsClustered)
        {
            _backplane.Publish(TiesChannel, TextOf(viewerId));
            WakeViewer(viewerId);
            return;
        }
        lock (_gate)
        {
            if (!_streams.TryGetValue(viewerId, out var streams)) return;
            var change = Change(status, tie.Version);
            foreach (var stream in streams)
            {
                Apply(stream, tie);
                stream.Push(change);
            }
        }
    }

    public static VersionedEvent Change(OnlineStatus status, long version) => VersionedEvent.Create(
        version, "presence", JsonSerializer.SerializeToUtf8Bytes(status, PresenceJson.Wire.OnlineStatus));

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
            foreach (var stream in streams) stream.LookAtTies();
        }
    }

    private void WakeAll()
    {
        lock (_gate)
        {
            foreach (var stream in _streams.Values.SelectMany(streams => streams)) stream.LookAtTies();
        }
    }

    private static string TextOf(long userId) => userId.ToString(CultureInfo.InvariantCulture);

    private static long IdOf(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private void Apply(PresenceStream stream, Tie tie)
    {
        // A friendship may end between the read of a new stream and its Watch: the later version wins.
        if (stream.Ties.TryGetValue(tie.FriendId, out var known) && known.Version >= tie.Version) return;
        stream.Ties[tie.FriendId] = tie;
        if (tie.IsVisible) Add(_audiences, tie.FriendId, stream);
        else Remove(_audiences, tie.FriendId, stream);
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
