using System.Collections.Concurrent;

namespace BigTech.BuildingBlocks.Core;

/// <summary>Counts the requests to this process.</summary>
/// <param name="capacity">The maximum number of keys.</param>
public sealed class MemoryRequestLimiter(TimeProvider time, int capacity = 100_000) : IRequestLimiter
{
    private readonly record struct Window(long Count, long End);

    private readonly ConcurrentDictionary<string, Window> _windows = new(StringComparer.Ordinal);

    // The dictionary counts under all its locks, which every request would wait for.
    private int _count;

    public int RememberedKeys => _windows.Count;

    public ValueTask<LimitVerdict> Take(string key, int amount, int limit, TimeSpan window, CancellationToken ct)
    {
        var now = time.GetTimestamp();
        var fresh = new Window(0, now + (long)(window.TotalSeconds * time.TimestampFrequency));
        while (true)
        {
            var isKnown = _windows.TryGetValue(key, out var known);
            var current = isKnown && known.End > now ? known : fresh;
            var next = current with { Count = current.Count + amount };
            if (next.Count > limit) return Verdict(allowed: false, current);
            if (isKnown ? _windows.TryUpdate(key, next, known) : TryAdd(key, next, now)) return Verdict(allowed: true, next);
        }

        ValueTask<LimitVerdict> Verdict(bool allowed, Window counted) =>
            ValueTask.FromResult(LimitVerdict.From(allowed, counted.Count, limit, time.GetElapsedTime(now, counted.End), isLocal: true));
    }

    public ValueTask GiveBack(string key, int amount, LimitVerdict taken)
    {
        var now = time.GetTimestamp();
        while (_windows.TryGetValue(key, out var known) && known.End > now && time.GetElapsedTime(now, known.End) <= taken.Reset)
        {
            if (_windows.TryUpdate(key, known with { Count = Math.Max(0, known.Count - amount) }, known)) break;
        }
        return ValueTask.CompletedTask;
    }

    private bool TryAdd(string key, Window window, long now)
    {
        if (Volatile.Read(ref _count) >= capacity) MakeRoom(now);
        if (!_windows.TryAdd(key, window)) return false;
        Interlocked.Increment(ref _count);
        return true;
    }

    private void Remove(string key)
    {
        if (_windows.TryRemove(key, out _)) Interlocked.Decrement(ref _count);
    }

    /// <summary>Removes the windows that have ended and then, against a flood of addresses, the quarter that ends first.</summary>
    private void MakeRoom(long now)
    {
        foreach (var (key, window) in _windows)
        {
            if (window.End <= now) Remove(key);
        }
        if (Volatile.Read(ref _count) < capacity) return;
        foreach (var (key, _) in _windows.ToArray().OrderBy(entry => entry.Value.End).Take(Math.Max(1, capacity / 4)))
        {
            Remove(key);
        }
    }
}
