using System.Text.Json;
using Microsoft.Playwright;

namespace BigTech.Tests.Browser;

/// <summary>A user in front of a page: what the page's scripts do, and what they have seen.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    // Nothing but an address: whatever comes back, comes back by itself.
    private const string Listen = """
        path => {
          window.seen = [];
          window.opened = window.errors = 0;
          window.source = new EventSource(path, { withCredentials: true });
          source.onopen = () => opened++;
          source.onerror = () => errors++;
          for (const name of ["ready", "reset", "message.created", "member", "heartbeat", "unavailable"]) {
            source.addEventListener(name, event => seen.push({ name, id: event.lastEventId, data: JSON.parse(event.data) }));
          }
        }
        """;

    private const string AskForCookie = """
        ([api, token]) => fetch(`${api}/auth/browser-session`,
          { method: "POST", credentials: "include", headers: { Authorization: `Bearer ${token}` } }).then(answer => answer.status)
        """;

    private Visitor(IPage page, string api) => (Page, Api) = (page, api);

    public IPage Page { get; }

    /// <summary>The address of the API, as the page calls it.</summary>
    public string Api { get; }

    /// <summary>Opens a page; on a page of the server's own origin all addresses are relative.</summary>
    /// <param name="address">Another origin's page; null for one of the server itself.</param>
    public static async Task<Visitor> Open(Chromium chromium, Uri server, string? address = null)
    {
        var own = server.GetLeftPart(UriPartial.Authority);
        return new Visitor(await chromium.Open(address ?? $"{own}/docs/index.html"), address is null ? "/api" : $"{own}/api");
    }

    /// <summary>Signs this browser in.</summary>
    /// <returns>The status of the answer.</returns>
    public Task<int> SignIn(string token) => Page.EvaluateAsync<int>(AskForCookie, new[] { Api, token });

    /// <summary>Opens an EventSource.</summary>
    public Task Follow(string path) => Page.EvaluateAsync(Listen, $"{Api}{path}");

    /// <summary>Waits until a condition over <c>seen</c>, <c>opened</c>, <c>errors</c> and <c>source</c> is true.</summary>
    public Task Until(string condition) => Page.WaitForFunctionAsync(condition);

    /// <summary>Waits for this many messages.</summary>
    /// <returns>Their numbers in the room, in the order of their arrival.</returns>
    public async Task<long[]> Messages(int count)
    {
        await Until($"seen.filter(event => event.name === 'message.created').length >= {count}");
        return await Page.EvaluateAsync<long[]>(
            "seen.filter(event => event.name === 'message.created').map(event => event.data.message.seq)");
    }

    /// <summary>Waits until the browser has given up.</summary>
    public Task Ended() => Until("source.readyState === EventSource.CLOSED");

    public Task<JsonElement> Evaluate(string expression) => Page.EvaluateAsync<JsonElement>(expression);

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}
