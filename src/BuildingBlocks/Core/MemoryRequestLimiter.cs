using System.Collections.Concurrent;

namespace BigTech.BuildingBlocks.Core;

/// <summary>Counts the requests to this process.</summary>
/// <param name="capacity">The maximum number of keys.</param>
public sealed class MemoryRequestLimiter(TimeProvider time, int capacity = 100_000) : IRequestLimiter
{
    private readonly record struct Window(long Count, long End);

    private readonly ConcurrentDictionary<string, Window> _windows = new(StringComparer.Ordinal);

    public int RememberedKeys => _windows.Count;

    public ValueTask<LimitVerdict> Take(string key, int limit, TimeSpan window, CancellationToken ct)
    {
        var now = time.GetTimestamp();
        if (_windows.Count >= capacity && !_windows.ContainsKey(key)) MakeRoom(now);
        var end = now + (long)(window.TotalSeconds * time.TimestampFrequency);
        var counted = _windows.AddOrUpdate(
            key,
            static (_, fresh) => new Window(1, fresh.End),
            static (_, known, fresh) => known.End <= fresh.Now ? new Window(1, fresh.End) : known with { Count = known.Count + 1 },
            (Now: now, End: end));
        return ValueTask.FromResult(LimitVerdict.From(counted.Count, limit, time.GetElapsedTime(now, counted.End)));
    }

    /// <summary>Removes the windows that have ended and then, against a flood of addresses, the quarter that ends first.</summary>
    private void MakeRoom(long now)
    {
        foreach (var (key, window) in _windows)
        {
            if (window.End <= now) _windows.TryRemove(key, out _);
        }
        if (_windows.Count < capacity) return;
        foreach (var (key, _) in _windows.ToArray().OrderBy(entry => entry.Value.End).Take(Math.Max(1, capacity / 4)))
        {
            _windows.TryRemove(key, out _);
        }
    }
}
