using System.Buffers;
using System.Data.Common;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace BigTech.BuildingBlocks.Streaming;

/// <summary>
/// One open Server-Sent Events response (WHATWG HTML, section 9.2). Producers push from any thread and never wait; one loop writes. The
/// queue is bounded: a reader that falls too far behind loses its queued items, gets <see cref="WriteLagged"/>, and the stream ends.
/// Streams are idle most of the time, so an idle one has no timer, no thread and no buffer of its own.
/// </summary>
public abstract class EventStream<T> : IOpenStream, IValueTaskSource<bool> where T : class
{
    private const int KeptCapacity = 16;
    private static ReadOnlySpan<byte> HeartbeatComment => ":\n\n"u8;
    private static readonly byte[] HeartbeatEvent = SseFrame.Create(ControlEvents.Heartbeat, "{}"u8);

    // One look per minute of silence with the default settings: each costs a read.
    private const int HeartbeatsBetweenLooks = 4;

    private readonly HttpContext _http;
    private readonly StreamRegistry _registry;
    private readonly Lock _gate = new();
    private readonly Queue<T> _queue = new();
    private readonly int _capacity;
    // When the changes that are written, and not flushed yet, were committed.
    private readonly List<long> _unsent = [];
    private ManualResetValueTaskSourceCore<bool> _wake = new() { RunContinuationsAsynchronously = true };
    private bool _waiting;
    private bool _showsHeartbeats;
    private bool _hasRetry;
    private bool _lagged;
    private bool _closed;
    private bool _ending;
    private bool _heartbeat;
    private bool _look;
    private long _signalledAt;
    private volatile bool _owesLook;
    private int _heartbeats;
    private long _flushStarted;
    private long _lastWrite;
    private long _sentBytes;
    private int _delivered;
    private long _events;

    protected EventStream(HttpContext http, UserSession caller, StreamRegistry registry)
    {
        _http = http;
        Caller = caller;
        _registry = registry;
        _capacity = registry.Options.QueueLength;
    }

    public UserSession Caller { get; }

    /// <inheritdoc/>
    public abstract string Kind { get; }

    /// <summary>Where the client wants to go on; null or empty for the present.</summary>
    protected string? LastEventId => _http.LastEventId();

    /// <summary>Whether what the stream has sent since it was opened is more than a replay may have.</summary>
    protected bool IsReplayTooLarge => _sentBytes + Output.UnflushedBytes > _registry.Options.MaxReplayBytes;

    protected PipeWriter Output => _http.Response.BodyWriter;

    /// <summary>When the change that <see cref="CatchUp"/> reads was signalled, by <see cref="Stopwatch"/>; 0 without a signal.</summary>
    protected long SignalledAt { get; private set; }

    /// <summary>Queues an item for the writing loop. Cheap, never blocks; a no-op once the stream has ended.</summary>
    public void Push(T item)
    {
        lock (_gate)
        {
            if (_closed || _lagged || _ending) return;
            if (_queue.Count >= _capacity)
            {
                _queue.Clear();
                _lagged = true;
            }
            else
            {
                Enqueue(item);
            }
            Wake();
        }
    }

    /// <summary>Queues an item that may get lost: a slow reader has more important ones to receive.</summary>
    public void Offer(T item)
    {
        lock (_gate)
        {
            if (_closed || _lagged || _ending || _queue.Count >= _capacity / 2) return;
            Enqueue(item);
            Wake();
        }
    }

    /// <summary>Makes the writing loop <see cref="CatchUp"/>. Calls while the loop is busy are merged into one.</summary>
    public void Look()
    {
        lock (_gate)
        {
            if (_closed || _lagged || _ending) return;
            _look = true;
            if (_signalledAt == 0) _signalledAt = Stopwatch.GetTimestamp();
            Wake();
        }
    }

    /// <summary>Ends the stream: queued items are dropped, and nothing more is written.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _queue.Clear();
            Wake();
        }
    }

    /// <summary>Ends the stream after all queued items have been written.</summary>
    public void CloseAfter(T last)
    {
        lock (_gate)
        {
            if (_closed || _lagged) return;
            Enqueue(last);
            _ending = true;
            Wake();
        }
    }

    /// <summary>Answers the request: headers, the opening, then live items until either side ends it.</summary>
    /// <exception cref="AppError">
    /// 429: the user has too many open streams or replays. 401: the ticket has been spent meanwhile. 422: a parameter is wrong.
    /// </exception>
    public async Task Run()
    {
        try
        {
            await Serve();
        }
        catch (AppError refusal) when (!_http.Response.HasStarted)
        {
            StreamMetrics.Rejected(Kind, refusal.Code);
            throw;
        }
    }

    private async Task Serve()
    {
        _showsHeartbeats = _http.WantsHeartbeatEvents();
        using var registration = _registry.Add(this);
        await using var aborted = _http.RequestAborted.UnsafeRegister(static stream => ((EventStream<T>)stream!).Close(), this);
        try
        {
            await Begin();
            while (await NextItems()) await WriteItems();
        }
        catch (Exception error) when (
            error is OperationCanceledException or ConnectionAbortedException || _http.RequestAborted.IsCancellationRequested)
        {
            // The reader has disconnected.
        }
        finally
        {
            Close();
            Leave();
            _http.Features.Set(new StreamEnd(Kind, _events));
        }
    }

    private async Task Begin()
    {
        using var replay = LastEventId is { Length: > 0 } ? await _registry.BeginReplay(Caller.UserId, _http.RequestAborted) : null;
        if (_http.Features.Get<IPresentedTicket>() is { } ticket) await ticket.Spend();
        StartResponse();
        await Open(_http.RequestAborted);
        await Flush();
        // It lasts for as long as its client likes: no latency of the server.
        if (_http.Features.Get<IHttpMetricsTagsFeature>() is { } metrics) metrics.MetricsDisabled = true;
    }

    /// <summary>Writes the first event (<c>ready</c> or <c>reset</c>) and the missed events; joins the source of live items.</summary>
    protected abstract Task Open(CancellationToken ct);

    /// <summary>Writes one live item, unless the client has it already.</summary>
    protected abstract void Write(T item);

    /// <summary>
    /// Reads new data from the store and writes it, where items are not pushed. When the store cannot be read it is called again later, so
    /// it must not change its state before it has read.
    /// </summary>
    protected virtual Task CatchUp(CancellationToken ct) => Task.CompletedTask;

    /// <summary>
    /// The same after a long silence without a signal. The writer of a change may have crashed before the signal, or may not know that its
    /// commit succeeded.
    /// </summary>
    protected virtual Task LookAgain(CancellationToken ct) => CatchUp(ct);

    /// <summary>Notifies the client that it fell behind and where to start over.</summary>
    protected abstract Task WriteLagged();

    /// <summary>Leaves the source of live items.</summary>
    protected abstract void Leave();

    /// <summary>Writes a live item, and counts it when the client did not have it.</summary>
    protected void Deliver(T item)
    {
        var before = Output.UnflushedBytes;
        Write(item);
        if (Output.UnflushedBytes == before) return;
        _delivered++;
        if (item is ITimedChange { CommittedAt: > 0 and var committedAt }) _unsent.Add(committedAt);
    }

    /// <summary>Counts a client that goes on where it stopped.</summary>
    protected void CountResume() => StreamMetrics.Resumed(Kind);

    /// <summary>Counts an event that makes the client start over.</summary>
    protected void CountReset(string reason) => StreamMetrics.Reset(Kind, reason);

    /// <summary>Sends what has been written.</summary>
    protected async Task Flush()
    {
        if (!_hasRetry) SseFrame.WriteRetry(Output, StreamRequest.NewRetry());
        _hasRetry = true;
        Volatile.Write(ref _flushStarted, _registry.Now);
        _sentBytes += Output.UnflushedBytes;
        await Output.FlushAsync(_http.RequestAborted);
        Volatile.Write(ref _flushStarted, 0);
        Volatile.Write(ref _lastWrite, _registry.Now);
        if (_delivered > 0) Measure();
    }

    private void Measure()
    {
        StreamMetrics.Delivered(Kind, _delivered);
        _events += _delivered;
        _delivered = 0;
        var now = Stopwatch.GetTimestamp();
        foreach (var committedAt in _unsent) StreamMetrics.Took(Kind, committedAt, now);
        _unsent.Clear();
    }

    private void StartResponse()
    {
        StreamRequest.SetHeaders(_http.Response);
        // The stream has its own limit for a stalled reader; the server's minimum rate would cut it without an event.
        if (_http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
        _http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    private async Task WriteItems()
    {
        const int bytesPerFlush = 32 * 1024;
        if (Take(ref _look)) await ReadSignalled();
        while (TryTake(out var item))
        {
            Deliver(item);
            if (Output.UnflushedBytes >= bytesPerFlush) await Flush();
        }
        var hasBeenSilent = Take(ref _heartbeat) && Output.UnflushedBytes == 0;
        if (hasBeenSilent) Output.Write(_showsHeartbeats ? HeartbeatEvent : HeartbeatComment);
        if (Output.UnflushedBytes > 0) await Flush();
        if (hasBeenSilent && ++_heartbeats % HeartbeatsBetweenLooks == 0 && await TryRead(LookAgain) && Output.UnflushedBytes > 0)
        {
            await Flush();
        }
        if (_ending && _queue.Count == 0) Close();
        if (!_lagged || _closed) return;
        await WriteLagged();
        await Flush();
        Close();
    }

    private async Task ReadSignalled()
    {
        lock (_gate) (SignalledAt, _signalledAt) = (_signalledAt, 0);
        if (!await TryRead(CatchUp))
        {
            lock (_gate) _signalledAt = SignalledAt;
            _owesLook = true;
        }
        SignalledAt = 0;
    }

    /// <summary>False when the store cannot be read now: the stream stays open and retries later.</summary>
    private async Task<bool> TryRead(Func<CancellationToken, Task> read)
    {
        try
        {
            await read(_http.RequestAborted);
            return true;
        }
        catch (Exception error) when (error is AppError or DbException)
        {
            return false;
        }
    }

    private bool TryTake([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T item)
    {
        lock (_gate) return _queue.TryDequeue(out item);
    }

    private bool Take(ref bool flag)
    {
        lock (_gate)
        {
            var was = flag;
            flag = false;
            return was;
        }
    }

    private ValueTask<bool> NextItems()
    {
        lock (_gate)
        {
            if (_closed) return ValueTask.FromResult(false);
            if (_queue.Count > 0 || _lagged || _heartbeat || _look) return ValueTask.FromResult(true);
            if (_queue.Capacity > KeptCapacity) _queue.TrimExcess(KeptCapacity);
            if (_unsent.Capacity > KeptCapacity) _unsent.Capacity = 0;
            _wake.Reset();
            _waiting = true;
            return new ValueTask<bool>(this, _wake.Version);
        }
    }

    private void Enqueue(T item)
    {
        if (item is ITimedChange { CommittedAt: 0 } change) change.CommittedAt = Stopwatch.GetTimestamp();
        _queue.Enqueue(item);
    }

    private void Wake()
    {
        if (!_waiting) return;
        _waiting = false;
        _wake.SetResult(!_closed);
    }

    void IOpenStream.Tick(long now)
    {
        if (_owesLook)
        {
            _owesLook = false;
            Look();
        }
        var options = _registry.Options;
        var flushStarted = Volatile.Read(ref _flushStarted);
        if (flushStarted != 0)
        {
            if (now - flushStarted > options.StalledSeconds * 1000L) _http.Abort();
            return;
        }
        if (now - Volatile.Read(ref _lastWrite) < options.HeartbeatSeconds * 1000L) return;
        lock (_gate)
        {
            _heartbeat = true;
            Wake();
        }
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _wake.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _wake.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wake.OnCompleted(continuation, state, token, flags);
}
