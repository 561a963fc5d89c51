namespace BigTech.Users.Presence;

/// <summary>How long a presence signal is valid.</summary>
/// <param name="Grace">After the last stream has closed: a reconnect within this time causes no change of presence.</param>
/// <param name="Expiry">After a heartbeat.</param>
internal sealed record PresenceRules(TimeSpan Grace, TimeSpan Expiry);

/// <summary>Whether a user is online now, and the time of their last presence signal.</summary>
internal readonly record struct PresenceSnapshot(bool IsOnline, DateTimeOffset SeenAt);

/// <summary>
/// Tracks who is online: users with an open stream or a recent heartbeat. All devices of a user are one entry. A user with an open stream
/// has no deadline, so open streams cost nothing; any other user is in the expiry queue once, regardless of the number of heartbeats.
/// Deadlines use a monotonic clock. Not thread-safe.
/// </summary>
internal sealed class PresenceTracker(PresenceRules rules, TimeProvider time)
{
    private readonly Dictionary<long, Entry> _entries = [];
    private readonly PriorityQueue<long, long> _expiries = new();

    private sealed class Entry
    {
        public int Streams;
        public long GraceUntil;
        public DateTimeOffset SeenAt;

        /// <summary>Until when each session's last heartbeat counts.</summary>
        public Dictionary<string, long>? Heartbeats;

        /// <summary>Where the entry is in the queue; null when it is not.</summary>
        public long? QueuedFor;

        public long LastsUntil => Heartbeats is { Count: > 0 } all ? Math.Max(GraceUntil, all.Values.Max()) : GraceUntil;
    }

    /// <summary>The number of users, including those who went offline and are not yet forgotten.</summary>
    public int Count => _entries.Count;

    /// <summary>The timestamp at which <see cref="TakeExpired"/> has work next; null if there is no deadline.</summary>
    public long? NextExpiry => _expiries.TryPeek(out _, out var at) ? at : null;

    /// <summary>A stream has opened.</summary>
    /// <returns>Whether it brings the user online.</returns>
    public bool Open(long userId)
    {
        var (entry, comes) = See(userId);
        entry.Streams++;
        return comes;
    }

    /// <summary>A stream has closed; the last one starts the grace period.</summary>
    public void Close(long userId)
    {
        var (entry, _) = See(userId);
        if (--entry.Streams == 0) GiveGrace(userId, entry);
    }

    /// <summary>A presence signal without a stream.</summary>
    /// <returns>Whether it brings the user online.</returns>
    public bool Heartbeat(long userId, string session)
    {
        var (entry, comes) = See(userId);
        var heartbeats = entry.Heartbeats ??= new Dictionary<string, long>(StringComparer.Ordinal);
        if (heartbeats.TryAdd(session, 0)) RemoveExpired(heartbeats);
        heartbeats[session] = Later(rules.Expiry);
        // A queued entry is looked at before the new time, and queued again then.
        if (entry.QueuedFor is null) Enqueue(userId, entry);
        return comes;
    }

    /// <summary>A session has ended, and its heartbeat with it.</summary>
    /// <returns>Whether the user goes offline by it.</returns>
    public bool EndSession(long userId, string session)
    {
        if (!_entries.TryGetValue(userId, out var entry) || entry.Heartbeats?.Remove(session) != true || entry.Streams > 0) return false;
        if (!IsThere(entry))
        {
            entry.QueuedFor = null;
            return true;
        }
        // It may be over before the time for which it is queued.
        Enqueue(userId, entry);
        return false;
    }

    /// <summary>The user was online before a restart and has the grace period to return.</summary>
    public void Restore(long userId, DateTimeOffset seenAt)
    {
        var entry = new Entry { SeenAt = seenAt };
        if (_entries.TryAdd(userId, entry)) GiveGrace(userId, entry);
    }

    public PresenceSnapshot Find(long userId) =>
        _entries.TryGetValue(userId, out var entry)
            ? new PresenceSnapshot(IsThere(entry), entry.SeenAt)
            : new PresenceSnapshot(false, time.GetUtcNow());

    /// <summary>The users who have expired since the last call. They stay known until <see cref="Forget"/>.</summary>
    public List<long> TakeExpired()
    {
        var expired = new List<long>();
        var now = time.GetTimestamp();
        while (_expiries.TryPeek(out var userId, out var at) && at <= now)
        {
            _expiries.Dequeue();
            if (!_entries.TryGetValue(userId, out var entry) || entry.QueuedFor != at) continue;
            entry.QueuedFor = null;
            if (entry.Streams > 0) continue;
            if (entry.LastsUntil > now) Enqueue(userId, entry);
            else expired.Add(userId);
        }
        return expired;
    }

    /// <summary>Removes an offline user; has no effect if the user is online again or is about to expire.</summary>
    public void Forget(long userId)
    {
        if (_entries.TryGetValue(userId, out var entry) && entry.QueuedFor is null && !IsThere(entry)) _entries.Remove(userId);
    }

    private (Entry Entry, bool Comes) See(long userId)
    {
        var comes = !_entries.TryGetValue(userId, out var entry) || !IsThere(entry);
        if (entry is null) _entries.Add(userId, entry = new Entry());
        entry.SeenAt = time.GetUtcNow();
        return (entry, comes);
    }

    private bool IsThere(Entry entry) => entry.Streams > 0 || entry.LastsUntil > time.GetTimestamp();

    private void GiveGrace(long userId, Entry entry)
    {
        entry.GraceUntil = Later(rules.Grace);
        // A short grace period never shortens the time after a heartbeat, so a queued entry is never due too late.
        if (entry.QueuedFor is null) Enqueue(userId, entry);
    }

    private void Enqueue(long userId, Entry entry)
    {
        var until = entry.LastsUntil;
        entry.QueuedFor = until;
        _expiries.Enqueue(userId, until);
    }

    private long Later(TimeSpan after) => time.GetTimestamp() + (long)(after.TotalSeconds * time.TimestampFrequency);

    private void RemoveExpired(Dictionary<string, long> heartbeats)
    {
        if (heartbeats.Count < 2) return;
        var now = time.GetTimestamp();
        foreach (var (session, until) in heartbeats)
        {
            if (until > 0 && until <= now) heartbeats.Remove(session);
        }
    }
}
