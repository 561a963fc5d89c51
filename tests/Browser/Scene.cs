using BigTech.Tests.EndToEnd;

namespace BigTech.Tests.Browser;

/// <summary>A server, a room of Ann and Bob in a group, and Bob's browser, which follows the room.</summary>
internal sealed class Scene : IAsyncDisposable
{
    private User _bob = null!;

    private Scene()
    {
    }

    public required ServerProcess Server { get; init; }

    public required OtherOrigin Other { get; init; }

    public User Ann { get; private set; } = null!;

    public Visitor Bob { get; private set; } = null!;

    public long BobId => _bob.Id;

    public ApiClient BobApi => _bob.Api;

    public string BobToken => _bob.Tokens.AccessToken;

    public long Room { get; private set; }

    /// <param name="sameOrigin">Whether Bob's page is one of the server, or one of another origin that the server allows.</param>
    public static async Task<Scene> Start(Chromium chromium, bool sameOrigin, params (string Name, string Value)[] settings)
    {
        var other = await OtherOrigin.Start();
        (string, string) origins = ("Gateway__AllowedOrigins", $"{other.SameSite},{other.OtherSite}");
        var scene = new Scene { Other = other, Server = await ServerProcess.StartOnKeptPorts([origins, .. settings]) };
        // A browser comes back to the address that it knows.
        try
        {
            await scene.Begin(chromium, sameOrigin);
            return scene;
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    private async Task Begin(Chromium chromium, bool sameOrigin)
    {
        Ann = await Server.NewUser();
        _bob = await Server.NewUser();
        Room = (await Ann.CreateGroup("group", _bob)).Id;
        Bob = await Visitor.Open(chromium, Server.Url(), sameOrigin ? null : Other.SameSite);
        (await Bob.SignIn(BobToken)).ShouldBe(204);
        await Bob.Follow($"/messages/stream/{Room}");
        await Bob.Until("seen.length > 0");
    }

    /// <summary>Fails if the browser has started over, or was given an error.</summary>
    public async Task ShouldBeSteady() =>
        (await Bob.Evaluate("seen.filter(event => event.name === 'reset').length")).GetInt32().ShouldBe(0);

    /// <summary>The server has told the browser to stop, once: it does not knock again and again.</summary>
    public async Task ShouldHaveKnockedOnce()
    {
        (await Bob.Evaluate("source.readyState")).GetInt32().ShouldBe(2);
        (await Server.Metrics()).Sum(
            "http_server_request_duration_seconds_count", ("http_response_status_code", "204"),
            ("http_route", "/messages/stream/{room_id:long}")).ShouldBe(1);
    }

    public async ValueTask DisposeAsync()
    {
        if (Bob is not null) await Bob.DisposeAsync();
        await Server.DisposeAsync();
        await Other.DisposeAsync();
    }
}
