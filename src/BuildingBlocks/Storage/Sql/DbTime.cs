namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>Times in the stores: microseconds since 1970 UTC, so that they sort, compare and index as integers everywhere.</summary>
public static class DbTime
{
    public static long ToDb(this DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerMicrosecond - UnixEpochMicroseconds;

    public static DateTimeOffset FromDb(long microseconds) =>
        new((microseconds + UnixEpochMicroseconds) * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);

    public static DateTimeOffset? FromDb(long? microseconds) => microseconds is { } value ? FromDb(value) : null;

    /// <summary>The current time in the stores' precision, so that the first answer and every later one show the same time.</summary>
    public static DateTimeOffset GetDbNow(this TimeProvider time) => FromDb(time.GetUtcNow().ToDb());

    private static readonly long UnixEpochMicroseconds = DateTimeOffset.UnixEpoch.UtcTicks / TimeSpan.TicksPerMicrosecond;
}
