using System.IO.Pipelines;
using System.Text.Json.Nodes;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Redis;

/// <summary>A stream with a reader, without a server.</summary>
internal sealed class InProcessStream : IDisposable
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
    /// <param name="maxReplayBytes">How large a replay may be.</param>
    public InProcessStream(
        Func<HttpContext, StreamRegistry, Task> open, int? queueLength = null, TimeProvider? time = null, string? lastEventId = null,
        long? maxReplayBytes = null)
    {
        _pipe = new Pipe(queueLength is null ? new PipeOptions(pauseWriterThreshold: 0) : new PipeOptions(pauseWriterThreshold: 1,
            resumeWriterThreshold: 1));
        var options = new StreamOptions();
        if (queueLength is { } length) options.QueueLength = length;
        if (maxReplayBytes is { } bytes) options.MaxReplayBytes = bytes;
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
