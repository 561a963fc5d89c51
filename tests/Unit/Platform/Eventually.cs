using System.Diagnostics;

namespace BigTech.Tests.Unit.Platform;

/// <summary>Waits for what other threads bring about.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    public static async Task Holds(Func<bool> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Longest) throw new TimeoutException($"It never came about: {what}.");
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The task, or a failure that says what did not end.</summary>
    public static async Task Ends(Task task, string what)
    {
        await Holds(() => task.IsCompleted, what);
        await task;
    }
}
