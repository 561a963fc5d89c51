using BigTech.Chat.Client;

namespace BigTech.Tests.EndToEnd.Client;

/// <summary>Signed-in clients of the SDK.</summary>
internal static class ChatClients
{
    public static async Task<ChatClient> SignIn(User user, HttpClient http, ChatClientOptions? options = null)
    {
        var client = new ChatClient(http, options);
        await client.Account.SignIn(user.Account.Email, user.Password, TestContext.Current.CancellationToken);
        return client;
    }

    public static HttpClient Http(Uri address, HttpMessageHandler? handler = null) =>
        new(handler ?? new SocketsHttpHandler()) { BaseAddress = new Uri(address, "/api/") };
}

/// <summary>Notes each request, and may change it.</summary>
internal sealed class RecordingHandler : DelegatingHandler
{
    private readonly List<(string Method, string Path)> _seen = [];

    public RecordingHandler() => InnerHandler = new SocketsHttpHandler();

    /// <summary>The requests, with paths below the API and without queries.</summary>
    public IReadOnlyList<(string Method, string Path)> Seen
    {
        get
        {
            lock (_seen) return [.. _seen];
        }
    }

    public Action<HttpRequestMessage> Prepare { get; set; } = _ => { };

    public int Count(string method, string path) => Seen.Count(request => request == (method, path));

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        lock (_seen) _seen.Add((request.Method.Method, request.RequestUri!.AbsolutePath["/api".Length..]));
        Prepare(request);
        return base.SendAsync(request, cancellationToken);
    }
}

/// <summary>What a stream has brought so far; it is read in the background.</summary>
internal sealed class StreamLog : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<StreamEvent> _events = [];
    private readonly Task _reading;

    public StreamLog(Func<CancellationToken, IAsyncEnumerable<StreamEvent>> open) => _reading = Read(open(_stop.Token));

    public IReadOnlyList<StreamEvent> Events
    {
        get
        {
            lock (_events) return [.. _events];
        }
    }

    /// <summary>Ends when the stream does, with its error.</summary>
    public Task Reading => _reading;

    public IReadOnlyList<T> All<T>()
        where T : StreamEvent => [.. Events.OfType<T>()];

    /// <summary>The contents of new messages, in their order.</summary>
    public IReadOnlyList<string> Contents => [.. All<MessageChanged>()
        .Where(change => change.Change == BigTech.Chat.Client.MessageChange.Created).Select(change => change.Message.Content)];

    public Task Has<T>(Func<T, bool> condition, string expectation)
        where T : StreamEvent => Eventually.Holds(() => All<T>().Any(condition), expectation, Patience.Long);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading.ContinueWith(_ => { }, TaskScheduler.Default);
        _stop.Dispose();
    }

    private async Task Read(IAsyncEnumerable<StreamEvent> stream)
    {
        await foreach (var change in stream)
        {
            lock (_events) _events.Add(change);
        }
    }
}
