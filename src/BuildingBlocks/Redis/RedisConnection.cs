using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using StackExchange.Redis;

namespace BigTech.BuildingBlocks.Redis;

/// <summary>
/// The single connection of this process to Redis. The library reconnects by itself, and fails calls at once while it is disconnected. A
/// probe, once a second and after each failed call, detects what the library does not report: a frozen, full or read-only Redis, and
/// whether the channels are subscribed. Until a probe succeeds all calls fail.
/// </summary>
public sealed partial class RedisConnection : WorkerService
{
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);

    // The number of failed probes before an open connection is replaced: its address may point to another server by then.
    private const int ProbesPerConnection = 10;

    // A write: a server that is full, read-only or still loading is unavailable as well.
    private static readonly RedisScript ProbeScript = new("redis.call('SET', KEYS[1], '', 'PX', 10000)");

    private readonly ConfigurationOptions _configuration;
    private readonly string _prefix;
    private readonly TimeSpan _timeout;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, Action<byte[]>> _subscriptions = new();
    private readonly AsyncSignal _probeNow = new();
    private readonly string _probeKey = $"probe:{Guid.NewGuid():N}";
    private readonly Lock _gate = new();
    private volatile ConnectionMultiplexer? _connection;
    private bool? _isUp;
    private bool? _isLoggedAsUp;
    private int _failures;
    private int _failedProbes;
    private int _restoredAfter = -1;

    /// <exception cref="SettingException">The configuration is invalid.</exception>
    public RedisConnection(RedisOptions options, IMeterFactory meters, ILogger<RedisConnection> logger)
    {
        _configuration = Parse(options);
        _prefix = options.KeyPrefix;
        _timeout = TimeSpan.FromMilliseconds(options.TimeoutMilliseconds);
        _logger = logger;
        meters.Create(Meters.Name).CreateObservableGauge("bigtech.redis.up", () => IsUp ? 1 : 0, "{connection}", "1 while Redis answers.");
    }

    /// <summary>Whether Redis was available at the last call or probe.</summary>
    public bool IsUp
    {
        get
        {
            lock (_gate) return _isUp == true;
        }
    }

    /// <summary>
    /// Raised when Redis becomes available, also for the first time: keys may be lost, and messages may have been missed. Handlers must not
    /// wait.
    /// </summary>
    public event Action? Restored;

    /// <summary>Runs a script. It may have run even if this throws: an answer can get lost.</summary>
    /// <exception cref="AppError">503 <c>shared_state_unavailable</c>: Redis is unavailable, or did not answer in time.</exception>
    public async Task<RedisReply> Run(RedisScript script, IReadOnlyList<string> keys, params object[] arguments)
    {
        ThrowIfUnavailable();
        var before = Volatile.Read(ref _failures);
        try
        {
            return await Evaluate(script, keys, arguments);
        }
        catch (Exception error)
        {
            // The next probe decides whether Redis is available.
            Fail(error, before);
            throw Unavailable(error);
        }
    }

    /// <exception cref="AppError">503 <c>shared_state_unavailable</c>, at once, when Redis is known to be unavailable.</exception>
    public void ThrowIfUnavailable()
    {
        if (!IsUp) throw Unavailable(null);
    }

    /// <summary>The full name of a channel, for scripts that publish.</summary>
    public string Channel(string name) => $"{_prefix}{name}";

    /// <summary>
    /// Subscribes to a channel, across all failures. Call it before the connection starts, so that <see cref="Restored"/> implies the
    /// subscription. Messages that are published while Redis is unavailable, or just before, are lost.
    /// </summary>
    /// <param name="handler">Must not wait; may be called on several threads at once.</param>
    public void Subscribe(string channel, Action<byte[]> handler)
    {
        if (_isUp is not null || !_subscriptions.TryAdd(Channel(channel), handler))
        {
            throw new InvalidOperationException($"{channel} has a handler, or it is too late for one.");
        }
    }

    /// <summary>Publishes if Redis is available. Never waits or throws; missed changes are read on <see cref="Restored"/>.</summary>
    public void Publish(string channel, byte[] message)
    {
        try
        {
            if (IsUp) _connection!.GetSubscriber().Publish(RedisChannel.Literal(Channel(channel)), message, CommandFlags.FireAndForget);
        }
        catch (Exception error)
        {
            LogNotPublished(error);
        }
    }

    /// <summary>Waits for Redis for the time of one call, before services load from it; the program also starts without it.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await Connect().WaitAsync(cancellationToken);
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
        _connection?.Close(allowCommandsToComplete: false);
    }

    protected override async Task Run(CancellationToken ct)
    {
        while (true)
        {
            await _probeNow.Wait(IsUp ? ProbeInterval : RetryPause, ct);
            await Probe();
        }
    }

    /// <summary>A write on the connection of calls, and a PING on the one of subscriptions.</summary>
    private async Task Probe()
    {
        var before = Volatile.Read(ref _failures);
        try
        {
            await Evaluate(ProbeScript, [_probeKey], []);
            if (_restoredAfter != before) await SubscribeAgain();
            await _connection!.GetSubscriber().PingAsync().WaitAsync(_timeout);
            if (_restoredAfter != before) Restore(before);
            _failedProbes = 0;
        }
        catch (Exception error)
        {
            Fail(error, before);
            if (++_failedProbes % ProbesPerConnection == 0 && _connection!.IsConnected) await Connect();
        }
    }

    /// <summary>
    /// Replaces the current connection. The library replaces broken connections, but keeps one to a server that has become a replica.
    /// </summary>
    private async Task Connect()
    {
        var replaced = _connection;
        var connection = await ConnectionMultiplexer.ConnectAsync(_configuration);
        connection.ConnectionFailed += Lose;
        _connection = connection;
        if (replaced is null) return;
        replaced.ConnectionFailed -= Lose;
        await replaced.CloseAsync(allowCommandsToComplete: false);
    }

    /// <summary>All channels, each confirmed by Redis: the library's subscriptions may be from before the failure.</summary>
    private async Task SubscribeAgain()
    {
        var subscriber = _connection!.GetSubscriber();
        await subscriber.UnsubscribeAllAsync().WaitAsync(_timeout);
        foreach (var (channel, handler) in _subscriptions)
        {
            await subscriber.SubscribeAsync(RedisChannel.Literal(channel), (_, message) => Handle(handler, message)).WaitAsync(_timeout);
        }
    }

    /// <param name="before">The number of failures when the probe started: after another failure, it proves nothing.</param>
    private void Restore(int before)
    {
        bool wasLogged;
        lock (_gate)
        {
            if (_failures != before) return;
            (wasLogged, _isLoggedAsUp) = (_isLoggedAsUp == true, true);
            (_isUp, _restoredAfter) = (true, before);
        }
        if (!wasLogged) LogConnected();
        Restored?.Invoke();
    }

    /// <summary>
    /// A connection is lost and perhaps restored: the library reconnects by itself. Calls fail until <see cref="Restored"/>, because Redis
    /// may be empty and messages were missed.
    /// </summary>
    private void Lose(object? sender, ConnectionFailedEventArgs e)
    {
        lock (_gate)
        {
            _failures++;
            _isUp &= false;
        }
        _probeNow.Set();
    }

    /// <param name="before">The number of failures when the call started: a late failure is not about a recovered Redis.</param>
    private void Fail(Exception error, int before)
    {
        lock (_gate)
        {
            if (_failures != before) return;
            _failures++;
            _isUp = false;
            if (_isLoggedAsUp == false) return;
            _isLoggedAsUp = false;
        }
        LogUnavailable(error.Message.ReplaceLineEndings(" "));
        _probeNow.Set();
    }

    private void Handle(Action<byte[]> handler, RedisValue message)
    {
        try
        {
            handler((byte[])message!);
        }
        catch (Exception error)
        {
            // An invalid message must not end this process: others may publish here too.
            LogNotUnderstood(error);
        }
    }

    private async Task<RedisReply> Evaluate(RedisScript script, IReadOnlyList<string> keys, object[] arguments)
    {
        const string system = "redis";
        const string operation = "EVALSHA";
        var started = Stopwatch.GetTimestamp();
        try
        {
            var answer = _connection!.GetDatabase().ScriptEvaluateAsync(
                script.Text, [.. keys.Select(key => (RedisKey)$"{_prefix}{key}")], Array.ConvertAll(arguments, RedisValue.Unbox));
            var reply = new RedisReply(await answer.WaitAsync(_timeout));
            DatabaseMetrics.Ran(system, operation, started);
            return reply;
        }
        catch (Exception error)
        {
            DatabaseMetrics.Failed(system, operation, Stopwatch.GetElapsedTime(started), error);
            throw;
        }
    }

    private static AppError Unavailable(Exception? cause) =>
        AppError.Unavailable("shared_state_unavailable", "What the servers share cannot be reached now.", cause);

    private static ConfigurationOptions Parse(RedisOptions options)
    {
        try
        {
            var configuration = ConfigurationOptions.Parse(options.Configuration!);
            configuration.AbortOnConnectFail = false;
            configuration.BacklogPolicy = BacklogPolicy.FailFast;
            configuration.ReconnectRetryPolicy = new LinearRetry((int)RetryPause.TotalMilliseconds);
            configuration.ConnectRetry = 1;
            configuration.ConnectTimeout = options.TimeoutMilliseconds;
            configuration.AsyncTimeout = options.TimeoutMilliseconds;
            return configuration;
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidOperationException)
        {
            // Without the library's message, which may hold the password.
            throw new SettingException("Redis:Configuration cannot be read; its form is host:port,password=...,ssl=true.", error);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Redis connected")]
    private partial void LogConnected();

    [LoggerMessage(2, LogLevel.Error, "Redis unavailable: {Reason}")]
    private partial void LogUnavailable(string reason);

    [LoggerMessage(3, LogLevel.Debug, "Publishing a message to other replicas failed")]
    private partial void LogNotPublished(Exception error);

    [LoggerMessage(4, LogLevel.Error, "A message of another replica cannot be parsed")]
    private partial void LogNotUnderstood(Exception error);
}
