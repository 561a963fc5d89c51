using System.Diagnostics;

namespace BigTech.Tests;

/// <summary>Waits for the effects of other threads or servers.</summary>
internal static class Eventually
{
    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(25);

    public static Task Holds(Func<bool> condition, string expectation, TimeSpan? limit = null) =>
        Holds(() => Task.FromResult(condition()), expectation, limit);

    /// <summary>Checks the condition repeatedly until it holds or the time is up.</summary>
    public static async Task Holds(Func<Task<bool>> condition, string expectation, TimeSpan? limit = null)
    {
        var started = Stopwatch.GetTimestamp();
        var patience = limit ?? Patience.Limit;
        // Short at first, which is enough for a thread; then longer, to limit the requests to a server.
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > patience)
            {
                throw new ShouldAssertException($"Not within {patience.TotalSeconds:0.#} s: {expectation}");
            }
            await looks.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            looks.Period = looks.Period * 2 < MaxPause ? looks.Period * 2 : MaxPause;
        }
    }

    /// <summary>Waits for the task, or fails with the name of what did not end.</summary>
    public static async Task Ends(Task task, string expectation)
    {
        await Holds(() => task.IsCompleted, expectation);
        await task;
    }
}
