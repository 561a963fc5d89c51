using System.Net;
using System.Text;
using BigTech.Chat.Client;

namespace BigTech.Tests.Unit.Client;

/// <summary>A server that answers the requests of a client one after the other, as the test has written them.</summary>
internal sealed class StubServer : HttpMessageHandler
{
    private readonly Queue<Func<HttpResponseMessage>> _answers = [];

    /// <summary>Paths with queries, and the event after which a stream is to go on.</summary>
    public List<(string Path, string? LastEventId)> Requests { get; } = [];

    public StubServer Streams(string events) => Answers(() => new HttpResponseMessage
    {
        Content = new StringContent(events, Encoding.UTF8, "text/event-stream"),
    });

    public StubServer Json(string json) => Answers(() => new HttpResponseMessage
    {
        Content = new StringContent(json, Encoding.UTF8, "application/json"),
    });

    public StubServer Answers(HttpStatusCode status, TimeSpan? retryAfter = null) => Answers(() =>
    {
        var response = new HttpResponseMessage(status);
        if (retryAfter is { } pause) response.Headers.RetryAfter = new(pause);
        return response;
    });

    public StubServer Fails() => Answers(() => throw new HttpRequestException("Refused."));

    public ChatClient Client(TimeProvider time)
    {
        var client = new ChatClient(
            new HttpClient(this) { BaseAddress = new Uri("http://chat/api/") }, new ChatClientOptions { Time = time });
        client.Session.Restore(new SavedSession(7, "token", "refresh", DateTimeOffset.MaxValue));
        return client;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Add((
            request.RequestUri!.PathAndQuery,
            request.Headers.TryGetValues("Last-Event-ID", out var values) ? values.Single() : null));
        return _answers.TryDequeue(out var answer)
            ? Task.FromResult(answer())
            : Task.FromException<HttpResponseMessage>(new InvalidOperationException("The test has no more answers."));
    }

    private StubServer Answers(Func<HttpResponseMessage> answer)
    {
        _answers.Enqueue(answer);
        return this;
    }
}
