using System.Globalization;

namespace BigTech.Tests;

/// <summary>
/// How long tests wait before they give up: a limit against hanging, never an expectation. The variable <c>TEST_PATIENCE</c> of the
/// environment multiplies every limit where a machine is slow or busy.
/// </summary>
internal static class Patience
{
    private static readonly double Factor =
        double.Parse(Environment.GetEnvironmentVariable("TEST_PATIENCE") is { Length: > 0 } factor ? factor : "1", CultureInfo.InvariantCulture);

    /// <summary>For almost everything.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(30) * Factor;

    /// <summary>For what takes long by itself, such as the recovery of a server or thousands of messages.</summary>
    public static TimeSpan Long { get; } = TimeSpan.FromMinutes(2) * Factor;
}
