using System.CommandLine;
using BigTech.Load;
using Microsoft.Playwright;

namespace BigTech.Promises;

/// <summary>The command line. Exit code 0: every promise was kept. 1: one was not, or could not be measured. 2: wrong option.</summary>
internal static class Program
{
    private const int Failed = 1;
    private const int WrongUsage = 2;
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(60);

    private static readonly string[] Names = [.. Measurements.All.Keys, .. WebClientMeasurements.All.Keys];

    private static readonly Option<int> Times =
        new("--times") { Description = "How often each promise is measured.", DefaultValueFactory = _ => 20 };

    private static readonly Option<string[]> Only = new("--only")
    {
        Description = $"Some of: {string.Join(", ", Names)}.",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => Names,
    };

    private static async Task<int> Main(string[] args)
    {
        Times.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1000) result.AddError("--times is a number from 1 to 1000");
        });
        Only.AcceptOnlyFromAmong(Names);
        var root = new RootCommand(
            "Measures what the server and the web client promise, and shows it beside the promise.") { Times,
            Only };
        root.SetAction((parsed, cancellation) => Measure(parsed.GetValue(Only)!, parsed.GetValue(Times), cancellation));
        var result = root.Parse(args);
        if (result.Errors.Count == 0)
        {
            return await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = StopWithin });
        }
        await Console.Error.WriteLineAsync(result.Errors[0].Message);
        return WrongUsage;
    }

    private static async Task<int> Measure(IReadOnlyList<string> names, int times, CancellationToken cancellation)
    {
        if (!File.Exists(Workspace.BuiltServer))
        {
            await Console.Error.WriteLineAsync("there is no server: build it with dotnet build src/Server -c Release");
            return WrongUsage;
        }
        try
        {
            var measured = new List<Promise>();
            await MeasureServer(names, times, measured, cancellation);
            await MeasureWebClient(names, times, measured, cancellation);
            Promise.WriteTable(measured, Console.Out);
            return measured.TrueForAll(promise => promise.IsKept) ? 0 : Failed;
        }
        catch (Exception error)
            when (error is LoadException or TimeoutException or HttpRequestException or PlaywrightException)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return Failed;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("interrupted");
            return Failed;
        }
    }

    private static async Task MeasureServer(
        IReadOnlyList<string> names, int times, List<Promise> measured, CancellationToken cancellation)
    {
        if (!names.Any(Measurements.All.ContainsKey)) return;
        await using var replicas = await Replicas.Start(cancellation);
        foreach (var name in names.Where(Measurements.All.ContainsKey))
        {
            await Console.Error.WriteLineAsync($"measuring {name}");
            measured.AddRange(await Measurements.All[name](replicas, times, cancellation));
        }
    }

    private static async Task MeasureWebClient(
        IReadOnlyList<string> names, int times, List<Promise> measured, CancellationToken cancellation)
    {
        if (!names.Any(WebClientMeasurements.All.ContainsKey)) return;
        await Console.Error.WriteLineAsync("publishing the server");
        await using var scene = await WebClientScene.Start(cancellation);
        foreach (var name in names.Where(WebClientMeasurements.All.ContainsKey))
        {
            await Console.Error.WriteLineAsync($"measuring {name}");
            measured.AddRange(await WebClientMeasurements.All[name](scene, times, cancellation));
        }
    }
}
