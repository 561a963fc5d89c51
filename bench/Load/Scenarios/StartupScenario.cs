using System.Globalization;

namespace BigTech.Load.Scenarios;

/// <summary>The time from the process start until the server is ready, its memory when idle, and the time to stop.</summary>
internal sealed class StartupScenario : IScenario
{
    private const double MaxSeconds = 2;
    private const double MaxIdleMegabytes = 200;
    private const double MaxStopSeconds = 20;
    private static readonly TimeSpan SettleWithin = TimeSpan.FromSeconds(12);

    public string Name => "startup";

    public async Task Run(LoadContext context, CancellationToken cancellation)
    {
        if (context.Options.ServerDll is not { } dll)
        {
            context.Progress.Note("startup is left out: the server at the url is already running");
            return;
        }

        var starts = new List<Start>();
        for (var repeat = 1; repeat <= context.Options.Repeat; repeat++)
        {
            context.Progress.Step($"startup, repeat {repeat} of {context.Options.Repeat}");
            starts.Add(await Measure(dll, context, cancellation));
            context.Progress.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"ready after {starts[^1].First:0.00} s, again {starts[^1].Again:0.00} s (echo {starts[^1].Echo:0.00} s);"
                + $" idle {starts[^1].IdleMegabytes:0} MB; stopped in {starts[^1].Stop:0.00} s"));
        }

        AddFigures(context.Report, starts);
    }

    private static async Task<Start> Measure(string dll, LoadContext context, CancellationToken cancellation)
    {
        var settings = new Dictionary<string, string>();
        var folder = context.Workspace.NewDataFolder();
        await using var echo = await EchoProcess.Start(cancellation);
        using var own = ProcessUsage.OfThisProcess();
        var (busyBefore, ownBefore) = (Machine.BusySeconds(), own.ProcessorTime);
        await using var server = await ServerProcess.Start(dll, folder, settings, cancellation);
        var used = server.Usage!.ProcessorTime + own.ProcessorTime - ownBefore;
        context.Report.NoteOthers((Machine.BusySeconds() - busyBefore - used.TotalSeconds) / server.StartTime.TotalSeconds ?? double.NaN);

        var idleBytes = await server.Usage.SettledResidentBytes(SettleWithin, cancellation);
        var stop = await server.Stop();
        await using var again = await ServerProcess.Start(dll, folder, settings, cancellation);
        return new Start(
            server.StartTime.TotalSeconds,
            again.StartTime.TotalSeconds,
            echo.StartTime.TotalSeconds,
            idleBytes / 1e6,
            echo.IdleBytes / 1e6,
            stop.TotalSeconds);
    }

    private void AddFigures(Report report, List<Start> starts)
    {
        Add("start to ready, empty data folder", "s", start => (start.First, start.Echo), MaxSeconds);
        Add("start to ready, second start", "s", start => (start.Again, start.Echo), MaxSeconds);
        Add("idle memory (RSS)", "MB", start => (start.IdleMegabytes, start.EchoMegabytes), MaxIdleMegabytes);
        report.Add(new Figure(Name, "graceful stop when idle", "s", new Samples(starts.Select(start => start.Stop)))
        {
            Goal = Goal.AtMost(MaxStopSeconds),
        });

        void Add(string name, string unit, Func<Start, (double Server, double Echo)> of, double most) =>
            report.Add(Figure.Beside(Name, name, unit, [.. starts.Select(of)]) with { Goal = Goal.AtMost(most) });
    }

    /// <summary>One repeat; times in seconds.</summary>
    private sealed record Start(double First, double Again, double Echo, double IdleMegabytes, double EchoMegabytes, double Stop);
}
