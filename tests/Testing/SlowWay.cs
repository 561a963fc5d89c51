namespace BigTech.Tests.Testing;

/// <summary>Makes a way slow at the pace of what goes over it.</summary>
internal static class SlowWay
{
    /// <summary>Until a condition holds, every piece of data waits for the next look at it. Then the way is open again.</summary>
    /// <param name="staysHeld">Whether nothing more goes over it then.</param>
    public static async Task Stutter(this TcpProxy way, Func<bool> condition, string expectation, bool staysHeld = false)
    {
        try
        {
            await Eventually.Holds(
                () =>
                {
                    // What has waited goes on; what comes from now on waits.
                    way.Heal();
                    way.Hold();
                    return condition();
                },
                expectation, Patience.Long);
        }
        finally
        {
            if (!staysHeld) way.Heal();
        }
    }
}
