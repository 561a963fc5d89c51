using System.Globalization;

namespace BigTech.Tests.EndToEnd.Streams;

/// <summary>The cookie by which a browser opens streams: what it opens, how long it lives, and what it never does.</summary>
[Scenarios]
public sealed class BrowserSessionScenarios(SharedServer server)
{
    [Fact]
    public async Task The_cookie_is_kept_from_scripts_and_from_other_sites_and_lives_as_long_as_the_session_may()
    {
        var user = await server.Process.NewUser();

        var header = BrowserSession.HeaderOf((await user.Api.Post("/auth/browser-session")).ShouldBe(204)).ToLowerInvariant();

        var attributes = header.Split("; ")[1..].Order().ToArray();
        (attributes[0], attributes[2], attributes[3], attributes.Length).ShouldBe(("httponly", "path=/", "samesite=lax", 4));
        var days = TimeSpan.FromSeconds(int.Parse(attributes[1].Split("max-age=")[1], CultureInfo.InvariantCulture)).TotalDays;
        days.ShouldBeInRange(179, 180, "as long as a session may last");
        header.Split(';')[0].Length.ShouldBeLessThan(100);
        (await server.Anonymous.Post("/auth/browser-session")).ShouldBeProblem(401, "not_signed_in");
    }

    [Fact]
    public async Task Behind_https_the_cookie_is_for_https_only()
    {
        var user = await server.Process.NewUser();
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Ports("user")[0].Url("/auth/browser-session"));
        request.Headers.Authorization = new("Bearer", user.Tokens.AccessToken);
        request.Headers.Add("X-Forwarded-Proto", "https");

        var header = BrowserSession.HeaderOf((await server.Anonymous.Send(request)).ShouldBe(204));

        header.ToLowerInvariant().Split("; ").ShouldContain("secure");
    }

    [Theory]
    [InlineData("/messages/stream")]
    [InlineData("/api/messages/stream")]
    [InlineData("/friends/stream")]
    [InlineData("/online-status/stream")]
    [InlineData("/notifications/stream")]
    public async Task The_cookie_alone_opens_a_stream_again_and_again(string path)
    {
        var user = await server.Process.NewUser();
        var cookie = await BrowserSession.Of(user);

        for (var time = 0; time < 2; time++)
        {
            await using var stream = await Open(user, path, cookie);
            (await stream.First()).Type.ShouldBe("ready");
        }
    }

    [Fact]
    public async Task The_cookie_opens_the_rooms_of_its_user_only()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var foreign = (await ann.RoomWith(await server.Process.NewUser())).Id;
        var cookie = await BrowserSession.Of(bob);
        await using var stream = await Open(bob, $"/messages/stream/{room}", cookie);

        await ann.Send(room, "live");

        await stream.WaitForCreated(1);
        (await BrowserSession.Get(server.Anonymous, $"/messages/stream/{foreign}", cookie)).ShouldBeProblem(403, "not_a_member");
    }

    [Fact]
    public async Task The_cookie_lives_on_when_tokens_are_renewed_and_when_its_own_session_changes_the_password()
    {
        var user = await server.Process.NewUser();
        var cookie = await BrowserSession.Of(user);

        var renewed = user.With(await Renew(user));
        (await renewed.Api.Put("/auth/password", new { old_password = user.Password, new_password = "staple-correct-8" })).ShouldBe(204);

        await using var stream = await Open(user, "/messages/stream", cookie);
        (await stream.First()).Type.ShouldBe("ready");
    }

    [Theory]
    [InlineData("logout")]
    [InlineData("logout by refresh token")]
    [InlineData("logout-all")]
    [InlineData("end of the session")]
    [InlineData("password change elsewhere")]
    [InlineData("reuse of a refresh token")]
    public async Task The_end_of_the_session_ends_its_streams_and_the_cookie_at_every_process(string end)
    {
        var user = await server.Process.NewUser();
        var other = await user.SignInAgain();
        var cookie = await BrowserSession.Of(user);
        var staying = await BrowserSession.Of(other);
        await using var stream = await Open(user, "/messages/stream", cookie);
        await stream.First();
        // Every process knows the cookie from before.
        foreach (var (port, path) in Doors())
            await (await SseClient.Open(port.Url(path), bearer: null, cookie: cookie)).DisposeAsync();

        await End(user, other, end);

        await stream.WaitForEnd();
        foreach (var (port, path) in Doors())
        {
            await Eventually.Holds(
                async () => await IsRefused(port, path, cookie), $"the cookie opens nothing at {port.Url(path)}");
        }
        if (end == "logout-all")
            return;
        await using var others = await Open(user, "/messages/stream", staying);
        (await others.First()).Type.ShouldBe("ready");
    }

    [Fact]
    public async Task A_cookie_that_was_never_shown_opens_nothing_after_its_session()
    {
        var user = await server.Process.NewUser();
        var cookie = await BrowserSession.Of(user);

        (await user.Api.Post("/auth/logout")).ShouldBe(204);

        (await BrowserSession.Get(server.Anonymous, "/messages/stream", cookie)).ShouldBeProblem(401, "browser_session_ended");
    }

    [Fact]
    public async Task A_value_that_the_server_did_not_sign_opens_nothing()
    {
        var cookie = await BrowserSession.Of(await server.Process.NewUser());
        var value = cookie.Split('=')[1];
        string[] forged =
        [
            .. Enumerable.Range(0, value.Length).Where(place => place % 7 == 0).Select(place =>
                $"{value[..place]}{(value[place] == 'A' ? 'B' : 'A')}{value[(place + 1)..]}"),
            value[..^1], $"{value}A", "rubbish", new string('A', value.Length), new string('A', 5000),
        ];

        foreach (var wrong in forged)
        {
            (await BrowserSession.Get(server.Anonymous, "/messages/stream", $"{BrowserSession.CookieName}={wrong}"))
                .ShouldBeProblem(401, "browser_session_ended");
        }
    }

    [Fact]
    public async Task A_header_and_a_ticket_go_before_the_cookie_and_are_not_replaced_by_it()
    {
        var (_, bob, room) = await server.TwoInARoom();
        var cookie = await BrowserSession.Of(bob);
        var path = $"/messages/stream/{room}";

        (await BrowserSession.Get(server.Anonymous, path, cookie, ("Authorization", "Bearer a.b.c"))).ShouldBeProblem(401, "invalid_token");
        (await BrowserSession.Get(server.Anonymous, path, cookie, ("Authorization", "rubbish"))).ShouldBeProblem(401, "invalid_token");
        (await BrowserSession.Get(server.Anonymous, $"{path}?ticket=spent", cookie)).ShouldBeProblem(401, "invalid_ticket");
        await using var stream = await SseClient.Open(
            server.Anonymous.Url(path), bob.Tokens.AccessToken, cookie: $"{BrowserSession.CookieName}=rubbish");
        (await stream.First()).Type.ShouldBe("ready");
    }

    [Fact]
    public async Task Signing_out_takes_the_cookie_of_that_session_away_and_no_other()
    {
        var user = await server.Process.NewUser();
        var other = await user.SignInAgain();
        var (own, theirs) = (await BrowserSession.Of(user), await BrowserSession.Of(other));

        BrowserSession.IsRemovedBy(await SignOut(user, theirs)).ShouldBeFalse("another session's");
        BrowserSession.IsRemovedBy(await SignOut(other, theirs)).ShouldBeTrue();
        BrowserSession.IsRemovedBy(await BrowserSession.Send(server.Anonymous, HttpMethod.Delete, "/auth/browser-session", own))
            .ShouldBeTrue();
    }

    private static async Task<Answer> SignOut(User user, string cookie) =>
        (await BrowserSession.Send(
            user.Anonymous, HttpMethod.Post, "/auth/logout", cookie, ("Authorization", $"Bearer {user.Tokens.AccessToken}"))).ShouldBe(204);

    private static async Task End(User user, User other, string end) => (await (end switch
    {
        "logout" => user.Api.Post("/auth/logout"),
        "logout by refresh token" => user.Anonymous.Post("/auth/logout", new { refresh_token = user.Tokens.RefreshToken }),
        "logout-all" => other.Api.Post("/auth/logout-all"),
        "end of the session" => other.Api.Delete($"/auth/sessions/{await OlderSession(other)}"),
        "password change elsewhere" => other.Api.Put(
            "/auth/password", new { old_password = user.Password, new_password = "staple-correct-8" }),
        _ => Reuse(user),
    })).ShouldBe(204, 401);

    private static async Task<Answer> Reuse(User user)
    {
        var renewed = await Renew(user);
        (await user.Anonymous.Post("/auth/refresh", new { refresh_token = renewed.RefreshToken })).ShouldBe(200);
        return await user.Anonymous.Post("/auth/refresh", new { refresh_token = user.Tokens.RefreshToken });
    }

    private static async Task<Tokens> Renew(User user) =>
        (await user.Anonymous.Post("/auth/refresh", new { refresh_token = user.Tokens.RefreshToken })).As<Tokens>();

    private static async Task<long> OlderSession(User user) =>
        (await user.Api.Get("/auth/sessions")).Json.GetProperty("sessions").EnumerateArray().Last().GetProperty("id").GetInt64();

    /// <summary>A stream of every process that has one.</summary>
    private IEnumerable<(ApiClient Port, string Path)> Doors() =>
        from door in new[]
        {
            ("user", "/online-status/stream"), ("friend", "/friends/stream"), ("chat", "/messages/stream"),
            ("notification", "/notifications/stream"),
        }
        from port in server.Ports(door.Item1)
        select (port, door.Item2);

    private static async Task<bool> IsRefused(ApiClient port, string path, string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, port.Url(path));
        request.Headers.Add("Cookie", cookie);
        using var http = new HttpClient(LoopbackConnections.Handler(null));
        using var response = await http.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return (int)response.StatusCode == 401;
    }

    private static Task<SseClient> Open(User user, string path, string cookie) =>
        SseClient.Open(user.Anonymous.Url(path), bearer: null, cookie: cookie);
}
