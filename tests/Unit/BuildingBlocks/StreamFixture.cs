using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.RegularExpressions;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Streaming;
using BigTech.BuildingBlocks.Web.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;

namespace BigTech.Tests.Unit.BuildingBlocks;

/// <summary>A registry on a manual clock, and streams whose readers read or stall.</summary>
internal sealed class StreamFixture : IDisposable
{
    private readonly OwnMeters _meters = new();
    private readonly List<OpenedStream> _opened = [];

    public StreamFixture(StreamOptions? options = null)
    {
        Revocations = new SessionRevocations(Time);
        Registry = new StreamRegistry(
            Microsoft.Extensions.Options.Options.Create(options ?? new StreamOptions()), Revocations, Time, Lifetime, _meters, [Presence]);
    }

    public ManualTime Time { get; } = new();

    public Lifetime Lifetime { get; } = new();

    public SessionRevocations Revocations { get; }

    public RecordedPresence Presence { get; } = new();

    public StreamRegistry Registry { get; }

    public OpenedStream Open(
        long userId = 1, string session = "s1", bool reading = true, Func<Task>? opening = null, string? lastEventId = null)
    {
        var opened = new OpenedStream(new Caller(userId, session, $"user{userId}"), Registry, reading, opening, lastEventId);
        _opened.Add(opened);
        return opened;
    }

    public void Dispose()
    {
        Registry.Dispose();
        _opened.ForEach(opened => opened.Dispose());
        _meters.Dispose();
        Lifetime.Dispose();
    }
}

/// <summary>The number of open streams of each user, as the registry reports it.</summary>
internal sealed class RecordedPresence : IStreamObserver
{
    private readonly Dictionary<long, int> _open = [];

    public int OpenOf(long userId)
    {
        lock (_open) return _open.GetValueOrDefault(userId);
    }

    public void StreamOpened(long userId)
    {
        lock (_open) _open[userId] = _open.GetValueOrDefault(userId) + 1;
    }

    public void StreamClosed(long userId)
    {
        lock (_open) _open[userId]--;
    }
}

internal sealed class Lifetime : IHostApplicationLifetime, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public CancellationToken ApplicationStarted => CancellationToken.None;

    public CancellationToken ApplicationStopping => _stopping.Token;

    public CancellationToken ApplicationStopped => CancellationToken.None;

    public void StopApplication() => _stopping.Cancel();

    public void Dispose() => _stopping.Dispose();
}

/// <summary>A running stream and the client's end of its connection.</summary>
internal sealed partial class OpenedStream : IDisposable
{
    private readonly Connection _connection = new();
    private readonly StringBuilder _received = new();

    public OpenedStream(Caller caller, StreamRegistry registry, bool reading, Func<Task>? opening, string? lastEventId)
    {
        Http = new DefaultHttpContext();
        if (lastEventId is not null) Http.Request.Headers["Last-Event-ID"] = lastEventId;
        Http.Features.Set<IHttpResponseBodyFeature>(_connection);
        Http.Features.Set<IHttpRequestLifetimeFeature>(_connection);
        Stream = new TextStream(Http, caller, registry, opening);
        Running = Stream.Run();
        if (reading) StartReading();
    }

    public DefaultHttpContext Http { get; }

    public TextStream Stream { get; }

    /// <summary>Completes when the request has been answered.</summary>
    public Task Running { get; }

    public bool IsAborted => _connection.RequestAborted.IsCancellationRequested;

    /// <summary>What the client has received, without the random wait that every stream says once.</summary>
    public string Received => Retry().Replace(All, "", count: 1);

    /// <summary>Everything that the client has received.</summary>
    public string All
    {
        get
        {
            lock (_received) return _received.ToString();
        }
    }

    public void StartReading() => _ = Read();

    public void HangUp() => _connection.Abort();

    public void Dispose() => _connection.Dispose();

    [GeneratedRegex(@"retry: \d+\n\n")]
    private static partial Regex Retry();

    private async Task Read()
    {
        while (true)
        {
            var result = await _connection.FarEnd.ReadAsync();
            lock (_received) _received.Append(Encoding.UTF8.GetString(result.Buffer));
            _connection.FarEnd.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return;
        }
    }

    /// <summary>A connection with small buffers, like that of a reader who does not read.</summary>
    private sealed class Connection : IHttpResponseBodyFeature, IHttpRequestLifetimeFeature, IDisposable
    {
        private readonly Pipe _pipe = new(
            new PipeOptions(pauseWriterThreshold: 64, resumeWriterThreshold: 32, useSynchronizationContext: false));
        private readonly CancellationTokenSource _aborted = new();

        public PipeReader FarEnd => _pipe.Reader;

        public PipeWriter Writer => _pipe.Writer;

        public Stream Stream => Writer.AsStream();

        public CancellationToken RequestAborted
        {
            get => _aborted.Token;
            set => throw new NotSupportedException();
        }

        public void Abort() => _aborted.Cancel();

        public void Dispose() => _aborted.Dispose();

        public void DisableBuffering()
        {
        }

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public Task CompleteAsync() => Task.CompletedTask;
    }
}

/// <summary>The simplest stream: items are written unchanged.</summary>
internal sealed class TextStream(HttpContext http, Caller caller, StreamRegistry registry, Func<Task>? opening)
    : EventStream<string>(http, caller, registry)
{
    public int Leaves { get; private set; }

    public override string Kind => "text";

    protected override async Task Open(CancellationToken ct)
    {
        if (opening is not null) await opening();
        WriteText("ready\n");
    }

    protected override void Write(string item) => WriteText(item + "\n");

    protected override Task WriteLagged()
    {
        WriteText("lagged\n");
        return Task.CompletedTask;
    }

    protected override void Leave() => Leaves++;

    private void WriteText(string text) => Output.Write(Encoding.UTF8.GetBytes(text));
}
