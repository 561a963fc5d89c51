using System.IO.Pipelines;
using System.Text.Json.Nodes;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Redis;

/// <summary>Signals between two parts of a test, which can be lost, or delayed and reordered.</summary>
internal sealed class TestSignals : IBackplane
{
    private readonly Dictionary<string, Action<string>> _handlers = [];
    private readonly List<(string Channel, string Text)> _held = [];
    private Action? _missed;
    private TestSignals _other = null!;

    public bool IsClustered => true;

    public bool AreLost { get; set; }

    /// <summary>Whether signals wait for <see cref="DeliverSome"/>.</summary>
    public bool AreHeld { get; set; }

    public static (TestSignals Here, TestSignals There) Pair()
    {
        var (here, there) = (new TestSignals(), new TestSignals());
        (here._other, there._other) = (there, here);
        return (here, there);
    }

    public void Publish(string channel, string text)
    {
        if (AreLost) return;
        if (AreHeld) _held.Add((channel, text));
        else _other._handlers[channel](text);
    }

    /// <summary>Delivers some of the held signals, in any order.</summary>
    public void DeliverSome(Random random)
    {
        for (var left = random.Next(_held.Count + 1); left > 0; left--)
        {
            var place = random.Next(_held.Count);
            var (channel, text) = _held[place];
            _held.RemoveAt(place);
            _other._handlers[channel](text);
        }
    }

    public void Subscribe(string channel, Action<string> handle, Action missed)
    {
        _handlers.Add(channel, handle);
        _missed += missed;
    }

    /// <summary>Reports missed signals, as after a failure.</summary>
    public void LookEverywhere() => _missed!();
}

/// <summary>A stream with a reader, without a server.</summary>
internal sealed class OpenedStream : IDisposable
{
    private readonly Pipe _pipe;
    private readonly CancellationTokenSource _gone = new();
    private readonly OwnMeters _meters = new();
    private readonly StreamReader _reader;
    private readonly Task _run;

    /// <param name="open">Returns the stream for a request and the registry of its process.</param>
    /// <param name="queueLength">How much may wait for the reader. If it is given, the connection buffers nothing that is unread.</param>
    /// <param name="time">The clock of its heartbeats.</param>
    /// <param name="lastEventId">The header of a client that resumes.</param>
    public OpenedStream(
        Func<HttpContext, StreamRegistry, Task> open, int? queueLength = null, TimeProvider? time = null, string? lastEventId = null)
    {
        _pipe = new Pipe(queueLength is null ? new PipeOptions(pauseWriterThreshold: 0) : new PipeOptions(pauseWriterThreshold: 1,
            resumeWriterThreshold: 1));
        var options = queueLength is { } length ? new StreamOptions { QueueLength = length } : new StreamOptions();
        var http = new DefaultHttpContext { RequestAborted = _gone.Token };
        if (lastEventId is not null) http.Request.Headers["Last-Event-ID"] = lastEventId;
        http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(_pipe.Writer.AsStream()));
        Registry = new StreamRegistry(
            Microsoft.Extensions.Options.Options.Create(options), new SessionRevocations(TimeProvider.System), time ?? TimeProvider.System,
            new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance), _meters, []);
        _reader = new StreamReader(_pipe.Reader.AsStream());
        _run = Task.Run(() => open(http, Registry));
    }

    private StreamRegistry Registry { get; }

    /// <summary>The name and the data of the next event.</summary>
    public async Task<(string Name, string Data)> Next()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(RedisSpace.Ct);
        patience.CancelAfter(Patience.Limit);
        var (name, data) = ("", "");
        while (await _reader.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) data = line[6..];
            else if (line.Length == 0 && name.Length > 0) break;
        }
        return (name, data);
    }

    /// <summary>The next id, with or without an event.</summary>
    public async Task<string?> NextId()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(RedisSpace.Ct);
        patience.CancelAfter(Patience.Limit);
        while (await _reader.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal)) return line[4..];
        }
        return null;
    }

    /// <summary>The events before the stream sent its reader a reset, and the reset, which must be the last event.</summary>
    public async Task<(List<JsonNode> Before, JsonNode Reset)> ReadToReset()
    {
        var before = new List<JsonNode>();
        while (true)
        {
            var (name, data) = await Next();
            if (name != "reset")
            {
                before.Add(JsonNode.Parse(data)!);
                continue;
            }
            await Ended();
            return (before, JsonNode.Parse(data)!);
        }
    }

    /// <summary>Waits until the server has ended the stream.</summary>
    public Task Ended() => Eventually.Ends(_run, "the stream");

    public void Dispose()
    {
        _gone.Cancel();
        _run.Wait(Patience.Limit);
        Registry.Dispose();
        _meters.Dispose();
        _reader.Dispose();
        _gone.Dispose();
    }
}
