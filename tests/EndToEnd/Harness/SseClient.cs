using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace BigTech.Tests.EndToEnd;

/// <summary>One event of a stream.</summary>
public sealed record SseEvent(string Type, string? Id, string Data)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Data);

    public T As<T>() => Wire.Read<T>(Data);

    /// <summary>The message of a <c>message.*</c> event.</summary>
    public Message Message => As<MessageChange>().Message;

    public bool IsMessage => Type.StartsWith("message.", StringComparison.Ordinal);
}

/// <summary>
/// Reads one event stream over a connection of its own, as EventSource does, and keeps all events. It can stop reading, so that the
/// server's writes fill the socket buffers, and it can reset the connection.
/// </summary>
public sealed class SseClient : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly Uri _url;
    private readonly HttpResponseMessage _response;
    private readonly Socket _socket;
    private readonly Lock _gate = new();
    private readonly List<SseEvent> _events = [];
    private readonly List<string> _comments = [];
    private readonly List<TimeSpan> _retries = [];
    private readonly Task _reading;
    private TaskCompletionSource _changed = NewSignal();
    private TaskCompletionSource _mayRead = NewSignal();
    private readonly int _pauseAfter;
    private bool _isCut;
    private string? _lastEventId;

    private SseClient(HttpClient http, Uri url, HttpResponseMessage response, Socket socket, int pauseAfter)
    {
        _url = url;
        _pauseAfter = pauseAfter;
        _http = http;
        _response = response;
        _socket = socket;
        _mayRead.SetResult();
        _reading = Task.Run(ReadToTheEnd);
    }

    public HttpResponseHeaders Headers => _response.Headers;

    public MediaTypeHeaderValue? ContentType => _response.Content.Headers.ContentType;

    /// <summary>Everything received so far.</summary>
    public IReadOnlyList<SseEvent> Events => Now.Events;

    public IReadOnlyList<string> Comments
    {
        get
        {
            lock (_gate)
                return [.. _comments];
        }
    }

    /// <summary>How long the server has asked to wait until a client comes back, each time.</summary>
    public IReadOnlyList<TimeSpan> Retries
    {
        get
        {
            lock (_gate)
                return [.. _retries];
        }
    }

    /// <summary>The id to resume with: the last received one, with or without an event.</summary>
    public string? LastEventId => Now.LastEventId;

    /// <summary>The events and the id to resume with, at one moment.</summary>
    public (IReadOnlyList<SseEvent> Events, string? LastEventId) Now
    {
        get
        {
            lock (_gate)
                return ([.. _events], _lastEventId);
        }
    }

    /// <summary>Whether the server ended the stream cleanly; null while it is open.</summary>
    public bool? EndedProperly { get; private set; }

    /// <summary>Opens a stream, which the server must accept.</summary>
    /// <param name="smallWindow">Limit the socket's receive buffer, so that a pause soon affects the server.</param>
    /// <param name="pauseAfter">Stop reading after this many events.</param>
    /// <param name="version">HTTP/1.1, as the server speaks, or what a proxy speaks.</param>
    /// <param name="cookie">The cookie of a browser session.</param>
    public static async Task<SseClient> Open(
        Uri url, string? bearer, string? lastEventId = null, bool smallWindow = false, int pauseAfter = int.MaxValue,
        Version? version = null, string? cookie = null)
    {
        Socket? socket = null;
        var http = new HttpClient(LoopbackConnections.Handler(opened =>
        {
            socket = opened;
            if (smallWindow)
                opened.ReceiveBufferSize = 8 * 1024;
        }));
        using var request = new HttpRequestMessage(HttpMethod.Get, url)
        {
            Version = version ?? HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (bearer is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        if (lastEventId is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience.Limit);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        if (!response.IsSuccessStatusCode)
            (await Answer.Read(response)).ShouldBe(200);
        return new SseClient(http, url, response, socket.ShouldNotBeNull(), pauseAfter);
    }

    /// <summary>Waits for an event, which may have arrived already.</summary>
    public async Task<SseEvent> WaitFor(Func<SseEvent, bool> isExpected, string expectation, TimeSpan? limit = null)
    {
        var events = await WaitUntil(all => all.Any(isExpected), expectation, limit);
        return events.First(isExpected);
    }

    /// <summary>Whether an event arrives within a second: for events that may get lost and are then requested again.</summary>
    public async Task<bool> Shows(Func<SseEvent, bool> isExpected)
    {
        try
        {
            await WaitFor(isExpected, "an event that may get lost", TimeSpan.FromSeconds(1));
            return true;
        }
        catch (ShouldAssertException)
        {
            return false;
        }
    }

    /// <summary>Waits until this many messages were created on the stream.</summary>
    /// <returns>The messages, in the order of their arrival.</returns>
    public async Task<Message[]> WaitForCreated(int count, TimeSpan? limit = null)
    {
        var events = await WaitUntil(all => all.Count(e => e.Type == "message.created") >= count, $"{count} messages", limit);
        return [.. events.Where(e => e.Type == "message.created").Select(e => e.Message)];
    }

    /// <summary>The first event of every stream.</summary>
    public async Task<SseEvent> First() => (await WaitUntil(all => all.Count > 0, "a first event"))[0];

    /// <summary>Waits until the received events meet a condition.</summary>
    public async Task<IReadOnlyList<SseEvent>> WaitUntil(
        Func<IReadOnlyList<SseEvent>, bool> condition, string expectation, TimeSpan? limit = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(limit ?? Patience.Limit);
        while (true)
        {
            Task changed;
            var ended = _reading.IsCompleted;
            lock (_gate)
            {
                changed = _changed.Task;
                if (condition(_events))
                    return [.. _events];
            }
            if (ended)
                throw new ShouldAssertException($"The stream ended before {expectation}. {Describe()}");
            try
            {
                await Task.WhenAny(changed, _reading).WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new ShouldAssertException($"Not on the stream in time: {expectation}. {Describe()}");
            }
        }
    }

    /// <summary>Waits for a comment line.</summary>
    public Task WaitForComment() => WaitUntil(_ => Comments.Count > 0, "a comment");

    /// <summary>Waits until the server has ended the stream.</summary>
    public async Task WaitForEnd(TimeSpan? limit = null)
    {
        try
        {
            await _reading.WaitAsync(limit ?? Patience.Limit, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new ShouldAssertException($"The stream is still open. {Describe()}");
        }
    }

    /// <summary>Leaves all further data in the socket.</summary>
    public void StopReading()
    {
        lock (_gate)
        {
            // A reader that is cut at this moment would wait forever.
            if (!_isCut)
                _mayRead = NewSignal();
        }
    }

    public void ReadOn()
    {
        lock (_gate)
            _mayRead.TrySetResult();
    }

    /// <summary>Breaks the connection with a reset at any point of the server's writing; earlier events stay readable.</summary>
    public async Task Cut()
    {
        lock (_gate)
        {
            if (_isCut)
                return;
            _isCut = true;
            _mayRead.TrySetResult();
        }
        if (!_reading.IsCompleted)
        {
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
            _socket.Close();
        }
        _http.CancelPendingRequests();
        _response.Dispose();
        await _reading;
    }

    public async ValueTask DisposeAsync()
    {
        await Cut();
        _http.Dispose();
        await DescribedApi.Check(_url, Events.Select(e => e.Type).Distinct());
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task ReadToTheEnd()
    {
        try
        {
            await using var body = await _response.Content.ReadAsStreamAsync(CancellationToken.None);
            using var lines = new StreamReader(body, new UTF8Encoding(false, throwOnInvalidBytes: true));
            await ReadEvents(lines);
            EndedProperly = true;
        }
        catch (Exception) when (_isCut)
        {
            EndedProperly = null;
        }
        catch (Exception failure) when (failure is IOException or SocketException or HttpRequestException)
        {
            EndedProperly = false;
        }
    }

    private async Task ReadEvents(StreamReader lines)
    {
        string type = "message", data = "";
        string? id = null;
        var received = 0;
        while (await NextLine(lines) is { } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon == 0)
            {
                Keep(() => _comments.Add(line));
                continue;
            }
            if (line.Length == 0)
            {
                var complete = data.Length > 0 ? new SseEvent(type, id, data[..^1]) : null;
                Keep(() =>
                {
                    // An id without an event counts too.
                    _lastEventId = id ?? _lastEventId;
                    if (complete is not null)
                        _events.Add(complete);
                });
                if (complete is not null && ++received == _pauseAfter)
                    StopReading();
                (type, id, data) = ("message", null, "");
                continue;
            }
            var value = colon < 0 ? "" : line[(colon + 1)..];
            value = value.StartsWith(' ') ? value[1..] : value;
            switch (colon < 0 ? line : line[..colon])
            {
                case "event": type = value; break;
                case "id": id = value; break;
                case "data": data += value + "\n"; break;
                case "retry": Keep(() => _retries.Add(TimeSpan.FromMilliseconds(int.Parse(value, CultureInfo.InvariantCulture)))); break;
                default: break;
            }
        }
    }

    private async Task<string?> NextLine(StreamReader lines)
    {
        Task mayRead;
        lock (_gate)
            mayRead = _mayRead.Task;
        await mayRead;
        return _isCut ? null : await lines.ReadLineAsync(CancellationToken.None);
    }

    private void Keep(Action add)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            add();
            changed = _changed;
            _changed = NewSignal();
        }
        changed.SetResult();
    }

    private string Describe()
    {
        var events = Events;
        var tail = events.TakeLast(5).Select(e => $"{e.Id} {e.Type} {(e.Data.Length > 200 ? e.Data[..200] : e.Data)}");
        return $"{events.Count} events came, the last:\n{string.Join('\n', tail)}";
    }
}
