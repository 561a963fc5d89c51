using System.Diagnostics;

namespace BigTech.Tests.Integration.Sql;

/// <summary>Waits for what other threads bring about.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public static Task Holds(Func<bool> condition, string what) => Holds(() => ValueTask.FromResult(condition()), what);

    public static async Task Holds(Func<ValueTask<bool>> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Longest) throw new TimeoutException($"It never came about: {what}.");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
