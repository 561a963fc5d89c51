namespace BigTech.Gateway;

/// <summary>
/// One address of a service, with a circuit breaker: after some failures in a row it is left alone for a moment, then tried again. The
/// breaker is not Polly's, which lets one call through and waits for its end: a stream ends after hours.
/// </summary>
internal sealed class Replica(Uri address, TimeProvider time)
{
    private const int FailuresToOpen = 3;
    private static readonly TimeSpan OpenFor = TimeSpan.FromSeconds(1);

    private int _failures;
    private long _closedAgainAt;

    /// <summary>With no slash at its end, as the forwarder wants it.</summary>
    public string Prefix { get; } = address.GetLeftPart(UriPartial.Authority);

    public Uri Address => address;

    public bool IsOpen => Volatile.Read(ref _closedAgainAt) > time.GetTimestamp();

    public void Succeeded()
    {
        if (Volatile.Read(ref _failures) != 0) Volatile.Write(ref _failures, 0);
    }

    public void Failed()
    {
        if (Interlocked.Increment(ref _failures) < FailuresToOpen) return;
        Volatile.Write(ref _closedAgainAt, time.GetTimestamp() + (long)(OpenFor.TotalSeconds * time.TimestampFrequency));
    }
}
