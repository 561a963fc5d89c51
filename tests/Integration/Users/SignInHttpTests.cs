using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using BigTech.BuildingBlocks.Web.Auth;

namespace BigTech.Tests.Integration.Users;

public sealed class SignInHttpTests : IAsyncLifetime
{
    private const string Form = "application/x-www-form-urlencoded";

    private UsersHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await UsersHost.Start();
        await _host.Register("kim_cs");
    }

    [Theory]
    [InlineData("application/json", """{"email":"KIM_CS@example.com","password":"correct horse 9"}""", "/auth/login")]
    [InlineData("application/json", """{"email":"kim_cs@example.com","password":"correct horse 9","extra":1}""", "/auth/login/json")]
    [InlineData(Form, "grant_type=password&username=kim_cs%40example.com&password=correct+horse+9", "/auth/login")]
    [InlineData(Form, "username=kim_cs@example.com&password=correct%20horse%209", "/auth/login")]
    public async Task Who_knows_the_password_gets_tokens(string type, string body, string path)
    {
        var answer = (await _host.Send("POST", path, new StringContent(body, null, type))).Expect(200);
        answer.Body!.AsObject().Select(property => property.Key)
            .ShouldBe(["access_token", "refresh_token", "token_type", "expires_in", "user_id", "device_token"]);
        ((string)answer.Body["token_type"]!).ShouldBe("bearer");
        ((int)answer.Body["expires_in"]!).ShouldBe(900);
        answer.Header("Cache-Control").ShouldBe("no-store");
        (await _host.Send("GET", "/profile/me", token: (string)answer.Body["access_token"]!)).Expect(200);
    }

    [Fact]
    public async Task A_wrong_address_and_a_wrong_password_look_alike()
    {
        var wrongPassword = (await _host.TryLogin("kim_cs@example.com", "wrong password 1")).Expect(401, "invalid_credentials");
        var wrongAddress = (await _host.TryLogin("unknown@example.com", "wrong password 1")).Expect(401, "invalid_credentials");
        var noAddress = (await _host.TryLogin("unknown", "wrong password 1")).Expect(401, "invalid_credentials");
        Shape(wrongAddress).ShouldBe(Shape(wrongPassword));
        Shape(noAddress).ShouldBe(Shape(wrongPassword));
    }

    [Theory]
    [InlineData("kim_cs@example.com")]
    [InlineData("unknown@example.com")]
    public async Task Failures_slow_an_account_down_and_then_lock_it_whether_it_exists_or_not(string email)
    {
        for (var i = 0; i < 5; i++) (await _host.TryLogin(email, "wrong password 1")).Expect(401);
        foreach (var seconds in new[] { 1, 2, 4, 8, 16 })
        {
            var slowed = (await _host.TryLogin(email, UsersHost.Password)).Expect(429, "slow_down");
            slowed.Header("Retry-After").ShouldBe($"{seconds}");
            slowed.Header("RateLimit-Limit").ShouldBe("10");
            slowed.Header("RateLimit-Remaining").ShouldBe("0");
            slowed.Header("RateLimit-Reset").ShouldBe($"{seconds}");
            _host.Time.Advance(TimeSpan.FromSeconds(seconds));
            (await _host.TryLogin(email, "wrong password 1")).Expect(401);
        }
        (await _host.TryLogin(email, UsersHost.Password)).Expect(429, "locked").Header("Retry-After").ShouldBe("900");
        _host.Time.Advance(TimeSpan.FromMinutes(15));
        (await _host.TryLogin(email, "wrong password 1")).Expect(401);
        (await _host.TryLogin(email, UsersHost.Password)).Expect(429, "slow_down").Header("Retry-After").ShouldBe("2");
        _host.Time.Advance(TimeSpan.FromSeconds(2));
        (await _host.TryLogin(email, UsersHost.Password)).Expect(email.StartsWith("kim", StringComparison.Ordinal) ? 200 : 401);
    }

    [Theory]
    [InlineData("""{"refresh_token":"rubbish"}""", 401)]
    [InlineData("""{"refresh_token":""}""", 422)]
    [InlineData("{}", 422)]
    public async Task An_unknown_refresh_token_is_refused(string body, int status) =>
        (await _host.Send("POST", "/auth/refresh", body)).Expect(status);

    [Fact]
    public async Task An_access_token_ends_after_a_quarter_of_an_hour_and_the_session_goes_on()
    {
        var tokens = await _host.Login("kim_cs");
        _host.Time.Advance(TimeSpan.FromMinutes(15));
        (await _host.Send("GET", "/profile/me", token: tokens.Access)).Expect(401);
        var renewed = (await _host.Refresh(tokens.Refresh)).Expect(200);
        (await _host.Send("GET", "/profile/me", token: (string)renewed.Body!["access_token"]!)).Expect(200);
        _host.Time.Advance(TimeSpan.FromDays(30));
        (await _host.Refresh((string)renewed.Body["refresh_token"]!)).Expect(401);
    }

    [Fact]
    public async Task Signing_out_ends_this_session_only()
    {
        var here = await _host.Login("kim_cs");
        var there = await _host.Login("kim_cs");
        (await _host.Send("POST", "/auth/logout", token: here.Access)).Expect(204);
        (await _host.Send("GET", "/profile/me", token: here.Access)).Expect(401, "invalid_token");
        (await _host.Refresh(here.Refresh)).Expect(401);
        (await _host.Send("GET", "/profile/me", token: there.Access)).Expect(200);
    }

    [Fact]
    public async Task A_session_that_has_ended_stays_ended_over_a_restart()
    {
        var gone = await _host.Login("kim_cs");
        var open = await _host.Login("kim_cs");
        (await _host.Send("POST", "/auth/logout", token: gone.Access)).Expect(204);
        await _host.Restart();
        (await _host.Send("GET", "/profile/me", token: gone.Access)).Expect(401);
        (await _host.Send("GET", "/profile/me", token: open.Access)).Expect(200);
        (await _host.Refresh(open.Refresh)).Expect(200);
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_all_sessions()
    {
        var here = await _host.Login("kim_cs");
        var there = await _host.Login("kim_cs");
        (await _host.Send("POST", "/auth/logout-all", token: here.Access)).Expect(204);
        foreach (var tokens in new[] { here, there })
        {
            (await _host.Send("GET", "/profile/me", token: tokens.Access)).Expect(401);
            (await _host.Refresh(tokens.Refresh)).Expect(401);
        }
    }

    [Fact]
    public async Task A_device_is_listed_and_can_be_signed_out_from_another()
    {
        var here = await _host.Login("kim_cs");
        var there = await _host.Login("kim_cs");
        var sessions = (await _host.Send("GET", "/auth/sessions", token: here.Access)).Expect(200).Body!["sessions"]!.AsArray();
        sessions.Select(session => (bool)session!["current"]!).ShouldBe([false, true]);
        ((string)sessions[0]!["ip_address"]!).ShouldBe("127.0.0.1");

        var other = (long)sessions[0]!["id"]!;
        (await _host.Send("DELETE", $"/auth/sessions/{other}", token: here.Access)).Expect(204);
        (await _host.Send("DELETE", $"/auth/sessions/{other}", token: here.Access)).Expect(404, "session_not_found");
        (await _host.Send("GET", "/profile/me", token: there.Access)).Expect(401);
        (await _host.Send("GET", "/profile/me", token: here.Access)).Expect(200);
    }

    [Fact]
    public async Task Sessions_page_by_cursor()
    {
        var tokens = await _host.Login("kim_cs");
        for (var i = 0; i < 4; i++) await _host.Login("kim_cs");
        var ids = new List<long>();
        string? cursor = null;
        do
        {
            var page = (await _host.Send("GET", $"/auth/sessions?limit=2&cursor={cursor}", token: tokens.Access)).Expect(200).Body!;
            ids.AddRange(page["sessions"]!.AsArray().Select(session => (long)session!["id"]!));
            cursor = (string?)page["next_cursor"];
        }
        while (cursor is not null);
        ids.Count.ShouldBe(5);
        ids.ShouldBeInOrder(SortDirection.Descending);
    }

    [Theory]
    [InlineData("12345678")]
    [InlineData("rubbish")]
    [InlineData("-1")]
    public async Task An_unknown_session_is_not_found(string id) =>
        (await _host.Send("DELETE", $"/auth/sessions/{id}", token: (await _host.Login("kim_cs")).Access)).Expect(404);

    [Fact]
    public async Task A_session_of_another_user_is_not_found()
    {
        await _host.Register("lee_yh");
        var stranger = await _host.Login("lee_yh");
        var mine = await _host.Login("kim_cs");
        var theirs = (long)(await _host.Send("GET", "/auth/sessions", token: stranger.Access)).Body!["sessions"]![0]!["id"]!;
        (await _host.Send("DELETE", $"/auth/sessions/{theirs}", token: mine.Access)).Expect(404);
        (await _host.Send("GET", "/profile/me", token: stranger.Access)).Expect(200);
    }

    [Theory]
    [InlineData("old_password")]
    [InlineData("current_password")]
    public async Task A_new_password_replaces_the_old_and_ends_the_other_sessions(string field)
    {
        var here = await _host.Login("kim_cs");
        var there = await _host.Login("kim_cs");
        (await ChangePassword(here, field, UsersHost.Password, "another secret 5")).Expect(204);
        (await _host.Send("GET", "/profile/me", token: here.Access)).Expect(200);
        (await _host.Refresh(here.Refresh)).Expect(200);
        (await _host.Send("GET", "/profile/me", token: there.Access)).Expect(401);
        (await _host.TryLogin("kim_cs@example.com", UsersHost.Password)).Expect(401);
        (await _host.TryLogin("kim_cs@example.com", "another secret 5")).Expect(200);
    }

    [Theory]
    [InlineData("wrong password 1", "another secret 5", 403)]
    [InlineData(UsersHost.Password, "short1", 422)]
    [InlineData(UsersHost.Password, "kim_cs@example.com", 422)]
    [InlineData(UsersHost.Password, "password123", 422)]
    [InlineData(UsersHost.Password, UsersHost.Password, 422)]
    [InlineData("", "another secret 5", 422)]
    public async Task A_new_password_needs_the_old_one_and_keeps_to_the_rules(string old, string next, int status)
    {
        var tokens = await _host.Login("kim_cs");
        (await ChangePassword(tokens, "old_password", old, next)).Expect(status);
        (await _host.TryLogin("kim_cs@example.com", UsersHost.Password)).Expect(200);
    }

    [Fact]
    public async Task A_stolen_access_token_is_no_way_to_guess_the_password()
    {
        var tokens = await _host.Login("kim_cs");
        for (var i = 0; i < 5; i++) (await ChangePassword(tokens, "old_password", $"guess number {i}", "another secret 5")).Expect(403);
        (await ChangePassword(tokens, "old_password", UsersHost.Password, "another secret 5")).Expect(429, "slow_down");
    }

    [Fact]
    public async Task A_stream_ticket_is_handed_out()
    {
        var answer = (await _host.Send("POST", "/auth/stream-ticket", token: (await _host.Login("kim_cs")).Access)).Expect(201);
        ((string)answer.Body!["ticket"]!).Length.ShouldBeGreaterThan(20);
        ((int)answer.Body["expires_in"]!).ShouldBe(30);
    }

    [Fact]
    public async Task The_published_keys_verify_an_access_token()
    {
        var tokens = await _host.Login("kim_cs");
        var answer = (await _host.Send("GET", "/.well-known/jwks.json")).Expect(200);
        answer.Header("Cache-Control").ShouldBe("public, max-age=300");
        var key = answer.Body!["keys"]![0]!;
        using var verifier = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Coordinate(key, "x"), Y = Coordinate(key, "y") },
        });
        var claims = Jwt.Verify(tokens.Access, id => id == (string)key["kid"]! ? verifier : null, _host.Time.GetUtcNow());
        claims!.Username.ShouldBe("kim_cs");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private Task<Answer> ChangePassword(Tokens tokens, string field, string old, string next) => _host.Send(
        "PUT", "/auth/password", new JsonObject { [field] = old, ["new_password"] = next }.ToJsonString(), tokens.Access);

    private static byte[] Coordinate(JsonNode key, string name) => Base64Url.DecodeFromChars((string)key[name]!);

    /// <summary>A problem without its request-specific fields.</summary>
    private static string Shape(Answer answer)
    {
        var problem = answer.Body!.DeepClone().AsObject();
        problem.Remove("trace_id");
        return problem.ToJsonString();
    }
}
