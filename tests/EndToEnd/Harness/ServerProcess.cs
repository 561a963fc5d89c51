using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using BigTech.Tests.Testing;

namespace BigTech.Tests.EndToEnd;

/// <summary>The built server as a real child process, with a data folder of its own and free loopback ports.</summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    public static readonly string[] Roles = ["gateway", "chat", "friend", "notification", "user"];

    // A test is one address, and sends more in a minute than a person does. What a test is about it sets itself.
    private static readonly string[] Limits =
    [
        "Gateway__AnonymousPerMinute", "Gateway__UserPerMinute", "Chat__SendsPerMinute", "Chat__RoomsPerHour", "Chat__MembersAddedPerHour",
        "Friends__RequestsPerHour", "Friends__SearchesPerMinute", "Users__SearchesPerMinute", "Users__SignUpsPerHour",
        "Users__SignInsPerMinute", "Users__WaitingSignUpsPerNetwork", "Users__WaitingSignInsPerNetwork", "Users__RefreshesPerMinute",
        "Mail__PerAddressPerHour",
    ];

    private const string MetricsListener = "metrics";

    private readonly ConcurrentDictionary<string, Uri> _urls = new();
    private readonly ConcurrentQueue<string> _output = new();
    private readonly IReadOnlyList<string> _roles;
    private readonly (string Name, string Value)[] _settings;
    private readonly HttpClient _http;
    private readonly ConcurrentBag<HttpClient> _others = [];
    private Process? _process;

    // The servers inherit it: a write beyond LimitFileSize then fails and does not end the process.
    static ServerProcess() => SetSignalHandler(SigXfsz, Ignore);

    private ServerProcess(IReadOnlyList<string> roles, (string Name, string Value)[] settings)
    {
        _roles = roles;
        _settings = settings;
        _http = NewHttp(connect: null);
    }

    /// <summary>What a scrape of the metrics shows now.</summary>
    public async Task<PrometheusText> Metrics() => PrometheusText.Parse((await Scrape()).ShouldBe(200).Text);

    /// <summary>The answer to a scrape of the metrics.</summary>
    public Task<Answer> Scrape() => MetricsPort.Get("/metrics");

    /// <summary>A caller of the address of the metrics.</summary>
    public ApiClient MetricsPort => Anonymous.On(MetricsListener);

    /// <summary>Survives a kill and a restart; deleted on disposal.</summary>
    public TemporaryFolder Data { get; } = new();

    /// <summary>A caller without a token, on the gateway's port, or without a gateway on that of the first role.</summary>
    public ApiClient Anonymous => new(this, _http, role: _roles[0]);

    /// <summary>The last lines of standard output and standard error, of all runs.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Each line of output, of all runs.</summary>
    public event Action<string>? Wrote;

    /// <summary>Starts a server and waits until all five roles listen.</summary>
    /// <param name="settings">Environment variables without their prefix, such as <c>Streams__HeartbeatSeconds</c>.</param>
    public static Task<ServerProcess> Start(params (string Name, string Value)[] settings) => Start(Roles, settings);

    /// <summary>The same, on ports that a restart uses again, because others know them.</summary>
    public static Task<ServerProcess> StartOnKeptPorts(params (string Name, string Value)[] settings) =>
        Start(Roles, keepsPorts: true, settings);

    /// <summary>Starts a server with only some roles, whose ports other processes know, and waits until it listens.</summary>
    public static Task<ServerProcess> Start(IReadOnlyList<string> roles, params (string Name, string Value)[] settings) =>
        Start(roles, keepsPorts: roles.Count < Roles.Length, settings);

    private static async Task<ServerProcess> Start(IReadOnlyList<string> roles, bool keepsPorts, (string Name, string Value)[] settings)
    {
        var server = new ServerProcess(roles, settings) { KeepsPorts = keepsPorts };
        try
        {
            await server.Restart();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs the server with these arguments until it exits by itself, such as after a wrong option.</summary>
    public static async Task<Finished> RunToEnd(
        IEnumerable<string> arguments, string? workingDirectory = null, params (string Name, string Value)[] settings)
    {
        using var process = new Process { StartInfo = Describe(arguments, settings) };
        process.StartInfo.WorkingDirectory = workingDirectory ?? Path.GetTempPath();
        process.Start();
        using var limit = new CancellationTokenSource(Patience.Long);
        var stdout = process.StandardOutput.ReadToEndAsync(limit.Token);
        var stderr = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return new Finished(process.ExitCode, await stdout, await stderr);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"The server did not end by itself: {string.Join(' ', arguments)}");
        }
    }

    /// <summary>The <c>--urls</c> value that gives every role a free port.</summary>
    public static string FreePorts() => FreePorts(Roles, areKept: false);

    /// <summary>Whether a restart reuses the ports of the first start, because other processes know them.</summary>
    public bool KeepsPorts { get; private init; }

    /// <summary>The current address of a role; without <see cref="KeepsPorts"/> it changes with each restart.</summary>
    public Uri Url(string role = "gateway") => _urls[role];

    /// <summary>The private key in the server's data folder: with it a test can break a token's claims but not its signature.</summary>
    public ECDsa SigningKey() => Jws.PrivateKey(Data["keys"]);

    /// <summary>Starts the process again on the same data folder.</summary>
    public async Task Restart()
    {
        var urls = KeepsPorts && _urls.Count > _roles.Count
            ? string.Join(';', _urls.Select(url => $"{url.Key}={url.Value.GetLeftPart(UriPartial.Authority)}"))
            : FreePorts([.. _roles, MetricsListener], KeepsPorts);
        _urls.Clear();
        _process?.Dispose();
        var process = new Process
        {
            StartInfo = Describe(
                ["--target", _roles.Count == Roles.Length ? "all" : string.Join(',', _roles), "--data-dir", Data.Path, "--urls", urls],
                _settings),
            EnableRaisingEvents = true,
        };
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) => ReadOutput(line.Data, ready);
        process.ErrorDataReceived += (_, line) => ReadOutput(line.Data, ready);
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("The server ended while it started."));
        _process = process;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await ready.Task.WaitAsync(Patience.Long);
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"The server did not start. It wrote:\n{Tail}", failure);
        }
    }

    /// <summary>Kills the process like a power failure: none of its code runs any more.</summary>
    public async Task Kill9()
    {
        Running.Kill();
        await Running.WaitForExitAsync();
    }

    /// <summary>Asks the process to stop.</summary>
    public void Terminate() => SendSignal(Running.Id, SigTerm).ShouldBe(0);

    /// <summary>Limits the size of files that the process writes, like a full disk; null removes the limit.</summary>
    public void LimitFileSize(ulong? bytes)
    {
        var limit = new ResourceLimit(bytes ?? ulong.MaxValue, ulong.MaxValue);
        SetResourceLimit(Running.Id, FileSize, in limit, IntPtr.Zero).ShouldBe(0);
    }

    /// <summary>Ends the server and expects exactly one line of its log to hold this text.</summary>
    public async Task LogsOnce(string text)
    {
        Terminate();
        await Ended();
        Output.Split('\n').Count(line => line.Contains(text, StringComparison.Ordinal)).ShouldBe(1, text);
    }

    /// <summary>Waits for the end of the process.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> Ended()
    {
        using var timeout = new CancellationTokenSource(Patience.Limit);
        await Running.WaitForExitAsync(timeout.Token);
        return Running.ExitCode;
    }

    /// <summary>A caller whose connections come from another loopback address, for per-address limits.</summary>
    public ApiClient From(string address)
    {
        var http = NewHttp(socket => socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0)));
        _others.Add(http);
        return new ApiClient(this, http, role: _roles[0]);
    }

    /// <summary>Registers and signs in a user that no other test knows.</summary>
    public async Task<User> NewUser(string? displayName = null) => await User.SignUp(Anonymous, displayName);

    /// <summary>Several users at once.</summary>
    public async Task<User[]> NewUsers(int count) => await Task.WhenAll(Enumerable.Range(0, count).Select(_ => NewUser()));

    /// <summary>Two users and the room that they share.</summary>
    public async Task<(User Ann, User Bob, long Room)> TwoInARoom()
    {
        var users = await NewUsers(2);
        return (users[0], users[1], (await users[0].RoomWith(users[1])).Id);
    }

    /// <summary>Waits until the server has noticed that every stream is closed: until then a user counts as having the room open.</summary>
    public Task SeesNoStreams() => Eventually.Holds(
        async () => (await Metrics()).Sum("bigtech_streams_open") == 0,
        "closed streams are no longer counted");

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
            await Kill9();
        _process?.Dispose();
        _http.Dispose();
        foreach (var http in _others)
            http.Dispose();
        Data.Dispose();
    }

    private const int SigTerm = 15;
    private const int SigXfsz = 25;
    private const IntPtr Ignore = 1;
    private const int FileSize = 1;

    private readonly record struct ResourceLimit(ulong Soft, ulong Hard);

    // The system gives a server a port that an outgoing connection may have while the server is down.
    private static string FreePorts(IEnumerable<string> roles, bool areKept) =>
        string.Join(';', roles.Select(role => $"{role}=http://127.0.0.1:{(areKept ? Loopback.FreePort() : 0)}"));

    private string Tail => string.Join('\n', _output.TakeLast(50));

    private Process Running => _process ?? throw new InvalidOperationException("Not started.");

    private static ProcessStartInfo Describe(IEnumerable<string> arguments, (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Server.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["BIGTECH_Users__PasswordIterations"] = "1000";
        foreach (var limit in Limits)
            start.Environment[$"BIGTECH_{limit}"] = "0";
        foreach (var (name, value) in settings)
            start.Environment[IsOfTheRuntime(name) ? name : $"BIGTECH_{name}"] = value;
        return start;
    }

    private static bool IsOfTheRuntime(string name) =>
        name.StartsWith("DOTNET_", StringComparison.Ordinal) || name.StartsWith("SSL_CERT_", StringComparison.Ordinal);

    private static HttpClient NewHttp(Action<Socket>? connect) => new(LoopbackConnections.Handler(connect))
    {
        Timeout = Patience.Long,
    };

    private void ReadOutput(string? line, TaskCompletionSource ready)
    {
        if (line is null)
            return;
        _output.Enqueue(line);
        Wrote?.Invoke(line);
        while (_output.Count > 5000)
            _output.TryDequeue(out _);
        var listens = ListensOn().Match(line);
        if (!listens.Success)
            return;
        _urls[listens.Groups[1].Value] = new Uri(listens.Groups[2].Value);
        if (_urls.Count > _roles.Count)
            ready.TrySetResult();
    }

    [GeneratedRegex("""(gateway|chat|friend|notification|user|metrics) listens on (http://[^\s"]+)""")]
    private static partial Regex ListensOn();

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int processId, int signal);

    [DllImport("libc", EntryPoint = "signal")]
    private static extern IntPtr SetSignalHandler(int signal, IntPtr handler);

    [DllImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    private static extern int SetResourceLimit(int processId, int resource, in ResourceLimit limit, IntPtr before);

    /// <summary>The result of a server that exited by itself.</summary>
    public sealed record Finished(int ExitCode, string Stdout, string Stderr);
}
