namespace BigTech.Gateway;

/// <summary>
/// One address of a service, with a circuit breaker: after some failures in a row it is left alone but for one request a second, and in use
/// again when such a trial is answered. The breaker is not Polly's, which lets one call through and waits for its end: a stream ends after
/// hours.
/// </summary>
internal sealed class Replica(Uri address, TimeProvider time)
{
    private const int FailuresToOpen = 3;
    private const long InUse = 0;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    private int _failures;
    private long _nextTrial = InUse;
    private int _waiting;
    private long _heardAt;

    /// <summary>With no slash at its end, as the forwarder wants it.</summary>
    public string Prefix { get; } = address.GetLeftPart(UriPartial.Authority);

    public Uri Address => address;

    public bool IsInUse => Volatile.Read(ref _nextTrial) == InUse;

    /// <summary>How many requests wait there for the beginning of their answer.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>
    /// Whether requests wait and none has been answered for a while: it may hang, which its time-outs tell much later. Others come first then.
    /// </summary>
    public bool IsSilent => Waiting > 0 && time.GetElapsedTime(Volatile.Read(ref _heardAt)) >= Silence;

    /// <summary>Whether a request may go there now. Whoever is told so while it is left alone makes the trial, and all others stay away.</summary>
    public bool TryTake()
    {
        var trial = Volatile.Read(ref _nextTrial);
        if (trial == InUse) return true;
        return time.GetTimestamp() >= trial && Interlocked.CompareExchange(ref _nextTrial, AfterAPause(), trial) == trial;
    }

    /// <summary>A request goes there. What it gives back is told of the answer, and disposed in any case.</summary>
    public Attempt Begin()
    {
        if (Waiting == 0) Volatile.Write(ref _heardAt, time.GetTimestamp());
        Interlocked.Increment(ref _waiting);
        return new Attempt(this);
    }

    /// <summary>It has answered, whatever it said.</summary>
    public void Succeeded()
    {
        Volatile.Write(ref _heardAt, time.GetTimestamp());
        if (Volatile.Read(ref _failures) == 0 && IsInUse) return;
        Volatile.Write(ref _failures, 0);
        Volatile.Write(ref _nextTrial, InUse);
    }

    public void Failed()
    {
        if (Interlocked.Increment(ref _failures) >= FailuresToOpen) Volatile.Write(ref _nextTrial, AfterAPause());
    }

    private long AfterAPause() => time.GetTimestamp() + (long)(Pause.TotalSeconds * time.TimestampFrequency);

    /// <summary>One request at a replica. It waits until its answer begins: a stream's ends much later.</summary>
    public sealed class Attempt(Replica replica) : IDisposable
    {
        private int _isOver;

        public void Answered()
        {
            replica.Succeeded();
            Dispose();
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0) Interlocked.Decrement(ref replica._waiting);
        }
    }
}
