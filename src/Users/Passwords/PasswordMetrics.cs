using System.Diagnostics.Metrics;

namespace BigTech.Users.Passwords;

internal static class PasswordMetrics
{
    public static readonly UpDownCounter<int> Waiting = Meters.Meter.CreateUpDownCounter<int>(
        "bigtech.password.waiting", "{hash}", "Password hashes that wait for a worker.");

    private static readonly Histogram<double> Duration = Meters.Meter.CreateHistogram<double>(
        "bigtech.password.check.duration", "s", "Time to check one password, without the wait for a worker.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Meters.Latencies });

    private static readonly Counter<long> SignIns = Meters.Meter.CreateCounter<long>(
        "bigtech.sign_in.attempts", "{attempt}", "Passwords presented, by what became of them.");

    public static void Checked(bool isRight, TimeSpan duration)
    {
        Duration.Record(duration.TotalSeconds);
        SignIns.Add(1, new KeyValuePair<string, object?>("result", isRight ? "accepted" : "wrong"));
    }

    private static readonly Counter<long> RefusedHashes = Meters.Meter.CreateCounter<long>(
        "bigtech.password.refused", "{hash}", "Password hashes that were refused, by what for and why.");

    /// <param name="reason"><c>network</c>: too many of one network waited; <c>overload</c>: the wait was too long.</param>
    public static void Refused(HashKind kind, string reason) => RefusedHashes.Add(
        1, new KeyValuePair<string, object?>("kind", kind == HashKind.SignIn ? "sign_in" : "sign_up"),
        new KeyValuePair<string, object?>("reason", reason));

    public static void Throttled() => SignIns.Add(1, new KeyValuePair<string, object?>("result", "throttled"));
}
