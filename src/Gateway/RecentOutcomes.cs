namespace BigTech.Gateway;

/// <summary>The outcomes of the last requests to one replica. Not safe for concurrent use.</summary>
internal sealed class RecentOutcomes
{
    private const int Kept = 10;
    private const int LeastFailures = 3;
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(10);

    private readonly Queue<(DateTimeOffset At, bool IsFailure)> _latest = new(Kept);

    /// <summary>At least three failures, and at least half of the outcomes.</summary>
    public bool ShowFailure
    {
        get
        {
            var failures = _latest.Count(outcome => outcome.IsFailure);
            return failures >= LeastFailures && failures * 2 >= _latest.Count;
        }
    }

    public void Add(bool isFailure, DateTimeOffset now)
    {
        while (_latest.Count == Kept || (_latest.TryPeek(out var oldest) && now - oldest.At >= KeptFor)) _latest.Dequeue();
        _latest.Enqueue((now, isFailure));
    }

    public void Clear() => _latest.Clear();
}
