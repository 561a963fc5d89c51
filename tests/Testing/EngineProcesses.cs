namespace BigTech.Tests.Testing;

/// <summary>The servers that tests start: only the suites for engines may start one.</summary>
internal static class EngineProcesses
{
    /// <summary>Called before a server starts.</summary>
    /// <exception cref="InvalidOperationException">The suite runs where no engine is installed.</exception>
    public static void ThrowIfExcluded(string engine)
    {
        if (Environment.GetEnvironmentVariable("TEST_SUITE") == "embedded")
        {
            throw new InvalidOperationException(
                $"A test without [Engines] starts {engine}: mark it, so that ./test.sh runs it in the suite 'engines'.");
        }
    }
}
