using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace BigTech.WebClient.Browser;

/// <summary>
/// One connection of each stream for all tabs of a browser, which has six connections to a server. The leading tab opens it, and passes the
/// events on as they come. In other tabs a request for a stream is answered from there: first with a <c>reset</c>, so that the client takes
/// a snapshot after it has begun to listen, and then with the events. When the leading tab ends, the requests of the others end as a broken
/// connection does; the next leader goes on after the last event that it has seen, and the others begin again.
/// </summary>
internal sealed class SharedStreams(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const string Ask = "ask", Open = "open", Events = "events", End = "end";
    private static readonly byte[] Reset = "event: reset\ndata: {\"reason\":\"shared\"}\n\n"u8.ToArray();

    private readonly Dictionary<string, ReceivedEvents> _received = [];
    private readonly HashSet<string> _open = [];
    private bool _leads;

    /// <summary>Begins to listen to other tabs, and to wait for the lead.</summary>
    public void Start()
    {
        TabsScript.Listen(Hear);
        TabsScript.Lead(() =>
        {
            _leads = true;
            foreach (var path in _received.Keys.ToList()) EndReceived(path);
        });
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Headers.Accept.Any(type => type.MediaType == "text/event-stream"))
        {
            return await base.SendAsync(request, cancellationToken);
        }
        var path = request.RequestUri!.AbsolutePath;
        return _leads ? await Lead(path, request, cancellationToken) : await Follow(path, request, cancellationToken);
    }

    private async Task<HttpResponseMessage> Lead(string path, HttpRequestMessage request, CancellationToken ct)
    {
        var response = await base.SendAsync(request, ct);
        if (response.StatusCode != HttpStatusCode.OK) return response;
        var body = await response.Content.ReadAsStreamAsync(ct);
        _open.Add(path);
        TabsScript.Tell(Open, path, "");
        response.Content = EventContent(new PassedOnStream(
            body, events => TabsScript.Tell(Events, path, events), () =>
            {
                _open.Remove(path);
                TabsScript.Tell(End, path, "");
            }));
        return response;
    }

    /// <summary>Waits until the leading tab has the stream, or until this tab leads.</summary>
    private async Task<HttpResponseMessage> Follow(string path, HttpRequestMessage request, CancellationToken ct)
    {
        EndReceived(path);
        var received = _received[path] = new ReceivedEvents();
        TabsScript.Tell(Ask, path, "");
        await received.Begun.WaitAsync(ct);
        if (_leads) return await Lead(path, request, ct);
        received.Write(Reset);
        return new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request, Content = EventContent(received.Stream) };
    }

    private void Hear(string kind, string path, string text)
    {
        switch (kind)
        {
            case Ask when _open.Contains(path):
                TabsScript.Tell(Open, path, "");
                break;
            case Open when _received.TryGetValue(path, out var waiting):
                waiting.Begin();
                break;
            case Events when _received.TryGetValue(path, out var open):
                open.Write(Encoding.UTF8.GetBytes(text));
                break;
            case End:
                EndReceived(path);
                break;
        }
    }

    private void EndReceived(string path)
    {
        if (_received.Remove(path, out var received)) received.End();
    }

    private static StreamContent EventContent(Stream body)
    {
        var content = new StreamContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
        return content;
    }
}
