using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace BigTech.BuildingBlocks.Streaming;

/// <summary>
/// All open streams of this process: limits them per user, sends their heartbeats with one timer, rotates them, and ends them with their
/// session or at shutdown.
/// </summary>
public sealed class StreamRegistry : IDisposable
{
    private static readonly TimeSpan ReplayPatience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<IOpenStream, long> _rotateAt = new();
    private readonly ConcurrentDictionary<long, int> _perUser = new();
    private readonly ConcurrentDictionary<string, int> _perKind = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly SessionRevocations _revocations;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly IStreamObserver[] _presence;
    private readonly ITimer _timer;
    private readonly CancellationTokenRegistration _stopping;
    private readonly UserTurns _replays;

    public StreamRegistry(
        IOptions<StreamOptions> options, SessionRevocations revocations, TimeProvider time, IHostApplicationLifetime lifetime,
        IMeterFactory meters,
        IEnumerable<IStreamObserver> presence)
    {
        Options = options.Value;
        _replays = new UserTurns(
            Options.MaxReplaysPerUser, Options.MaxPerUser, ReplayPatience, time, () => TooManyReplays(Options.MaxReplaysPerUser));
        _time = time;
        _revocations = revocations;
        _lifetime = lifetime;
        _presence = [.. presence];
        _timer = time.CreateTimer(_ => Tick(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        revocations.Revoked += CloseSession;
        _stopping = lifetime.ApplicationStopping.Register(CloseAll);
        meters.Create(Meters.Name).CreateObservableUpDownCounter("bigtech.streams.open", CountByKind, "{stream}", "Streams that are open.");
    }

    public StreamOptions Options { get; }

    /// <summary>Milliseconds on a monotonic clock.</summary>
    internal long Now => (long)_time.GetElapsedTime(0, _time.GetTimestamp()).TotalMilliseconds;

    public int Count => _rotateAt.Count;

    /// <summary>Counts a stream until the result is disposed.</summary>
    /// <exception cref="AppError">429: the user has too many open streams.</exception>
    public IDisposable Add(IOpenStream stream)
    {
        var user = stream.Caller.UserId;
        if (_perUser.AddOrUpdate(user, 1, (_, count) => count + 1) > Options.MaxPerUser)
        {
            Uncount(user);
            throw TooManyStreams(Options.MaxPerUser);
        }
        var life = TimeSpan.FromMinutes(Options.RotateMinutes).TotalMilliseconds * (0.8 + Random.Shared.NextDouble() * 0.4);
        _rotateAt[stream] = Now + (long)life;
        _perKind.AddOrUpdate(stream.Kind, 1, static (_, count) => count + 1);
        foreach (var presence in _presence) presence.StreamOpened(user);
        // The session may have ended, or shutdown may have begun, since the authentication.
        if (_revocations.IsRevoked(stream.Caller.SessionId) || _lifetime.ApplicationStopping.IsCancellationRequested) stream.Close();
        return new Registration(this, stream);
    }

    /// <summary>Waits until the user may have one more replay, which ends when the result is disposed.</summary>
    /// <exception cref="AppError">429: the user's other replays take too long.</exception>
    internal Task<IDisposable> BeginReplay(long userId, CancellationToken ct) => _replays.Begin(userId, ct);

    /// <summary>Ends every stream that was opened in a session.</summary>
    public void CloseSession(string sessionId)
    {
        foreach (var (stream, _) in _rotateAt)
        {
            if (stream.Caller.SessionId == sessionId) stream.Close();
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _stopping.Dispose();
        _replays.Dispose();
    }

    private void CloseAll()
    {
        foreach (var (stream, _) in _rotateAt) stream.Close();
    }

    private void Tick()
    {
        var now = Now;
        foreach (var (stream, rotateAt) in _rotateAt)
        {
            if (now >= rotateAt) stream.Close();
            else stream.Tick(now);
        }
    }

    private void Remove(IOpenStream stream)
    {
        if (!_rotateAt.TryRemove(stream, out _)) return;
        Uncount(stream.Caller.UserId);
        _perKind.AddOrUpdate(stream.Kind, 0, static (_, count) => count - 1);
        foreach (var presence in _presence) presence.StreamClosed(stream.Caller.UserId);
    }

    private void Uncount(long user)
    {
        while (_perUser.TryGetValue(user, out var count))
        {
            var done = count <= 1
                ? _perUser.TryRemove(KeyValuePair.Create(user, count))
                : _perUser.TryUpdate(user, count - 1, count);
            if (done) return;
        }
    }

    private IEnumerable<Measurement<int>> CountByKind() =>
        _perKind.Select(kind => new Measurement<int>(kind.Value, new KeyValuePair<string, object?>("kind", kind.Key)));

    internal static AppError TooManyStreams(int max) =>
        AppError.TooMany("too_many_streams", $"A user may have {max} streams open.", TimeSpan.FromSeconds(5));

    internal static AppError TooManyReplays(int max) => AppError.TooMany(
        "too_many_replays", $"A user may resume {max} streams at the same time.", TimeSpan.FromSeconds(5));

    private sealed class Registration(StreamRegistry registry, IOpenStream stream) : IDisposable
    {
        public void Dispose() => registry.Remove(stream);
    }
}
