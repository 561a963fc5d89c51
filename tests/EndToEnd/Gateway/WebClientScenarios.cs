using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace BigTech.Tests.EndToEnd.Gateway;

/// <summary>The files of the web client, at the gateway's own port.</summary>
[Scenarios]
public sealed partial class WebClientScenarios(SharedServer server)
{
    [Theory]
    [InlineData("/")]
    [InlineData("/app/rooms/7")]
    [InlineData("/join/some-code")]
    [InlineData("/reset-password")]
    [InlineData("/verify-email")]
    public async Task The_page_is_at_each_address_of_the_client(string path)
    {
        var page = (await server.Anonymous.Get(path)).ShouldBe(200);

        page.Text.ShouldContain("<div id=\"app\">");
        page.ContentType!.MediaType.ShouldBe("text/html");
        Header(page, "Cache-Control").ShouldBe("no-cache");
        Header(page, "X-Frame-Options").ShouldBe("DENY");
        var policy = Header(page, "Content-Security-Policy");
        policy.ShouldContain("default-src 'none'");
        policy.ShouldContain("script-src 'self' 'wasm-unsafe-eval';");
        policy.ShouldNotContain("unsafe-inline");
        InlineScript().IsMatch(page.Text).ShouldBeFalse("the policy would forbid it");
    }

    [Fact]
    public async Task A_file_with_a_fingerprint_is_kept_for_ever_and_the_others_are_asked_for_again()
    {
        var loader = (await server.Anonymous.Get("/_framework/dotnet.js")).ShouldBe(200);
        var fingerprinted = Fingerprinted().Match(loader.Text).Value;

        Header(loader, "Cache-Control").ShouldBe("no-cache");
        var file = (await server.Anonymous.Get($"/_framework/{fingerprinted}")).ShouldBe(200);
        Header(file, "Cache-Control").ShouldBe("max-age=31536000, immutable");
        file.ContentType!.MediaType.ShouldBe("application/wasm");

        using var again = new HttpRequestMessage(HttpMethod.Get, server.Anonymous.Url("/_framework/dotnet.js"));
        again.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Parse(Header(loader, "ETag")));
        (await server.Anonymous.Send(again)).ShouldBe(304);
    }

    [Fact]
    public async Task A_file_comes_compressed_to_those_who_can_read_it()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Anonymous.Url("/css/app.css"));
        request.Headers.AcceptEncoding.ParseAdd("gzip");

        var file = (await server.Anonymous.Send(request)).ShouldBe(200);

        file.ContentEncoding.ShouldBe(["gzip"]);
        Header(file, "Vary").ShouldBe("Accept-Encoding");
    }

    [Theory]
    [InlineData("/api/")]
    [InlineData("/api/app/rooms/7")]
    [InlineData("/css/there-is-no-such-file.css")]
    [InlineData("/appendix")]
    [InlineData("/css/%2e%2e/index.html%00")]
    public async Task What_is_no_address_of_the_client_is_404(string path) => (await server.Anonymous.Get(path)).ShouldBe(404, 400);

    [Fact]
    public async Task The_API_answers_beside_it_as_before()
    {
        (await server.Anonymous.Get("/friends")).ShouldBe(401);
        (await server.Anonymous.Post("/")).ShouldBe(404, 405);
        foreach (var port in server.Ports("chat")) (await port.Get("/")).ShouldBe(404);
    }

    [Fact]
    [OneProcess("It starts a server of its own.")]
    public async Task It_takes_nothing_from_the_limits_and_can_be_turned_off()
    {
        await using var limited = await ServerProcess.Start(("Gateway__AnonymousPerMinute", "1"));
        await using var without = await ServerProcess.Start(("Gateway__WebClient", "false"));

        for (var number = 0; number < 10; number++) (await limited.Anonymous.Get("/")).ShouldBe(200);
        (await without.Anonymous.Get("/")).ShouldBe(404);
        (await without.Anonymous.Get("/css/app.css")).ShouldBe(404);
    }

    [Fact]
    [OneProcess("It starts a server of its own.")]
    public async Task A_demo_is_offered_on_this_machine_while_there_is_no_user()
    {
        await using var fresh = await ServerProcess.Start(("Gateway__TrustedProxies", "127.0.0.0/8"));
        await using var behindProxy = await ServerProcess.Start();
        await using var without = await ServerProcess.Start(("Gateway__Demo", "false"));
        await using var with = await ServerProcess.Start(("Gateway__Demo", "true"));
        await with.NewUser();

        (await Offers(fresh)).ShouldBeTrue();
        (await Offers(fresh, "198.51.100.7")).ShouldBeFalse("that is another machine");
        (await Offers(behindProxy, "127.0.0.1")).ShouldBeFalse("a proxy that is not trusted says so");
        (await Offers(behindProxy)).ShouldBeTrue();
        (await Offers(without)).ShouldBeFalse();
        (await Offers(with)).ShouldBeTrue();
        await fresh.NewUser();
        (await Offers(fresh)).ShouldBeFalse();

        static async Task<bool> Offers(ServerProcess process, string? address = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, process.Anonymous.Url("/demo.json"));
            if (address is not null) request.Headers.Add("X-Forwarded-For", address);
            var answer = (await process.Anonymous.Send(request)).ShouldBe(200);
            Header(answer, "Cache-Control").ShouldBe("no-store");
            return answer.Json.GetProperty("is_offered").GetBoolean();
        }
    }

    private static string Header(Answer answer, string name) => string.Join(",", answer.Headers.GetValues(name));

    [GeneratedRegex("<script(?![^>]*\\bsrc=)", RegexOptions.IgnoreCase)]
    private static partial Regex InlineScript();

    [GeneratedRegex(@"System\.Private\.CoreLib\.[a-z0-9]+\.wasm")]
    private static partial Regex Fingerprinted();
}
