namespace BigTech.Tests.EndToEnd.Gateway;

/// <summary>The services, and the settings of a gateway in front of them.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    public const string Secret = "a-secret-of-the-tests-that-is-long-enough";

    /// <summary>A web origin that the services allow and the gateways do not.</summary>
    public const string InnerOrigin = "https://inner.example.com";

    private readonly List<ServerProcess> _gateways = [];

    /// <summary>One process with all four services; its own gateway port is not used.</summary>
    public ServerProcess Services { get; private set; } = null!;

    /// <summary>A gateway with high request limits.</summary>
    public ServerProcess Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Services = await ServerProcess.Start(
            ("Services__Secret", Secret), ("Users__FreeLoginFailures", "3"), ("Users__LockAfterFailures", "100"),
            ("Users__AddressFailures", "6"),
            ("Streams__HeartbeatSeconds", "1"), ("Gateway__AllowedOrigins", $"{InnerOrigin},{GatewayLimitScenarios.Origin}"));
        Gateway = await Open(("Gateway__AnonymousPerMinute", "0"), ("Gateway__UserPerMinute", "0"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _gateways)
            await gateway.DisposeAsync();
        await Services.DisposeAsync();
    }

    /// <summary>Starts another gateway in front of the same services, unless a setting overrides that.</summary>
    public async Task<ServerProcess> Open(params (string Name, string Value)[] settings)
    {
        (string Name, string Value)[] usual =
        [
            ("Services__Users", Services.Url("user").ToString()), ("Services__Friends", Services.Url("friend").ToString()),
            ("Services__Chat", Services.Url("chat").ToString()), ("Services__Notifications", Services.Url("notification").ToString()),
            ("Services__Secret", Secret),
        ];
        var gateway = Keep(await ServerProcess.Start(["gateway"], [.. usual, .. settings]));
        await Eventually.Holds(
            async () => (await gateway.Anonymous.With("a.b.c").Get("/health")).Json.GetProperty("status").GetString() is not null,
            "an answer");
        return gateway;
    }

    /// <summary>Starts one process with all roles, and no other services.</summary>
    public async Task<ServerProcess> OpenWhole() => Keep(await ServerProcess.Start());

    private ServerProcess Keep(ServerProcess server)
    {
        lock (_gateways)
            _gateways.Add(server);
        return server;
    }
}
