namespace BigTech.Users.Domain;

/// <summary>How long a sign of life lasts.</summary>
/// <param name="Grace">After the last stream has closed: a reconnect within it is no going and coming.</param>
/// <param name="Expiry">After a heartbeat.</param>
internal sealed record PresenceRules(TimeSpan Grace, TimeSpan Expiry);

/// <summary>Whether somebody is there now, and when there was the last sign of him.</summary>
internal readonly record struct PresenceSnapshot(bool IsOnline, DateTimeOffset SeenAt);

/// <summary>
/// Who is there: has a stream open, or gave a sign of life lately. All devices of a user are one entry. Somebody with an open stream waits for
/// nothing, so any number of them cost nothing; of the others each stands in the queue of expiries once, however many signs he gives.
/// Deadlines are on a clock that only goes forward. Not safe for use by two threads at once.
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

    /// <summary>How many are there, those included who are gone and not yet forgotten.</summary>
    public int Count => _entries.Count;

    /// <summary>The timestamp at which <see cref="TakeExpired"/> has something to do next; null while nobody waits.</summary>
    public long? NextExpiry => _expiries.TryPeek(out _, out var at) ? at : null;

    /// <summary>A stream has opened.</summary>
    /// <returns>Whether he comes by this.</returns>
    public bool Open(long userId)
    {
        var (entry, comes) = See(userId);
        entry.Streams++;
        return comes;
    }

    /// <summary>A stream has closed; if it was the last, the grace begins.</summary>
    public void Close(long userId)
    {
        var (entry, _) = See(userId);
        if (--entry.Streams == 0) Expire(userId, entry, rules.Grace);
    }

    /// <summary>A sign of life without a stream.</summary>
    /// <returns>Whether he comes by this.</returns>
    public bool Heartbeat(long userId)
    {
        var (entry, comes) = See(userId);
        Expire(userId, entry, rules.Expiry);
        return comes;
    }

    /// <summary>Somebody was there before a restart: he has the grace to come back.</summary>
    public void Restore(long userId, DateTimeOffset seenAt)
    {
        var entry = new Entry { SeenAt = seenAt };
        if (_entries.TryAdd(userId, entry)) Expire(userId, entry, rules.Grace);
    }

    public PresenceSnapshot Find(long userId) =>
        _entries.TryGetValue(userId, out var entry) ? new PresenceSnapshot(IsThere(entry), entry.SeenAt) : new PresenceSnapshot(false, time.GetUtcNow());

    /// <summary>Those whose time has run out since the last call. They stay known until <see cref="Forget"/>.</summary>
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

    /// <summary>Drops somebody who is gone; a no-op when he has come back or is about to be taken as expired.</summary>
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
        // A short grace never shortens what a heartbeat has promised; so an entry in the queue is never due too late.
        entry.LastsUntil = Math.Max(entry.LastsUntil, until);
        if (!entry.IsQueued) Enqueue(userId, entry);
    }

    private void Enqueue(long userId, Entry entry)
    {
        entry.IsQueued = true;
        _expiries.Enqueue(userId, entry.LastsUntil);
    }
}
