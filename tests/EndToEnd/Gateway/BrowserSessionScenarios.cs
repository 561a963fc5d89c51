namespace BigTech.Tests.EndToEnd.Gateway;

/// <summary>The cookie of a browser session at a gateway and at one process: pages of other origins, and with whom it counts.</summary>
public sealed class BrowserSessionScenarios(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string Allowed = GatewayLimitScenarios.Origin;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_page_of_a_listed_origin_opens_streams_by_cookie_and_a_page_of_another_does_not(bool atTheGateway)
    {
        var server = atTheGateway ? await fixture.Open(("Gateway__AllowedOrigins", Allowed)) : fixture.Services;
        var cookie = await BrowserSession.Of(await server.NewUser());
        var own = server.Url().GetLeftPart(UriPartial.Authority);

        using var answer = await Open(server, cookie, Allowed);
        ((int)answer.StatusCode).ShouldBe(200);
        answer.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([Allowed]);
        answer.Headers.GetValues("Access-Control-Allow-Credentials").ShouldBe(["true"]);
        using var sameOrigin = await Open(server, cookie, own);
        ((int)sameOrigin.StatusCode).ShouldBe(200);
        foreach (var origin in new[] { "https://evil.example.com", "null", $"{Allowed}.evil.example.com", "http://127.0.0.1:1" })
        {
            (await BrowserSession.Get(server.Anonymous, "/friends/stream", cookie, ("Origin", origin)))
                .ShouldBeProblem(401, "not_signed_in");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_page_of_a_listed_origin_may_ask_for_the_cookie_and_get_rid_of_it(bool atTheGateway)
    {
        var server = atTheGateway ? await fixture.Open(("Gateway__AllowedOrigins", Allowed)) : fixture.Services;
        var user = await server.NewUser();
        foreach (var method in new[] { HttpMethod.Post, HttpMethod.Delete })
        {
            using var request = new HttpRequestMessage(method, server.Anonymous.Url("/api/auth/browser-session"));
            request.Headers.Add("Origin", Allowed);
            request.Headers.Authorization = new("Bearer", user.Tokens.AccessToken);

            var answer = (await server.Anonymous.Send(request)).ShouldBe(204);

            BrowserSession.HeaderOf(answer).ShouldNotBeEmpty();
            answer.Headers.GetValues("Access-Control-Allow-Credentials").ShouldBe(["true"]);
        }
    }

    [Fact]
    public async Task What_a_gateway_does_not_allow_the_settings_of_a_service_do_not()
    {
        var cookie = await BrowserSession.Of(await fixture.Gateway.NewUser());

        (await BrowserSession.Get(fixture.Gateway.Anonymous, "/friends/stream", cookie, ("Origin", GatewayFixture.InnerOrigin)))
            .ShouldBeProblem(401, "not_signed_in");
    }

    [Fact]
    public async Task A_stream_by_cookie_counts_for_its_user_also_at_a_gateway_with_a_secret_of_its_own()
    {
        const string secret = "a-secret-of-gateways-that-is-long-enough";
        const int anonymous = 4;
        await using var services = await ServerProcess.Start(
            ("Services__Secret", GatewayFixture.Secret), ("Services__GatewaySecret", secret));
        await using var gateway = await ServerProcess.Start(
            ["gateway"], ("Services__GatewaySecret", secret), ("Services__Users", $"{services.Url("user")}"),
            ("Services__Friends", $"{services.Url("friend")}"), ("Services__Chat", $"{services.Url("chat")}"),
            ("Services__Notifications", $"{services.Url("notification")}"), ("Gateway__AnonymousPerMinute", $"{anonymous}"),
            ("Gateway__UserPerMinute", $"{anonymous + 2}"));
        var cookie = await BrowserSession.Of(await gateway.NewUser());
        var client = gateway.From("127.0.11.1");
        for (var i = 0; i < anonymous; i++) (await client.Get("/.well-known/jwks.json")).ShouldBe(200);
        (await client.Get("/.well-known/jwks.json")).ShouldBeProblem(429, "rate_limited");

        // One of them was for the cookie itself.
        for (var i = 0; i < anonymous + 1; i++)
        {
            using var answer = await Open(gateway, cookie, origin: null);
            ((int)answer.StatusCode).ShouldBe(200);
        }
        (await BrowserSession.Get(gateway.Anonymous, "/friends/stream", cookie)).ShouldBeProblem(429, "rate_limited");
        await ShouldBeToldToComeBack(gateway, "/friends/stream", cookie, "rate_limited");
        (await BrowserSession.Get(client, "/friends/stream", $"{cookie}x")).ShouldBeProblem(429, "rate_limited");
    }

    [Fact]
    public async Task A_flood_of_invented_cookies_does_not_reach_the_User_context()
    {
        const int limit = 4;
        await using var services = await ServerProcess.Start(("Services__Secret", GatewayFixture.Secret));
        await using var gateway = await ServerProcess.Start(
            ["gateway"], ("Services__Secret", GatewayFixture.Secret), ("Services__Users", $"{services.Url("user")}"),
            ("Services__Friends", $"{services.Url("friend")}"), ("Services__Chat", $"{services.Url("chat")}"),
            ("Services__Notifications", $"{services.Url("notification")}"), ("Gateway__AnonymousPerMinute", $"{limit}"));
        var cookie = await BrowserSession.Of(await services.NewUser());
        var before = await Questions(services);

        for (var i = 0; i < 5 * limit; i++)
        {
            (await BrowserSession.Get(gateway.Anonymous, "/friends/stream", $"{cookie}{i}"))
                .ShouldBeProblem(i < limit ? 401 : 429, i < limit ? "browser_session_ended" : "rate_limited");
        }

        (await Questions(services) - before).ShouldBe(limit);
    }

    [Fact]
    public async Task An_EventSource_waits_for_a_service_that_is_away_and_others_are_told_so()
    {
        var gateway = await fixture.Open(("Services__Chat", "http://127.0.0.1:1"));
        var user = await gateway.NewUser();
        var cookie = await BrowserSession.Of(user);

        foreach (var path in new[] { "/messages/stream", "/api/messages/stream/5" })
            await ShouldBeToldToComeBack(gateway, path, cookie, "service_unavailable");
        (await user.Api.Get("/messages/stream")).ShouldBeProblem(503, "service_unavailable");
    }

    /// <summary>How often the gateway has asked for a cookie.</summary>
    private static async Task<double> Questions(ServerProcess services) => (await services.Metrics())
        .Sum("http_server_request_duration_seconds_count", ("http_route", "/internal/browser-sessions/find"));

    private static async Task ShouldBeToldToComeBack(ServerProcess server, string path, string cookie, string code)
    {
        await using var stream = await SseClient.Open(server.Anonymous.Url(path), bearer: null, cookie: cookie);
        await stream.WaitForEnd();
        var said = stream.Events.ShouldHaveSingleItem();
        (said.Type, said.Json.GetProperty("code").GetString()).ShouldBe(("unavailable", code));
        stream.Retries.ShouldHaveSingleItem().ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
        stream.ContentType!.MediaType.ShouldBe("text/event-stream");
        stream.EndedProperly.ShouldBe(true);
    }

    private static async Task<HttpResponseMessage> Open(ServerProcess server, string cookie, string? origin)
    {
        using var http = new HttpClient(LoopbackConnections.Handler(null));
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Anonymous.Url("/friends/stream"));
        request.Headers.Add("Cookie", cookie);
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }
}
