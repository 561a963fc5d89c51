using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace BigTech.Load;

/// <summary>The dependencies of every scenario.</summary>
internal sealed record LoadContext(LoadOptions Options, Workspace Workspace, EchoProcess Echo, Report Report, Progress Progress)
{
    /// <summary>User creation is not measured, except for the sign-in storm.</summary>
    private const string CheapPasswordIterations = "1000";

    /// <summary>
    /// Each scenario has a server of its own with an empty data folder, so that none depends on earlier ones. With a URL, the scenario uses
    /// the server that runs there.
    /// </summary>
    public Task<ServerProcess> StartServer(
        bool cheapPasswords, CancellationToken cancellation, params ReadOnlySpan<(string Name, string Value)> more) =>
        StartServer(Workspace.NewDataFolder(), cheapPasswords, cancellation, more);

    /// <summary>The same on a data folder that an earlier server may have used.</summary>
    public Task<ServerProcess> StartServer(
        string dataFolder, bool cheapPasswords, CancellationToken cancellation, params ReadOnlySpan<(string Name, string Value)> more)
    {
        if (Options.Url is { } url)
        {
            return Task.FromResult(ServerProcess.Running(url));
        }

        return Options.ServerDll == Options.BesideDll
            ? StartOtherBuild(dataFolder, cheapPasswords, [.. more], cancellation)
            : Start(dataFolder, cheapPasswords, knowsLimits: true, [.. more], cancellation);
    }

    /// <summary>An older build does not know all of the limits, nor an address of its own for metrics, and then does not start.</summary>
    private async Task<ServerProcess> StartOtherBuild(
        string dataFolder, bool cheapPasswords, (string Name, string Value)[] more, CancellationToken cancellation)
    {
        try
        {
            return await Start(dataFolder, cheapPasswords, knowsLimits: true, more, cancellation);
        }
        catch (LoadException)
        {
            return await Start(dataFolder, cheapPasswords, knowsLimits: false, more, cancellation);
        }
    }

    private Task<ServerProcess> Start(
        string dataFolder, bool cheapPasswords, bool knowsLimits, (string Name, string Value)[] more, CancellationToken cancellation)
    {
        var settings = knowsLimits ? RequestLimits.NeverReached() : [];
        if (cheapPasswords)
        {
            settings["BIGTECH_Users__PasswordIterations"] = CheapPasswordIterations;
        }

        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        return ServerProcess.Start(
            Options.ServerDll!, dataFolder, settings, cancellation, knowsLimits ? FreeAddress() : null);
    }

    private static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://{listener.LocalEndpoint}");
    }

    /// <summary>Measures the echo and the server alternately, and returns the result of every repeat.</summary>
    public async Task<IReadOnlyList<(LoopResult Server, LoopResult Echo)>> AlternateAsync(
        string what, int connections, Func<Task<LoopResult>> measureServer, CancellationToken cancellation)
    {
        var pairs = new List<(LoopResult Server, LoopResult Echo)>();
        for (var repeat = 1; repeat <= Options.Repeat; repeat++)
        {
            Progress.Step($"{what}, repeat {repeat} of {Options.Repeat}: echo");
            var echo = await Echo.Measure(connections, Options.Pace, cancellation);
            Report.Check($"{what}, echo", echo);
            Progress.Step($"{what}, repeat {repeat} of {Options.Repeat}: server");
            var server = await measureServer();
            Report.Check(what, server);
            pairs.Add((server, echo));
            var ratio = server.PerSecond / echo.PerSecond;
            Progress.Note(string.Create(
                CultureInfo.InvariantCulture, $"server {Describe(server)}; echo {Describe(echo)}; ratio {ratio:0.000}"));
        }

        return pairs;
    }

    private static string Describe(LoopResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{result.PerSecond:N0}/s p99 {result.Latency.PercentileMilliseconds(0.99):0.0} ms"
        + $" ({1e6 * result.Cores.Target / result.PerSecond:0} us of processor each; cores: own {result.Cores.Target:0.00},"
        + $" driver {result.Cores.Driver:0.00}, others {result.Cores.Others:0.00})");
}
