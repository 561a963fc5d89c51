using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using BigTech.Platform.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace BigTech.Platform.Redis;

/// <summary>
/// The one connection of this process to Redis. The library connects again by itself, and refuses at once while it is not connected. What it
/// does not tell is found out by a probe, once a second and whenever a call has failed: a Redis that is frozen, full or read-only, and
/// whether the channels are heard again. Until a probe succeeds all calls are refused.
/// </summary>
public sealed partial class RedisConnection : BackgroundService
{
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);

    // So many probes fail on an open connection before it is replaced: by then the address may lead to another server.
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

    /// <exception cref="SettingException">The configuration cannot be read.</exception>
    public RedisConnection(RedisOptions options, IMeterFactory meters, ILogger<RedisConnection> logger)
    {
        _configuration = Parse(options);
        _prefix = options.KeyPrefix;
        _timeout = TimeSpan.FromMilliseconds(options.TimeoutMilliseconds);
        _logger = logger;
        meters.Create(Meters.Name).CreateObservableGauge("bigtech.redis.up", () => IsUp ? 1 : 0, "{connection}", "1 while Redis answers.");
    }

    /// <summary>Whether the last that was heard of Redis was good.</summary>
    public bool IsUp
    {
        get
        {
            lock (_gate) return _isUp == true;
        }
    }

    /// <summary>
    /// Raised when Redis is available for the first time, or again: keys may be gone, and messages may have been missed. Handlers must not
    /// wait.
    /// </summary>
    public event Action? Restored;

    /// <summary>Runs a script. It may have run even when this refuses: an answer can get lost.</summary>
    /// <exception cref="AppError">503 <c>shared_state_unavailable</c>: Redis is unavailable, or did not answer in time.</exception>
    public async Task<RedisReply> Run(RedisScript script, IReadOnlyList<string> keys, params object[] arguments)
    {
        ThrowIfAway();
        var before = Volatile.Read(ref _failures);
        try
        {
            return await Evaluate(script, keys, arguments);
        }
        catch (Exception error)
        {
            // Whatever it was: the next probe decides.
            Fail(error, before);
            throw Refused(error);
        }
    }

    /// <exception cref="AppError">503 <c>shared_state_unavailable</c>, at once, when Redis is known to be unavailable.</exception>
    public void ThrowIfAway()
    {
        if (!IsUp) throw Refused(null);
    }

    /// <summary>The full name of a channel, for scripts that publish.</summary>
    public string Channel(string name) => $"{_prefix}{name}";

    /// <summary>
    /// Hears a channel, over all failures. Asked for before the connection is started, so that <see cref="Restored"/> means that it is heard;
    /// what is published while Redis is unavailable, or just before, is not.
    /// </summary>
    /// <param name="handler">Must not wait; may be called on several threads at once.</param>
    public void Subscribe(string channel, Action<byte[]> handler)
    {
        if (_isUp is not null || !_subscriptions.TryAdd(Channel(channel), handler)) throw new InvalidOperationException($"{channel} has a handler, or it is too late for one.");
    }

    /// <summary>Tells all subscribers, if Redis is available. Never waits, never throws; what must not be missed is looked up when it is <see cref="Restored"/>.</summary>
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

    /// <summary>Gives Redis the time of one call to be available before what loads from it; the program starts without it as well.</summary>
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

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await _probeNow.Wait(IsUp ? ProbeInterval : RetryPause, stoppingToken);
                await Probe();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The program stops.
        }
    }

    /// <summary>A write on the connection of calls, and a PING on that of subscriptions.</summary>
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
    /// Connects, in place of the connection that there is. The library replaces connections that break, but keeps one to a server that has become a replica.
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

    /// <summary>All channels, each confirmed by Redis: what the library believes to be subscribed may be from before the failure.</summary>
    private async Task SubscribeAgain()
    {
        var subscriber = _connection!.GetSubscriber();
        await subscriber.UnsubscribeAllAsync().WaitAsync(_timeout);
        foreach (var (channel, handler) in _subscriptions)
        {
            await subscriber.SubscribeAsync(RedisChannel.Literal(channel), (_, message) => Hear(handler, message)).WaitAsync(_timeout);
        }
    }

    /// <param name="before">How many failures there had been when the probe began: with one since, it proves nothing.</param>
    private void Restore(int before)
    {
        bool wasLogged;
        lock (_gate)
        {
            if (_failures != before) return;
            (wasLogged, _isLoggedAsUp) = (_isLoggedAsUp == true, true);
            (_isUp, _restoredAfter) = (true, before);
        }
        if (!wasLogged) LogUp();
        Restored?.Invoke();
    }

    /// <summary>
    /// A connection is lost, and perhaps there again: the library connects by itself. No call gets through before <see cref="Restored"/>, because Redis
    /// may be empty, and what was published meanwhile is missed.
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

    /// <param name="before">How many failures there had been when the call began: what fails late says nothing about a Redis that is back.</param>
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
        LogAway(error.Message.ReplaceLineEndings(" "));
        _probeNow.Set();
    }

    private void Hear(Action<byte[]> handler, RedisValue message)
    {
        try
        {
            handler((byte[])message!);
        }
        catch (Exception error)
        {
            // A message that cannot be read must not end this process: others may publish here too.
            LogNotUnderstood(error);
        }
    }

    private async Task<RedisReply> Evaluate(RedisScript script, IReadOnlyList<string> keys, object[] arguments)
    {
        var answer = _connection!.GetDatabase().ScriptEvaluateAsync(
            script.Text, [.. keys.Select(key => (RedisKey)$"{_prefix}{key}")], Array.ConvertAll(arguments, RedisValue.Unbox));
        return new RedisReply(await answer.WaitAsync(_timeout));
    }

    private static AppError Refused(Exception? cause) =>
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
            // Without its text, which may hold the password.
            throw new SettingException("Redis:Configuration cannot be read; its form is host:port,password=...,ssl=true.", error);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Redis connected")]
    private partial void LogUp();

    [LoggerMessage(2, LogLevel.Error, "Redis unavailable: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(3, LogLevel.Debug, "Publishing a message to other replicas failed")]
    private partial void LogNotPublished(Exception error);

    [LoggerMessage(4, LogLevel.Error, "A message of another replica cannot be parsed")]
    private partial void LogNotUnderstood(Exception error);
}
