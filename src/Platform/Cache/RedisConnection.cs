using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using BigTech.Platform.Http;
using BigTech.Platform.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using StackExchange.Redis;

namespace BigTech.Platform.Cache;

/// <summary>
/// The one connection of this process to Redis. Whether Redis is there is found out by a probe, once a second and whenever a call has
/// failed: a message to oneself, so that both directions and the subscriptions are known to work. The first call that fails opens the
/// circuit; until a probe succeeds all others are refused at once. A connection that has failed is replaced, not trusted.
/// </summary>
public sealed partial class RedisConnection : BackgroundService
{
    private const int Unknown = 0;
    private const int Up = 1;
    private const int Away = 2;
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan EchoPause = TimeSpan.FromMilliseconds(50);

    // A write, a script and a message: a server that is full, read-only or still loading is not there either.
    private static readonly RedisScript ProbeScript = new("""
        redis.call('SET', KEYS[1], ARGV[2], 'PX', 10000)
        redis.call('PUBLISH', ARGV[1], ARGV[2])
        """);

    private readonly ConfigurationOptions _configuration;
    private readonly string _prefix;
    private readonly TimeSpan _timeout;
    private readonly ILogger _logger;
    private readonly CircuitBreakerManualControl _circuit = new(isIsolated: true);
    private readonly ResiliencePipeline _pipeline;
    private readonly ConcurrentDictionary<string, Action<byte[]>> _subscriptions = new();
    private readonly Bell _probeNow = new();
    private readonly string _probeName = $"probe:{Guid.NewGuid():N}";
    private ConnectionMultiplexer? _connection;
    private TaskCompletionSource? _echo;
    private int _state = Unknown;

    /// <exception cref="SettingException">The configuration cannot be read.</exception>
    public RedisConnection(RedisOptions options, IMeterFactory meters, ILogger<RedisConnection> logger)
    {
        _configuration = Parse(options);
        _prefix = options.KeyPrefix;
        _timeout = TimeSpan.FromMilliseconds(options.TimeoutMilliseconds);
        _logger = logger;
        // Input and output take real time, whatever clock a host runs on.
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = TimeProvider.System }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions { ManualControl = _circuit, ShouldHandle = _ => PredicateResult.False() })
            .AddTimeout(_timeout)
            .Build();
        Subscribe(_probeName, HearEcho);
        meters.Create(Meters.Name).CreateObservableGauge("bigtech.redis.up", () => IsUp ? 1 : 0, "{connection}", "1 while Redis answers.");
    }

    /// <summary>Whether the last that was heard of Redis was good.</summary>
    public bool IsUp => Volatile.Read(ref _state) == Up;

    /// <summary>
    /// Raised when Redis is there for the first time, or again: keys may be gone, and messages may have been missed. Handlers must not
    /// wait.
    /// </summary>
    public event Action? Restored;

    /// <summary>Runs a script. It may have run even when this refuses: an answer can get lost.</summary>
    /// <exception cref="Refusal">503 <c>shared_state_unavailable</c>: Redis is away, or did not answer in time.</exception>
    public async Task<RedisReply> Run(RedisScript script, IReadOnlyList<string> keys, params object[] arguments)
    {
        var connection = _connection;
        if (connection is null) throw Refused(null);
        try
        {
            return await _pipeline.ExecuteAsync(
                async (call, ct) => await call.Redis.Evaluate(call.Connection, call.Script, call.Keys, call.Arguments).WaitAsync(ct),
                (Redis: this, Connection: connection, Script: script, Keys: keys, Arguments: arguments), CancellationToken.None);
        }
        catch (BrokenCircuitException)
        {
            throw Refused(null);
        }
        catch (Exception error)
        {
            // Whatever it was: the next probe decides. Late failures of a connection that has been replaced say nothing of the new one.
            if (ReferenceEquals(connection, _connection)) await GoDown(error);
            throw Refused(error);
        }
    }

    /// <exception cref="Refusal">503 <c>shared_state_unavailable</c>, at once, when Redis is known to be away.</exception>
    public void ThrowIfAway()
    {
        if (!IsUp) throw Refused(null);
    }

    /// <summary>The full name of a channel, for scripts that publish.</summary>
    public string Channel(string name) => $"{_prefix}{name}";

    /// <summary>
    /// Hears a channel, over all failures. Asked for before the connection is started, so that <see cref="Restored"/> means that it is heard;
    /// what is published while Redis is away, or just before, is not.
    /// </summary>
    /// <param name="handler">Must not wait; may be called on several threads at once.</param>
    public void Subscribe(string channel, Action<byte[]> handler)
    {
        if (_state != Unknown || !_subscriptions.TryAdd(Channel(channel), handler)) throw new InvalidOperationException($"{channel} has a handler, or it is too late for one.");
    }

    /// <summary>Tells all who listen, if Redis is there. Never waits, never throws; whoever must know for sure looks again when it is <see cref="Restored"/>.</summary>
    public void Publish(string channel, byte[] message)
    {
        try
        {
            if (IsUp) _ = _connection?.GetSubscriber().PublishAsync(Channel(channel), message, CommandFlags.FireAndForget);
        }
        catch (Exception error)
        {
            LogNotPublished(error);
        }
    }

    /// <summary>Gives Redis the time of one call to be there before whatever loads from it; the program starts without it as well.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await Probe();
        while (!IsUp && Stopwatch.GetElapsedTime(started) < _timeout)
        {
            await Task.Delay(RetryPause, cancellationToken);
            await Probe();
        }
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        base.Dispose();
        Drop();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                if (IsUp) await _probeNow.Wait(ProbeInterval, stoppingToken);
                else await Task.Delay(RetryPause, stoppingToken);
                await Probe();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The program stops.
        }
    }

    private async Task Probe()
    {
        using var deadline = new CancellationTokenSource(_timeout);
        try
        {
            _connection ??= await Connect(deadline.Token);
            await HearMyself(_connection, deadline.Token);
            await GoUp();
        }
        catch (Exception error)
        {
            await GoDown(error);
            Drop();
        }
    }

    private async Task HearMyself(ConnectionMultiplexer connection, CancellationToken ct)
    {
        var nonce = Guid.NewGuid().ToString("N");
        var echo = new TaskCompletionSource(nonce, TaskCreationOptions.RunContinuationsAsynchronously);
        _echo = echo;
        // Again until it is heard: the library calls itself subscribed a little before Redis does.
        while (!echo.Task.IsCompleted)
        {
            await Evaluate(connection, ProbeScript, [_probeName], [Channel(_probeName), nonce]).WaitAsync(ct);
            await Task.WhenAny(echo.Task, Task.Delay(EchoPause, ct));
            ct.ThrowIfCancellationRequested();
        }
    }

    /// <summary>One of an earlier probe that comes late proves nothing.</summary>
    private void HearEcho(byte[] message)
    {
        if (_echo is { } echo && echo.Task.AsyncState is string nonce && nonce == Encoding.ASCII.GetString(message)) echo.TrySetResult();
    }

    private async Task GoUp()
    {
        await _circuit.CloseAsync();
        if (Interlocked.Exchange(ref _state, Up) == Up) return;
        LogUp();
        Restored?.Invoke();
    }

    private async Task GoDown(Exception error)
    {
        await _circuit.IsolateAsync();
        var before = Interlocked.Exchange(ref _state, Away);
        if (before == Away) return;
        LogAway(error.Message.ReplaceLineEndings(" "));
        if (before == Up) _probeNow.Ring();
    }

    private async Task<ConnectionMultiplexer> Connect(CancellationToken ct)
    {
        var connecting = ConnectionMultiplexer.ConnectAsync(_configuration);
        try
        {
            var connection = await connecting.WaitAsync(ct);
            // Nobody relies on the order of answers, and one slow reader of an answer must not hold up the others.
            connection.PreserveAsyncOrder = false;
            connection.ConnectionFailed += (_, failure) => Lost(connection, failure.Exception);
            // One's own last, for whoever hears himself then hears everybody.
            foreach (var (channel, handler) in _subscriptions.OrderBy(subscription => subscription.Key == Channel(_probeName)))
            {
                await connection.GetSubscriber().SubscribeAsync(channel, (_, message) => Hear(handler, message)).WaitAsync(ct);
            }
            return connection;
        }
        catch
        {
            _ = connecting.ContinueWith(late => Close(late.Result), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }
    }

    private void Hear(Action<byte[]> handler, RedisValue message)
    {
        try
        {
            handler((byte[])message!);
        }
        catch (Exception error)
        {
            // Whoever else can publish here must not be able to end this process with a message that nobody understands.
            LogNotUnderstood(error);
        }
    }

    /// <summary>The library would connect again by itself, but what was published meanwhile would be missed without a word.</summary>
    private void Lost(ConnectionMultiplexer connection, Exception? error)
    {
        if (ReferenceEquals(connection, _connection)) _ = GoDown(error ?? new IOException("The connection was lost."));
    }

    private async Task<RedisReply> Evaluate(ConnectionMultiplexer connection, RedisScript script, IReadOnlyList<string> keys, object[] arguments)
    {
        var database = connection.GetDatabase();
        object[] call = [script.Hash, keys.Count, .. keys.Select(key => (RedisKey)$"{_prefix}{key}"), .. arguments];
        try
        {
            return new RedisReply(await database.ExecuteAsync("EVALSHA", call));
        }
        catch (RedisServerException error) when (error.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            call[0] = script.Text;
            return new RedisReply(await database.ExecuteAsync("EVAL", call));
        }
    }

    private void Drop()
    {
        if (Interlocked.Exchange(ref _connection, null) is { } connection) Close(connection);
    }

    /// <summary>Not waited for: a connection that hangs also hangs when it is closed.</summary>
    private static void Close(ConnectionMultiplexer connection) => _ = Task.Run(() => connection.Close(allowCommandsToComplete: false));

    private static Refusal Refused(Exception? cause) =>
        Refusal.Unavailable("shared_state_unavailable", "What the servers share cannot be reached now.", cause);

    private static ConfigurationOptions Parse(RedisOptions options)
    {
        try
        {
            var configuration = ConfigurationOptions.Parse(options.Configuration);
            // Connecting either succeeds or fails; when to try again is decided here.
            configuration.AbortOnConnectFail = true;
            configuration.ConnectRetry = 1;
            configuration.ConnectTimeout = options.TimeoutMilliseconds;
            configuration.SyncTimeout = options.TimeoutMilliseconds;
            return configuration;
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidOperationException)
        {
            // Without its text, which may hold the password.
            throw new SettingException("Redis:Configuration cannot be read; its form is host:port,password=...,ssl=true.", error);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Redis is there")]
    private partial void LogUp();

    [LoggerMessage(2, LogLevel.Error, "Redis is away: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(3, LogLevel.Debug, "A message to other replicas was not published")]
    private partial void LogNotPublished(Exception error);

    [LoggerMessage(4, LogLevel.Error, "A message of another replica was not understood")]
    private partial void LogNotUnderstood(Exception error);
}
