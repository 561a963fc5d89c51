using BigTech.Load.Scenarios;

namespace BigTech.Load;

/// <summary>One run: the echo, the chosen scenarios one after the other, the report.</summary>
internal static class LoadRun
{
    private static readonly IScenario[] Scenarios =
    [
        new StartupScenario(),
        new SendsScenario(),
        new HistoryScenario(),
        new StreamsScenario(),
        new FanoutScenario(),
        new FriendsScenario(),
        new PresenceScenario(),
        new NotificationsScenario(),
        new SignInScenario(),
        new SignUpFloodScenario(),
        new SearchScenario(),
        new GatewayScenario(),
        new ReplicasScenario(),
        new MariaDbScenario(),
    ];

    public static IReadOnlyList<string> ScenarioNames { get; } = [.. Scenarios.Select(scenario => scenario.Name)];

    /// <summary>True when every scenario completed and the report has no problem.</summary>
    public static async Task<bool> Run(LoadOptions options, CancellationToken cancellation)
    {
        using var workspace = new Workspace();
        var report = new Report(options, Machine.Inspect(workspace.Root));
        using (var progress = new Progress())
        {
            progress.Step("starting the echo");
            await using var echo = await EchoProcess.Start(cancellation);
            var context = new LoadContext(options, workspace, echo, report, progress);
            var chosen = options.BesideDll is null
                ? Scenarios.Where(scenario => options.Scenarios.Contains(scenario.Name))
                : [new TurnsScenario()];
            foreach (var scenario in chosen)
            {
                await RunScenario(scenario, context, cancellation);
            }
        }

        report.WriteTable(Console.Out);
        report.WriteJson(options.OutFile);
        Console.WriteLine($"All figures are in {Path.GetRelativePath(Environment.CurrentDirectory, options.OutFile)}");
        return report.IsSound;
    }

    /// <summary>A failed scenario is a problem in the report; the others still run.</summary>
    private static async Task RunScenario(IScenario scenario, LoadContext context, CancellationToken cancellation)
    {
        try
        {
            // A scenario may begin by blocking on a program that it starts.
            await ClosedLoop.LeaveSocketThread();
            await scenario.Run(context, cancellation);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            context.Report.Problem($"{scenario.Name} could not go on: {e.Message}");
            context.Progress.Note($"{scenario.Name} could not go on: {e.Message}");
        }
    }
}
