namespace BigTech.Tests.EndToEnd.Operations;

/// <summary>The headers that tell browsers and caches what they may do with an answer.</summary>
[Scenarios]
public sealed class SecurityHeaderScenarios(SharedServer server)
{
    [Theory]
    [InlineData("/profile/me", 200)]
    [InlineData("/chat-rooms", 200)]
    [InlineData("/notifications", 200)]
    [InlineData("/messages/999999999", 404)]
    [InlineData("/there/is/nothing", 404)]
    public async Task An_answer_is_no_page_of_any_site_and_is_kept_by_no_cache(string path, int status)
    {
        var user = await server.NewUser();

        var answer = (await user.Api.Get(path)).ShouldBe(status);

        Header(answer, "Content-Security-Policy").ShouldBe("default-src 'none'; frame-ancestors 'none'");
        Header(answer, "Cross-Origin-Resource-Policy").ShouldBe("same-site");
        Header(answer, "X-Frame-Options").ShouldBe("DENY");
        Header(answer, "Cache-Control").ShouldBe("no-store");
        answer.Headers.Contains("Strict-Transport-Security").ShouldBeFalse("it came by http");
    }

    [Theory]
    [InlineData("/.well-known/jwks.json")]
    [InlineData("/openapi.json")]
    public async Task What_is_public_may_be_kept(string path)
    {
        var answer = (await server.Anonymous.Get(path)).ShouldBe(200);

        answer.Headers.CacheControl.ShouldNotBeNull().Public.ShouldBeTrue();
        answer.Headers.CacheControl.NoStore.ShouldBeFalse();
    }

    [Fact]
    public async Task The_documentation_may_load_its_own_scripts_and_keeps_no_token()
    {
        var page = (await server.Anonymous.Get("/docs/index.html")).ShouldBe(200);
        var script = (await server.Anonymous.Get("/docs/index.js")).ShouldBe(200);

        Header(page, "Content-Security-Policy").ShouldContain("script-src 'self';");
        page.Text.ShouldNotContain("<script>");
        script.Text.ShouldNotContain("\"persistAuthorization\":true");
    }

    [Fact]
    [OneProcess("It starts a server of its own.")]
    public async Task What_comes_by_https_asks_for_https_from_then_on_if_the_proxy_is_trusted()
    {
        await using var trusting = await ServerProcess.Start(("Gateway__TrustedProxies", "127.0.0.1"), ("Gateway__DocsKeepToken", "true"));

        Header(await OverHttps(trusting), "Strict-Transport-Security").ShouldBe("max-age=31536000");
        (await OverHttps(server.Process)).Headers.Contains("Strict-Transport-Security").ShouldBeFalse();
        (await trusting.Anonymous.Get("/docs/index.js")).Text.ShouldContain("\"persistAuthorization\":true");
    }

    private static async Task<Answer> OverHttps(ServerProcess server)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Anonymous.Url("/.well-known/jwks.json"));
        request.Headers.Add("X-Forwarded-For", "198.51.100.1");
        request.Headers.Add("X-Forwarded-Proto", "https");
        return (await server.Anonymous.Send(request)).ShouldBe(200);
    }

    private static string Header(Answer answer, string name) => answer.Headers.GetValues(name).ShouldHaveSingleItem();
}
