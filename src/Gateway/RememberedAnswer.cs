namespace BigTech.Gateway;

/// <summary>One question for all callers: they share the answer for a while, and wait together for the next.</summary>
/// <param name="ask">Must not fail.</param>
/// <param name="keepFor">How long an answer is used, from when it was asked for.</param>
internal sealed class RememberedAnswer<T>(TimeProvider time, Func<Task<T>> ask, Func<T, TimeSpan> keepFor)
{
    private readonly Lock _gate = new();
    private Task<T>? _latest;
    private long _askedAt;

    public Task<T> Get()
    {
        lock (_gate)
        {
            if (_latest is null || (_latest.IsCompleted && IsOutdated(_latest)))
            {
                _askedAt = time.GetTimestamp();
                _latest = ask();
            }
            return _latest;
        }
    }

    private bool IsOutdated(Task<T> answer) =>
        !answer.IsCompletedSuccessfully || time.GetElapsedTime(_askedAt) >= keepFor(answer.Result);
}
