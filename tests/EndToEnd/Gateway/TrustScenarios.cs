namespace BigTech.Tests.EndToEnd.Gateway;

/// <summary>A service trusts only other services that send the secret.</summary>
public sealed class TrustScenarios(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private static readonly (string Path, string Role, object Question)[] Internal =
    [
        ("/internal/users/find", "user", new { ids = new[] { 1 } }),
        ("/internal/users/find-among", "user", new { ids = new[] { 1 }, text = "a" }),
        ("/internal/presence/find", "user", new { viewer_id = 1, ids = new[] { 1 } }),
        ("/internal/room-viewers", "chat", new { room_ids = new[] { 1 } }),
    ];

    [Fact]
    public async Task Internal_paths_answer_a_service_and_do_not_exist_for_others()
    {
        var user = await fixture.Services.NewUser();
        foreach (var (path, role, question) in Internal)
        {
            (await Ask(path, role, question, GatewayFixture.Secret)).ShouldBe(200);
            (await Ask(path, role, question, GatewayFixture.Secret + "x")).ShouldBeProblem(404, "not_found");
            (await Ask(path, role, question, null)).ShouldBeProblem(404, "not_found");
            (await user.Api.On(role).Post(path, question)).ShouldBeProblem(404, "not_found");
        }
    }

    [Fact]
    public async Task The_gateway_does_not_lead_to_internal_paths_even_with_the_secret()
    {
        foreach (var (path, _, question) in Internal)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, fixture.Gateway.Anonymous.Url(path));
            request.Content = new StringContent(Wire.Write(question), null, "application/json");
            request.Headers.Add("X-Service-Key", GatewayFixture.Secret);
            (await fixture.Gateway.Anonymous.Send(request)).ShouldBeProblem(404, "not_found");
        }
    }

    [Fact]
    public async Task Without_a_secret_there_are_no_internal_paths_at_all()
    {
        await using var alone = await ServerProcess.Start();
        using var request = new HttpRequestMessage(HttpMethod.Post, alone.Anonymous.On("user").Url("/internal/users/find"));
        request.Content = new StringContent("""{"ids":[1]}""", null, "application/json");
        request.Headers.Add("X-Service-Key", "");
        (await alone.Anonymous.Send(request)).ShouldBeProblem(404, "not_found");
    }

    [Fact]
    public async Task Sign_in_failures_count_for_the_address_behind_the_gateway()
    {
        var innocent = await fixture.Gateway.NewUser();
        var attacker = fixture.Gateway.From("127.0.4.1");

        await Eventually.Holds(async () => (await Guess(attacker)).Status == 429, "a lock of the address");

        (await Guess(attacker, innocent)).ShouldBeProblem(429);
        (await Guess(fixture.Gateway.From("127.0.4.2"), innocent)).ShouldBe(200);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_address_that_the_client_claims_is_not_believed(bool atTheGateway)
    {
        var server = atTheGateway ? fixture.Gateway : fixture.Services;
        var attacker = server.From(atTheGateway ? "127.0.5.1" : "127.0.5.2");
        var claims = 0;

        await Eventually.Holds(async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, attacker.Url("/auth/login"));
            request.Content = new StringContent(
                Wire.Write(new { email = $"{User.NewName()}@example.org", password = "wrong-horse-1" }), null, "application/json");
            request.Headers.Add("X-Forwarded-For", $"10.0.0.{++claims % 250}");
            return (await attacker.Send(request)).ShouldBe(401, 429).Status == 429;
        }, "a lock of the real address");
    }

    [Fact]
    public async Task A_gateway_with_a_secret_of_its_own_is_believed_and_shown_no_internal_path()
    {
        const string secret = "a-secret-of-gateways-that-is-long-enough";
        await using var services = await ServerProcess.Start(
            ("Services__Secret", GatewayFixture.Secret), ("Services__GatewaySecret", secret),
            ("Users__FreeLoginFailures", "3"), ("Users__LockAfterFailures", "100"), ("Users__AddressFailures", "6"));
        await using var gateway = await ServerProcess.Start(
            ["gateway"], ("Services__GatewaySecret", secret), ("Services__Users", $"{services.Url("user")}"),
            ("Services__Friends", $"{services.Url("friend")}"), ("Services__Chat", $"{services.Url("chat")}"),
            ("Services__Notifications", $"{services.Url("notification")}"), ("Gateway__AnonymousPerMinute", "0"));
        var innocent = await gateway.NewUser();
        var attacker = gateway.From("127.0.4.3");

        await Eventually.Holds(async () => (await Guess(attacker)).Status == 429, "a lock of the address");

        (await Guess(gateway.From("127.0.4.4"), innocent)).ShouldBe(200);
        foreach (var (path, role, question) in Internal)
        {
            (await Ask(services, path, role, question, secret)).ShouldBeProblem(404, "not_found");
            (await Ask(services, path, role, question, GatewayFixture.Secret)).ShouldBe(200);
        }
        gateway.Output.ShouldNotContain("unknown service key");
        services.Output.ShouldNotContain("unknown service key");
    }

    [Fact]
    public async Task An_unknown_key_is_reported_once()
    {
        await using var services = await ServerProcess.Start(("Services__Secret", GatewayFixture.Secret));

        for (var i = 0; i < 3; i++)
        {
            foreach (var (path, role, question) in Internal)
                (await Ask(services, path, role, question, $"wrong-{i}")).ShouldBe(404);
        }

        await services.LogsOnce("unknown service key");
    }

    [Theory]
    [InlineData("X-Forwarded-For", "198.51.100.1")]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("X-Forwarded-Host", "chat.example.com")]
    [InlineData("X-Real-IP", "198.51.100.1")]
    [InlineData("Forwarded", "for=198.51.100.1")]
    public async Task A_proxy_that_is_not_trusted_is_reported_once_and_one_that_is_not_at_all(string header, string value)
    {
        await using var alone = await ServerProcess.Start();
        await using var trusting = await ServerProcess.Start(("Gateway__TrustedProxies", "127.0.0.0/8"));

        for (var i = 0; i < 3; i++)
        {
            foreach (var server in new[] { alone, trusting })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, server.Anonymous.Url("/.well-known/jwks.json"));
                request.Headers.Add(header, value);
                (await server.Anonymous.Send(request)).ShouldBe(200);
            }
        }

        await alone.LogsOnce("Gateway__TrustedProxies");
        trusting.Terminate();
        await trusting.Ended();
        trusting.Output.ShouldNotContain("Gateway__TrustedProxies");
    }

    private static Task<Answer> Guess(ApiClient client, User? user = null) => client.Post(
        "/auth/login",
        new { email = user?.Account.Email ?? $"{User.NewName()}@example.org", password = user?.Password ?? "wrong-horse-1" });

    private Task<Answer> Ask(string path, string role, object question, string? secret) =>
        Ask(fixture.Services, path, role, question, secret);

    private static async Task<Answer> Ask(ServerProcess services, string path, string role, object question, string? secret)
    {
        var service = services.Anonymous.On(role);
        using var request = new HttpRequestMessage(HttpMethod.Post, service.Url(path));
        request.Content = new StringContent(Wire.Write(question), null, "application/json");
        if (secret is not null)
            request.Headers.Add("X-Service-Key", secret);
        return await service.Send(request);
    }
}
