namespace BigTech.Tests.EndToEnd.Gateway;

/// <summary>Request limits, and the web origins that may call.</summary>
public sealed class GatewayLimitScenarios(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    /// <summary>A web origin that gateways and services allow.</summary>
    public const string Origin = "https://chat.example.com";

    private const int Anonymous = 8, SignedIn = 20;

    [Fact]
    public async Task An_address_receives_how_many_requests_are_left_and_is_then_refused()
    {
        var gateway = await Limited();
        var one = gateway.From("127.0.6.1");
        for (var i = 1; i <= Anonymous; i++)
        {
            var answer = (await one.Get("/.well-known/jwks.json")).ShouldBe(200);
            Number(answer, "RateLimit-Limit").ShouldBe(Anonymous);
            Number(answer, "RateLimit-Remaining").ShouldBeLessThanOrEqualTo(Anonymous - i + 1);
            Number(answer, "RateLimit-Reset").ShouldBeInRange(1, 60);
        }

        var refused = await one.Get("/.well-known/jwks.json");

        refused.ShouldBeProblem(429, "rate_limited");
        refused.Headers.RetryAfter.ShouldNotBeNull().Delta.ShouldNotBeNull().TotalSeconds.ShouldBeInRange(1, 60);
        Number(refused, "RateLimit-Remaining").ShouldBe(0);
        (await gateway.From("127.0.6.2").Get("/.well-known/jwks.json")).ShouldBe(200);
        (await one.Get("/health")).ShouldBe(200);
    }

    [Fact]
    public async Task A_user_has_a_limit_of_their_own_at_any_address()
    {
        var gateway = await Limited();
        var user = await fixture.Services.NewUser();
        var other = await fixture.Services.NewUser();

        for (var i = 0; i < SignedIn; i++)
            (await gateway.From($"127.0.7.{i + 1}").With(user.Tokens.AccessToken).Get("/profile/me")).ShouldBe(200);

        (await gateway.From("127.0.7.100").With(user.Tokens.AccessToken).Get("/profile/me")).ShouldBeProblem(429, "rate_limited");
        (await gateway.From("127.0.7.1").With(other.Tokens.AccessToken).Get("/profile/me")).ShouldBe(200);
    }

    [Fact]
    public async Task Who_has_forgotten_the_password_is_not_kept_out_by_other_requests_of_the_address()
    {
        var client = (await Limited()).From("127.0.9.1");
        for (var i = 0; i < Anonymous; i++) await client.Get("/.well-known/jwks.json");
        (await client.Get("/.well-known/jwks.json")).ShouldBeProblem(429, "rate_limited");

        foreach (var path in new[] { "/auth/password/forgot", "/auth/password/reset", "/auth/email/verify", "/Auth/Email/Resend/" })
            (await client.Post(path, new { })).ShouldBe(422);
    }

    [Fact]
    public async Task A_token_that_is_not_genuine_counts_for_the_address()
    {
        var gateway = await Limited();
        var client = gateway.From("127.0.8.1");
        for (var i = 0; i < Anonymous; i++)
            (await client.With($"no.token.{i}").Get("/profile/me")).ShouldBe(401);

        (await client.With("no.token.last").Get("/profile/me")).ShouldBeProblem(429, "rate_limited");
    }

    [Fact]
    public async Task Pages_of_a_listed_origin_may_call_and_others_may_not()
    {
        var gateway = await fixture.Open(("Gateway__AllowedOrigins", $"{Origin}, http://localhost:3000"));

        var allowed = await Preflight(gateway, Origin);
        allowed.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([Origin]);
        allowed.Headers.GetValues("Access-Control-Allow-Headers").Single().ShouldContain("Authorization", Case.Insensitive);
        (await Preflight(gateway, "http://localhost:3000")).Headers.Contains("Access-Control-Allow-Origin").ShouldBeTrue();
        (await Preflight(gateway, "https://evil.example.com")).Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        (await Preflight(fixture.Gateway, Origin)).Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    [Fact]
    public async Task What_a_service_says_of_origins_does_not_count_at_the_gateway()
    {
        var gateway = await fixture.Open(("Gateway__AllowedOrigins", Origin));

        (await From(fixture.Services, GatewayFixture.InnerOrigin)).Headers.GetValues("Access-Control-Allow-Origin")
            .ShouldBe([GatewayFixture.InnerOrigin]);
        (await From(gateway, GatewayFixture.InnerOrigin)).Headers.ShouldNotContain(
            header => header.Key.StartsWith("Access-Control-", StringComparison.Ordinal));
        (await From(fixture.Gateway, GatewayFixture.InnerOrigin)).Headers.ShouldNotContain(
            header => header.Key.StartsWith("Access-Control-", StringComparison.Ordinal));
        var allowed = await From(gateway, Origin);
        allowed.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([Origin]);
        allowed.Headers.GetValues("Access-Control-Expose-Headers").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_network_of_IPv6_has_one_limit_and_an_address_of_IPv4_its_own()
    {
        var gateway = await Limited(("Gateway__TrustedProxies", "127.0.0.0/8"));
        for (var i = 0; i < Anonymous; i++)
            (await For(gateway, $"2001:db8:1:2:{i:x}::{i + 1:x}")).ShouldBe(200);

        (await For(gateway, "2001:db8:1:2:ffff::1")).ShouldBeProblem(429, "rate_limited");
        (await For(gateway, "2001:db8:1:3::1")).ShouldBe(200);

        (await For(gateway, "198.51.100.7")).ShouldBe(200);
        Number(await For(gateway, "::ffff:198.51.100.7"), "RateLimit-Remaining").ShouldBe(Anonymous - 2);
        Number(await For(gateway, "198.51.100.8"), "RateLimit-Remaining").ShouldBe(Anonymous - 1);
    }

    private Task<ServerProcess> Limited(params (string Name, string Value)[] settings) =>
        fixture.Open([("Gateway__AnonymousPerMinute", $"{Anonymous}"), ("Gateway__UserPerMinute", $"{SignedIn}"), .. settings]);

    private static Task<Answer> From(ServerProcess server, string origin) => GetKeys(server, "Origin", origin);

    private static Task<Answer> For(ServerProcess gateway, string address) => GetKeys(gateway, "X-Forwarded-For", address);

    private static async Task<Answer> GetKeys(ServerProcess server, string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Anonymous.Url("/.well-known/jwks.json"));
        request.Headers.Add(header, value);
        return await server.Anonymous.Send(request);
    }

    private static async Task<Answer> Preflight(ServerProcess gateway, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, gateway.Anonymous.Url("/api/messages/1"));
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");
        return await gateway.Anonymous.Send(request);
    }

    private static long Number(Answer answer, string header) => long.Parse(answer.Headers.GetValues(header).Single(), null);
}
