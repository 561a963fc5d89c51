using System.Net.Http.Json;
using System.Text.Json;
using BigTech.Server;
using BigTech.Tests.EndToEnd;
using Microsoft.AspNetCore.Builder;

namespace BigTech.Tests.Browser;

/// <summary>The server within the process of the tests, on a clock that they set forward.</summary>
internal sealed class InProcessServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new();
    private DataDirectory? _data;
    private WebApplication? _app;

    public ShiftedTime Time { get; } = new();

    public Uri Url { get; private set; } = null!;

    public static async Task<InProcessServer> Start()
    {
        var server = new InProcessServer();
        var options = ServerOptions.Parse(
            ["--data-dir", server._folder.Path, "--urls", ServerProcess.FreePorts(), "--log-level", "critical"]).Options!;
        server._data = DataDirectory.Take(server._folder.Path);
        server._app = Composition.Build(options, server._data.Path, server.Time);
        await server._app.StartAsync();
        var door = options.Listen.Zip(server._app.Urls).Single(pair => pair.First.Role == Roles.Gateway).Second;
        server.Url = new Uri(door);
        return server;
    }

    /// <summary>Calls the API; the answer must be a success.</summary>
    public async Task<JsonElement> Send(HttpMethod method, string path, object body, string? token = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Url, path)) { Content = JsonContent.Create(body) };
        if (token is not null)
            request.Headers.Authorization = new("Bearer", token);
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.IsSuccessStatusCode.ShouldBeTrue($"{method} {path}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        _data?.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }
}
