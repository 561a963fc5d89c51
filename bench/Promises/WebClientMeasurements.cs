using System.Diagnostics;
using Microsoft.Playwright;

namespace BigTech.Promises;

/// <summary>Measures one of the promises of the web client.</summary>
internal delegate Task<IReadOnlyList<Promise>> WebClientMeasurement(WebClientScene scene, int times, CancellationToken cancellation);

/// <summary>What the web client promises, as it is published, in Chromium on this machine.</summary>
internal static class WebClientMeasurements
{
    private const int Messages = 10_000, PerSecond = 20, Pace = 10;
    private const double MaxGrowth = 1.1;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    // Times of a key are from its event to the first task after the frame that shows it.
    private const string WatchKeys = """
        () => {
          globalThis.keyTimes = [];
          document.querySelector("#composer").addEventListener("keydown", pressed => {
            requestAnimationFrame(() => {
              const shown = new MessageChannel();
              shown.port1.onmessage = () => globalThis.keyTimes.push(performance.now() - pressed.timeStamp);
              shown.port2.postMessage(null);
            });
          });
        }
        """;

    private const string Memory = """
        () => performance.memory.usedJSHeapSize + globalThis.getDotnetRuntime(0).Module.HEAPU8.length
        """;

    public static IReadOnlyDictionary<string, WebClientMeasurement> All { get; } = new Dictionary<string, WebClientMeasurement>
    {
        ["visits"] = Visits,
        ["typing"] = Typing,
        ["memory"] = GrowthOfMemory,
    };

    private static async Task<IReadOnlyList<Promise>> Visits(WebClientScene scene, int times, CancellationToken cancellation)
    {
        List<TimeSpan> first = [], second = [];
        for (var time = 0; time < Math.Max(1, times / 2); time++)
        {
            var profile = scene.NewProfile();
            first.Add(await Visit(scene, profile));
            second.Add(await Visit(scene, profile));
            cancellation.ThrowIfCancellationRequested();
        }
        return
        [
            Promise.Of("a first visit to the web client can be used", TimeSpan.FromSeconds(4), first),
            Promise.Of("a second one", TimeSpan.FromSeconds(1.5), second),
        ];
    }

    /// <summary>A browser is started for each visit; only what it has on the disk is there from the one before.</summary>
    private static async Task<TimeSpan> Visit(WebClientScene scene, string profile)
    {
        await using var browser = await scene.OpenBrowser(profile);
        var page = browser.Pages[0];
        var started = Stopwatch.GetTimestamp();
        await page.GotoAsync(scene.Address.ToString(), new() { WaitUntil = WaitUntilState.Commit });
        await page.WaitForSelectorAsync("#email");
        var took = Stopwatch.GetElapsedTime(started);
        // The browser keeps compiled code soon after.
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        return took;
    }

    private static async Task<IReadOnlyList<Promise>> Typing(WebClientScene scene, int times, CancellationToken cancellation)
    {
        await scene.Fill(Messages, cancellation);
        var page = await scene.OpenRoom();
        await page.WaitForSelectorAsync("article.message");
        await page.EvaluateAsync(WatchKeys);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var writing = scene.Write(PerSecond, int.MaxValue, enough.Token);
        for (var key = 0; key < 10 * times; key++)
        {
            await page.PressAsync("#composer", "a");
            await Task.Delay(50, cancellation);
        }
        await enough.CancelAsync();
        await writing;
        var took = await page.EvaluateAsync<double[]>("globalThis.keyTimes");
        await page.Context.CloseAsync();
        return
        [
            Promise.Of(
                $"a key with {Messages:N0} messages in the room and {PerSecond} more a second", TimeSpan.FromMilliseconds(50),
                [.. took.Select(TimeSpan.FromMilliseconds)]),
        ];
    }

    /// <summary>An hour of the traffic at ten times its pace: after the first tenth the memory has no reason to grow.</summary>
    private static async Task<IReadOnlyList<Promise>> GrowthOfMemory(WebClientScene scene, int times, CancellationToken cancellation)
    {
        var all = (int)(PerSecond * Hour.TotalSeconds);
        var page = await scene.OpenRoom();
        await scene.Write(PerSecond * Pace, all / 10, cancellation);
        var before = await MemoryOf(page);
        await scene.Write(PerSecond * Pace, all - (all / 10), cancellation);
        var after = await MemoryOf(page);
        await page.Context.CloseAsync();
        await Console.Error.WriteLineAsync($"memory of the page: {before / 1e6:0.0} MB after a tenth, {after / 1e6:0.0} MB at the end");
        return [new Promise("memory of the page after an hour of that / after a tenth of it", MaxGrowth, "x", [after / before])];
    }

    /// <summary>In bytes, of the scripts and of the program.</summary>
    private static async Task<double> MemoryOf(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("HeapProfiler.collectGarbage");
        await session.DetachAsync();
        return await page.EvaluateAsync<double>(Memory);
    }
}
