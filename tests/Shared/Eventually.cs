using System.Diagnostics;

namespace BigTech.Tests;

/// <summary>Waits for what others bring about: other threads, or servers.</summary>
internal static class Eventually
{
    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(25);

    public static Task Holds(Func<bool> condition, string expectation, TimeSpan? limit = null) =>
        Holds(() => Task.FromResult(condition()), expectation, limit);

    /// <summary>Asks again and again until the condition holds or the time is up.</summary>
    public static async Task Holds(Func<Task<bool>> condition, string expectation, TimeSpan? limit = null)
    {
        var started = Stopwatch.GetTimestamp();
        var patience = limit ?? Patience.Limit;
        var pause = TimeSpan.FromMilliseconds(2);
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > patience)
                throw new ShouldAssertException($"Not within {patience.TotalSeconds:0.#} s: {expectation}");
            // Soon at first, as a thread needs no longer; a server is not asked more often than it can bear.
            await Task.Delay(pause, TestContext.Current.CancellationToken);
            pause = pause * 2 < MaxPause ? pause * 2 : MaxPause;
        }
    }

    /// <summary>The task, or a failure that says what did not end.</summary>
    public static async Task Ends(Task task, string expectation)
    {
        await Holds(() => task.IsCompleted, expectation);
        await task;
    }
}
