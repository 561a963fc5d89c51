using System.Globalization;

namespace BigTech.Load.Scenarios;

/// <summary>How long the server takes from nothing to ready, how much memory it holds when idle, how long it takes to stop.</summary>
internal sealed class StartupScenario : IScenario
{
    private const double MostSeconds = 2;
    private const double MostIdleMegabytes = 200;
    private const double MostStopSeconds = 20;
    private static readonly TimeSpan SettleWithin = TimeSpan.FromSeconds(12);

    public string Name => "startup";

    public async Task RunAsync(LoadContext context, CancellationToken cancellation)
    {
        if (context.Options.ServerDll is not { } dll)
        {
            context.Progress.Note("startup is left out: the server at the url is already running");
            return;
        }

        var first = new List<double>();
        var again = new List<double>();
        var idle = new List<double>();
        var stop = new List<double>();
        for (var repeat = 1; repeat <= context.Options.Repeat; repeat++)
        {
            context.Progress.Step($"startup, repeat {repeat} of {context.Options.Repeat}");
            var folder = context.Workspace.NewDataFolder();
            await using (var server = await ServerProcess.StartAsync(dll, folder, new Dictionary<string, string>(), cancellation))
            {
                first.Add(server.StartTime.TotalSeconds);
                idle.Add(await server.Usage!.SettledResidentBytesAsync(SettleWithin, cancellation) / 1e6);
                stop.Add((await server.StopAsync()).TotalSeconds);
            }

            await using (var server = await ServerProcess.StartAsync(dll, folder, new Dictionary<string, string>(), cancellation))
            {
                again.Add(server.StartTime.TotalSeconds);
            }

            context.Progress.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"ready after {first[^1]:0.00} s, again {again[^1]:0.00} s; idle {idle[^1]:0} MB; stopped in {stop[^1]:0.00} s"));
        }

        var echo = Samples.One(context.Echo.StartTime.TotalSeconds);
        foreach (var (name, seconds) in new[] { ("empty data folder", first), ("second start", again) })
        {
            context.Report.Add(new Figure(Name, $"start to ready, {name}", "s", new Samples(seconds))
            {
                Echo = echo,
                Goal = Goal.AtMost(MostSeconds),
            });
        }

        context.Report.Add(new Figure(Name, "idle memory (RSS)", "MB", new Samples(idle))
        {
            Echo = Samples.One(context.Echo.IdleBytes / 1e6),
            Goal = Goal.AtMost(MostIdleMegabytes),
        });
        context.Report.Add(new Figure(Name, "graceful stop when idle", "s", new Samples(stop)) { Goal = Goal.AtMost(MostStopSeconds) });
    }
}
