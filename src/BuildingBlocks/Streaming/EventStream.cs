using System.Buffers;
using System.Data.Common;
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

    // One look per minute of silence with the default settings: each costs a read.
    private const int HeartbeatsBetweenLooks = 4;

    private readonly HttpContext _http;
    private readonly StreamRegistry _registry;
    private readonly Lock _gate = new();
    private readonly Queue<T> _queue = new();
    private readonly int _capacity;
    private ManualResetValueTaskSourceCore<bool> _wake = new() { RunContinuationsAsynchronously = true };
    private bool _waiting;
    private bool _lagged;
    private bool _closed;
    private bool _ending;
    private bool _heartbeat;
    private bool _look;
    private volatile bool _owesLook;
    private int _heartbeats;
    private long _flushStarted;
    private long _lastWrite;
    private long _sentBytes;

    protected EventStream(HttpContext http, UserSession caller, StreamRegistry registry)
    {
        _http = http;
        Caller = caller;
        _registry = registry;
        _capacity = registry.Options.QueueLength;
    }

    public UserSession Caller { get; }

    /// <summary>Where the client wants to go on; null or empty for the present.</summary>
    protected string? LastEventId => _http.LastEventId();

    /// <summary>Whether what the stream has sent since it was opened is more than a replay may have.</summary>
    protected bool IsReplayTooLarge => _sentBytes + Output.UnflushedBytes > _registry.Options.MaxReplayBytes;

    protected PipeWriter Output => _http.Response.BodyWriter;

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
                _queue.Enqueue(item);
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
            _queue.Enqueue(item);
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
            _queue.Enqueue(last);
            _ending = true;
            Wake();
        }
    }

    /// <summary>Answers the request: headers, the opening, then live items until either side ends it.</summary>
    /// <exception cref="AppError">429: the user has too many open streams or replays. 401: the ticket has been spent meanwhile.</exception>
    public async Task Run()
    {
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
        }
    }

    private async Task Begin()
    {
        using var replay = LastEventId is { Length: > 0 } ? await _registry.BeginReplay(Caller.UserId, _http.RequestAborted) : null;
        if (_http.Features.Get<IPresentedTicket>() is { } ticket) await ticket.Spend();
        StartResponse();
        await Open(_http.RequestAborted);
        await Flush();
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

    /// <summary>Sends what has been written.</summary>
    protected async Task Flush()
    {
        Volatile.Write(ref _flushStarted, _registry.Now);
        _sentBytes += Output.UnflushedBytes;
        await Output.FlushAsync(_http.RequestAborted);
        Volatile.Write(ref _flushStarted, 0);
        Volatile.Write(ref _lastWrite, _registry.Now);
    }

    private void StartResponse()
    {
        var response = _http.Response;
        response.ContentType = StreamRequest.MediaType;
        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        // The stream has its own limit for a stalled reader; the server's minimum rate would cut it without an event.
        if (_http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
        _http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    private async Task WriteItems()
    {
        const int bytesPerFlush = 32 * 1024;
        if (Take(ref _look) && !await TryRead(CatchUp)) _owesLook = true;
        while (TryTake(out var item))
        {
            Write(item);
            if (Output.UnflushedBytes >= bytesPerFlush) await Flush();
        }
        var hasBeenSilent = Take(ref _heartbeat) && Output.UnflushedBytes == 0;
        if (hasBeenSilent) Output.Write(HeartbeatComment);
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
            _wake.Reset();
            _waiting = true;
            return new ValueTask<bool>(this, _wake.Version);
        }
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
