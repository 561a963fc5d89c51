using System.Diagnostics;

namespace BigTech.Tests.Integration.Sql;

/// <summary>Waits for what other threads bring about.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public static Task Holds(Func<bool> condition, string what, TimeSpan? limit = null) => Holds(() => ValueTask.FromResult(condition()), what, limit);

    public static async Task Holds(Func<ValueTask<bool>> condition, string what, TimeSpan? limit = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > (limit ?? Longest)) throw new TimeoutException($"It never came about: {what}.");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
