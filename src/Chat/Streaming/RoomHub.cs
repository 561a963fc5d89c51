using System.Collections.Concurrent;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage;

namespace BigTech.Chat.Streaming;

/// <summary>An open stream, as the hub sees it.</summary>
internal interface IRoomListener
{
    long UserId { get; }

    /// <summary>Whether the stream shows this one room only: its user is viewing the room.</summary>
    bool ShowsOneRoom { get; }

    /// <summary>Whether the stream is still reading what its user missed: the hub need not send it earlier changes.</summary>
    bool IsOpening { get; }

    void Push(StreamEvent e);

    /// <summary>Sends an event that may get lost.</summary>
    void Offer(StreamEvent e);

    /// <summary>The listener is in the room's audience from now on, and must leave it when it ends.</summary>
    void Joined(long roomId);

    /// <summary>Sends the change that takes the user out of the room: the last event of the room that the stream may show.</summary>
    void PushLast(StreamEvent e);
}

/// <summary>
/// The listeners of each room in this process. Changes come from this process's writer and, where the context has several replicas, from
/// the others over the bus. Versions have no gaps: the next change is delivered and a known one is dropped. A later one shows a gap. The
/// store has all changes up to it, and <see cref="GapDetected"/> requests the missing ones.
/// </summary>
internal sealed class RoomHub : IRoomPublisher
{
    private readonly ConcurrentDictionary<long, Audience> _rooms = new();
    private readonly ConcurrentDictionary<long, HashSet<IRoomListener>> _users = new();

    private sealed class Audience
    {
        public readonly HashSet<IRoomListener> Listeners = [];
        public bool IsGone;

        /// <summary>The last change that was delivered; null until the first listener has read the room.</summary>
        public long? Version;

        /// <summary>The newest change that exists, as far as this process knows.</summary>
        public long Newest = -1;

        public bool IsBehind;

        /// <summary>The version from which on this process has seen every change.</summary>
        public long Beginning;

        /// <summary>The members who are shown as typing; null when none ever were.</summary>
        public Dictionary<long, TypingSignal>? Typing;

        /// <summary>The version at which a user last wrote a message, or left. An earlier typing signal of that user is outdated.</summary>
        public Dictionary<long, long>? TypingEnded;

        public void BeginAt(long version)
        {
            if (Version is not null) return;
            (Version, Beginning) = (version, version);
        }
    }

    /// <summary>
    /// Raised with a room and a user when the last stream that the user had of the room in this process has closed; must not block. It need
    /// not be known here that they type: that may still be on its way from the replica which took the request.
    /// </summary>
    public event Action<long, long>? TypingAbandoned;

    /// <summary>Raised once when a room's listeners need <see cref="CatchUp"/>; must not block.</summary>
    public event Action<long>? GapDetected;

    public void Join(long roomId, IRoomListener listener) => Join(roomId, [listener], introduction: null);

    /// <summary>A listener that has joined has read the room up to this version. From there on it receives every change.</summary>
    public void SetBaseline(long roomId, long version) => InAudience(roomId, audience =>
    {
        audience.BeginAt(version);
        return DetectGap(audience);
    });

    /// <summary>The room has a change that this process has not received: it is read from the store.</summary>
    public void ReportVersion(long roomId, long version) => InAudience(roomId, audience =>
    {
        audience.Newest = Math.Max(audience.Newest, version);
        return DetectGap(audience);
    });

    /// <inheritdoc/>
    public void ReportMissedEvents()
    {
        foreach (var room in _rooms.Keys)
        {
            InAudience(room, audience =>
            {
                if (audience.IsBehind || audience.Version is null) return false;
                return audience.IsBehind = true;
            });
        }
    }

    public void Leave(long roomId, IRoomListener listener)
    {
        if (!_rooms.TryGetValue(roomId, out var audience)) return;
        var isAbandoned = false;
        lock (audience)
        {
            // Another listener may have been the last to leave, concurrently: the room may have a new audience already.
            if (audience.IsGone) return;
            if (audience.Listeners.Remove(listener))
            {
                isAbandoned = Abandon(audience, listener.UserId) || (listener.ShowsOneRoom && !Has(audience, listener.UserId));
            }
            if (audience.Listeners.Count == 0)
            {
                audience.IsGone = true;
                _rooms.TryRemove(roomId, out _);
            }
        }
        if (isAbandoned) TypingAbandoned?.Invoke(roomId, listener.UserId);
    }

    /// <summary>The listener joins every room that its user enters, until <see cref="Unfollow"/>.</summary>
    public void Follow(IRoomListener listener)
    {
        lock (_users) _users.GetOrAdd(listener.UserId, static _ => []).Add(listener);
    }

    public void Unfollow(IRoomListener listener)
    {
        lock (_users)
        {
            if (!_users.TryGetValue(listener.UserId, out var streams)) return;
            streams.Remove(listener);
            if (streams.Count == 0) _users.TryRemove(listener.UserId, out _);
        }
    }

    /// <summary>Whether the user has a stream of all rooms in this process.</summary>
    public bool IsFollowing(long userId) => _users.ContainsKey(userId);

    /// <summary>The users with a stream of all rooms in this process.</summary>
    public IReadOnlyList<long> Followers() => [.. _users.Keys];

    public bool HasListeners(long roomId) => _rooms.ContainsKey(roomId);

    /// <inheritdoc/>
    public void AddMembers(IEnumerable<long> userIds, Room room, long since)
    {
        StreamEvent? introduction = null;
        foreach (var userId in userIds.Where(IsFollowing)) AddMember(userId, introduction ??= RoomEvents.Introduction(room, since));
    }

    private void AddMember(long userId, StreamEvent introduction)
    {
        var fellBehind = false;
        lock (_users)
        {
            if (_users.TryGetValue(userId, out var streams)) fellBehind = Join(introduction.RoomId, streams, introduction);
        }
        if (fellBehind) GapDetected?.Invoke(introduction.RoomId);
    }

    /// <summary>The users who are viewing a room; null when there are none.</summary>
    public IReadOnlySet<long>? ViewersOf(long roomId)
    {
        if (!_rooms.TryGetValue(roomId, out var audience)) return null;
        lock (audience)
        {
            var viewers = audience.Listeners.Where(listener => listener.ShowsOneRoom).Select(listener => listener.UserId).ToHashSet();
            return viewers.Count > 0 ? viewers : null;
        }
    }

    /// <summary>Delivers a change when it is the next one.</summary>
    /// <inheritdoc/>
    public void Publish(StreamEvent e) => InAudience(e.RoomId, audience =>
    {
        audience.Newest = Math.Max(audience.Newest, e.Version);
        if (audience.Version is null || audience.IsBehind || e.Version <= audience.Version) return false;
        if (e.Version > audience.Version + 1) return DetectGap(audience);
        Deliver(audience, e);
        return false;
    });

    /// <summary>Shows the listeners of a room that a member is typing.</summary>
    public void ShowTyping(TypingSignal signal) => InAudience(signal.RoomId, audience =>
    {
        // The signal arrived before a change of the room that may have removed a listener, or it is older than all changes seen here, and
        // one of those not seen may have removed its sender.
        if (audience.Version is not { } version || version < signal.Version || signal.Version < audience.Beginning) return false;
        if (audience.TypingEnded is { } ended && ended.TryGetValue(signal.UserId, out var at) && at > signal.Version) return false;
        (audience.Typing ??= [])[signal.UserId] = signal;
        OfferTyping(audience, signal, isTyping: true);
        return false;
    });

    /// <summary>The user's last stream of a room has closed at another replica. If they have none here, the typing ends.</summary>
    public void AbandonTyping(long roomId, long userId) => InAudience(roomId, audience =>
    {
        Abandon(audience, userId);
        return false;
    });

    /// <summary>The last version that a room's listeners received; null when there are none.</summary>
    public long? VersionOf(long roomId)
    {
        if (!_rooms.TryGetValue(roomId, out var audience)) return null;
        lock (audience) return audience.Version;
    }

    /// <summary>Delivers the changes that the store has after <see cref="VersionOf"/>.</summary>
    /// <param name="since">The version from which they were read.</param>
    /// <param name="changes">Ordered by version.</param>
    /// <param name="version">The room's version when they were read.</param>
    public void CatchUp(long roomId, long since, IEnumerable<StreamEvent> changes, long version) => InAudience(roomId, audience =>
    {
        audience.IsBehind = false;
        audience.Newest = Math.Max(audience.Newest, version);
        // A listener that joined meanwhile needs more than was read.
        if (audience.Version < since) return DetectGap(audience);
        var known = audience.Version;
        foreach (var e in changes.Where(e => known is null || e.Version > known)) Deliver(audience, e);
        audience.Version = Math.Max(audience.Version ?? 0, version);
        return DetectGap(audience);
    });

    /// <param name="introduction">
    /// What the listeners receive before the changes; null if they know the room, and report up to where (<see cref="SetBaseline"/>).
    /// </param>
    /// <returns>Whether the audience has a new gap.</returns>
    private bool Join(long roomId, IEnumerable<IRoomListener> listeners, StreamEvent? introduction)
    {
        while (true)
        {
            var audience = _rooms.GetOrAdd(roomId, static _ => new Audience());
            lock (audience)
            {
                if (audience.IsGone) continue;
                var hasNew = false;
                foreach (var listener in listeners)
                {
                    var isNew = audience.Listeners.Add(listener);
                    listener.Joined(roomId);
                    if (isNew && introduction is not null) listener.Push(introduction);
                    hasNew |= isNew && !listener.IsOpening;
                }
                if (introduction is null) return false;
                var since = introduction.Version;
                audience.BeginAt(since);
                if (!hasNew || audience.Version is not { } version || version <= since) return DetectGap(audience);
                // The other listeners have received changes that the new ones need too. All receive them again; each drops what it knows.
                audience.Newest = Math.Max(audience.Newest, version);
                audience.Version = since;
                return DetectGap(audience);
            }
        }
    }

    private static void Deliver(Audience audience, StreamEvent e)
    {
        if ((e.Author ?? e.Removes) is { } userId)
        {
            (audience.TypingEnded ??= [])[userId] = e.Version;
            EndTyping(audience, userId);
        }
        foreach (var listener in audience.Listeners)
        {
            if (e.Takes(listener.UserId)) listener.PushLast(e);
            else listener.Push(e);
        }
        if (e.RemovesAll || e.Removes is not null) audience.Listeners.RemoveWhere(listener => e.Takes(listener.UserId));
        audience.Version = e.Version;
    }

    /// <summary>Ends the typing of a user who has no stream of the room left.</summary>
    /// <returns>Whether they typed.</returns>
    private static bool Abandon(Audience audience, long userId) =>
        audience.Typing?.ContainsKey(userId) == true && !Has(audience, userId) && EndTyping(audience, userId);

    private static bool Has(Audience audience, long userId) => audience.Listeners.Any(listener => listener.UserId == userId);

    private static bool EndTyping(Audience audience, long userId)
    {
        if (audience.Typing is null || !audience.Typing.Remove(userId, out var signal)) return false;
        OfferTyping(audience, signal, isTyping: false);
        return true;
    }

    /// <summary>Sends to the listeners that may see the signal; never to the user's own streams.</summary>
    private static void OfferTyping(Audience audience, TypingSignal signal, bool isTyping)
    {
        var e = RoomEvents.Typing(signal, audience.Version ?? signal.Version, isTyping);
        foreach (var listener in audience.Listeners)
        {
            if (listener.UserId != signal.UserId && !signal.HiddenFrom.Contains(listener.UserId)) listener.Offer(e);
        }
    }

    private static bool DetectGap(Audience audience)
    {
        if (audience.IsBehind || audience.Version is not { } version || audience.Newest <= version) return false;
        return audience.IsBehind = true;
    }

    /// <param name="change">Returns whether the audience has a new gap.</param>
    private void InAudience(long roomId, Func<Audience, bool> change)
    {
        if (!_rooms.TryGetValue(roomId, out var audience)) return;
        bool fellBehind;
        lock (audience) fellBehind = change(audience);
        if (fellBehind) GapDetected?.Invoke(roomId);
    }
}
