namespace BigTech.Tests.EndToEnd;

/// <summary>Waits for a condition that becomes true by itself.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Asks again and again until the condition holds or the time is up.</summary>
    public static async Task Holds(Func<Task<bool>> condition, string expectation, TimeSpan? limit = null)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        var patience = limit ?? TimeSpan.FromSeconds(20);
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(deadline) > patience)
                throw new ShouldAssertException($"Not within {patience.TotalSeconds:0.#} s: {expectation}");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }
}
