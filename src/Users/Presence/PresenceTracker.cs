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
        public long LastsUntil;
        public DateTimeOffset SeenAt;
        public bool IsQueued;
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
        if (--entry.Streams == 0) Expire(userId, entry, rules.Grace);
    }

    /// <summary>A presence signal without a stream.</summary>
    /// <returns>Whether it brings the user online.</returns>
    public bool Heartbeat(long userId)
    {
        var (entry, comes) = See(userId);
        Expire(userId, entry, rules.Expiry);
        return comes;
    }

    /// <summary>The user was online before a restart and has the grace period to return.</summary>
    public void Restore(long userId, DateTimeOffset seenAt)
    {
        var entry = new Entry { SeenAt = seenAt };
        if (_entries.TryAdd(userId, entry)) Expire(userId, entry, rules.Grace);
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
            if (!_entries.TryGetValue(userId, out var entry)) continue;
            entry.IsQueued = false;
            if (entry.Streams > 0) continue;
            if (entry.LastsUntil > now) Enqueue(userId, entry);
            else expired.Add(userId);
        }
        return expired;
    }

    /// <summary>Removes an offline user; has no effect if the user is online again or is about to expire.</summary>
    public void Forget(long userId)
    {
        if (_entries.TryGetValue(userId, out var entry) && !entry.IsQueued && !IsThere(entry)) _entries.Remove(userId);
    }

    private (Entry Entry, bool Comes) See(long userId)
    {
        var comes = !_entries.TryGetValue(userId, out var entry) || !IsThere(entry);
        if (entry is null) _entries.Add(userId, entry = new Entry());
        entry.SeenAt = time.GetUtcNow();
        return (entry, comes);
    }

    private bool IsThere(Entry entry) => entry.Streams > 0 || entry.LastsUntil > time.GetTimestamp();

    private void Expire(long userId, Entry entry, TimeSpan after)
    {
        var until = time.GetTimestamp() + (long)(after.TotalSeconds * time.TimestampFrequency);
        // A short grace period never shortens the time after a heartbeat, so a queued entry is never due too late.
        entry.LastsUntil = Math.Max(entry.LastsUntil, until);
        if (!entry.IsQueued) Enqueue(userId, entry);
    }

    private void Enqueue(long userId, Entry entry)
    {
        entry.IsQueued = true;
        _expiries.Enqueue(userId, entry.LastsUntil);
    }
}
