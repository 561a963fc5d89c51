using System.Net;
using System.Net.ServerSentEvents;

namespace BigTech.Chat.Client;

/// <summary>One connection of a stream, until it ends.</summary>
internal sealed class StreamConnection : IAsyncDisposable
{
    private readonly ApiConnection _api;
    private readonly ChatClientOptions _options;
    private readonly CancellationTokenSource _silence;
    private readonly CancellationTokenSource _stop;
    private HttpResponseMessage? _response;
    private SseParser<StreamEvent>? _parser;
    private IAsyncEnumerator<SseItem<StreamEvent>>? _events;

    public StreamConnection(ApiConnection api, ChatClientOptions options, CancellationToken ct)
    {
        _api = api;
        _options = options;
        _silence = new CancellationTokenSource(options.StreamOpenTimeout, options.Time);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(_silence.Token, ct);
    }

    /// <summary>The server has said that coming back is pointless.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Why the connection has ended; null if the server ended it in good order.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>The pause that the server wants before the next connection.</summary>
    public TimeSpan? Pause => Retrying.WantedBy(Failure) ?? _parser?.ReconnectionInterval switch
    {
        { Ticks: > 0 } interval => interval,
        _ => null,
    };

    /// <summary>Opens the stream. That it could not be opened now is a <see cref="Failure"/>.</summary>
    /// <exception cref="ChatApiException">The stream is refused, and will be.</exception>
    public async Task Open(string path, string? lastEventId, CancellationToken ct)
    {
        try
        {
            _response = await _api.Exchange(() => Request(path, lastEventId), HttpCompletionOption.ResponseHeadersRead, _stop.Token);
            await ApiConnection.ThrowIfRefused(_response, _stop.Token);
            if (_response.StatusCode == HttpStatusCode.NoContent)
            {
                IsOver = true;
                return;
            }
            var bytes = new WatchedStream(await _response.Content.ReadAsStreamAsync(_stop.Token), _silence, _options.StreamSilence);
            _parser = SseParser.Create(bytes, StreamEvents.Parse);
            _events = _parser.EnumerateAsync(_stop.Token).GetAsyncEnumerator(_stop.Token);
        }
        catch (Exception error) when (IsTemporary(error, ct))
        {
            Failure = Named(error);
        }
    }

    /// <summary>The next event; null at the end of the connection.</summary>
    public async Task<StreamEvent?> Next(CancellationToken ct)
    {
        if (_events is null) return null;
        try
        {
            if (!await _events.MoveNextAsync()) return null;
        }
        catch (Exception error) when (IsTemporary(error, ct))
        {
            Failure = Named(error);
            return null;
        }
        var item = _events.Current;
        return item.Data with { EventId = item.EventId };
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_events is not null) await _events.DisposeAsync();
        _response?.Dispose();
        _stop.Dispose();
        _silence.Dispose();
    }

    private static bool IsTemporary(Exception error, CancellationToken ct) => !ct.IsCancellationRequested && Retrying.IsTemporary(error);

    private Exception Named(Exception error) => error is OperationCanceledException && _silence.IsCancellationRequested
        ? new TimeoutException("The server was silent for too long.", error)
        : error;

    private static HttpRequestMessage Request(string path, string? lastEventId)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (!string.IsNullOrEmpty(lastEventId)) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        return request;
    }
}
