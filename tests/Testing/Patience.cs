using System.Globalization;

namespace BigTech.Tests;

/// <summary>
/// How long tests wait before they fail: a limit against hanging, never an expectation. The environment variable <c>TEST_PATIENCE</c>
/// multiplies every limit, for slow or busy machines.
/// </summary>
internal static class Patience
{
    private static readonly double Factor =
        double.Parse(
            Environment.GetEnvironmentVariable("TEST_PATIENCE") is { Length: > 0 } factor ? factor : "1", CultureInfo.InvariantCulture);

    /// <summary>The limit of most waits.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(30) * Factor;

    /// <summary>The limit of slow operations, such as the recovery of a server or thousands of messages.</summary>
    public static TimeSpan Long { get; } = TimeSpan.FromMinutes(2) * Factor;
}
