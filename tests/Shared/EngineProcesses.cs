namespace BigTech.Tests.Shared;

/// <summary>The servers that tests start: only the suites that are run with them may.</summary>
internal static class EngineProcesses
{
    /// <summary>Called by whatever starts one.</summary>
    /// <exception cref="InvalidOperationException">The suite runs where no engine is installed.</exception>
    public static void ThrowIfExcluded(string engine)
    {
        if (Environment.GetEnvironmentVariable("TEST_SUITE") == "embedded")
            throw new InvalidOperationException($"A test without [Engines] starts {engine}: mark it, so that ./test.sh runs it in the suite 'engines'.");
    }
}
