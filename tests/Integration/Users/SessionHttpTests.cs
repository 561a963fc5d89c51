using System.Text.Json.Nodes;

namespace BigTech.Tests.Integration.Users;

/// <summary>The renewal of sessions, and their ends.</summary>
public sealed class SessionHttpTests : IAsyncLifetime
{
    private UsersHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await UsersHost.Start();
        await _host.Register("kim_cs");
    }

    [Fact]
    public async Task Repeating_the_newest_renewal_gives_the_same_successor_again_for_half_a_minute()
    {
        var first = await _host.Login("kim_cs");
        var second = RefreshOf(await _host.Refresh(first.Refresh));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _host.Refresh(first.Refresh)));
        answers.Select(RefreshOf).ShouldAllBe(token => token == second);
        foreach (var answer in answers)
        {
            (await _host.Send("GET", "/profile/me", token: (string)answer.Body!["access_token"]!)).Expect(200);
        }
        await _host.Restart();
        _host.Time.Advance(TimeSpan.FromSeconds(30));
        RefreshOf(await _host.Refresh(first.Refresh)).ShouldBe(second);
        _host.Time.Advance(TimeSpan.FromSeconds(1));
        (await _host.Refresh(first.Refresh)).Expect(401, "refresh_token_reused");
        (await _host.Refresh(second)).Expect(401, "invalid_refresh_token");
    }

    [Fact]
    public async Task A_token_older_than_the_newest_renewal_ends_the_session_however_young_it_is()
    {
        var first = await _host.Login("kim_cs");
        var second = RefreshOf(await _host.Refresh(first.Refresh));
        RefreshOf(await _host.Refresh(second)).ShouldNotBe(second);
        (await _host.Refresh(first.Refresh)).Expect(401, "refresh_token_reused");
    }

    [Fact]
    public async Task A_session_ends_with_its_access_tokens_when_it_is_too_old_however_often_it_is_renewed()
    {
        var tokens = await _host.Login("kim_cs");
        var (refresh, start) = (tokens.Refresh, _host.Time.GetUtcNow());
        for (var day = 0; day < 179; day += 20)
        {
            refresh = RefreshOf(await _host.Refresh(refresh));
            _host.Time.Advance(TimeSpan.FromDays(day < 160 ? 20 : 19));
        }
        _host.Time.Advance(start.AddDays(180).AddMinutes(-5) - _host.Time.GetUtcNow());
        var last = (await _host.Refresh(refresh)).Expect(200);
        ((int)last.Body!["expires_in"]!).ShouldBe(300);
        _host.Time.Advance(TimeSpan.FromMinutes(5));
        (await _host.Send("GET", "/profile/me", token: (string)last.Body["access_token"]!)).Expect(401);
        (await _host.Refresh(RefreshOf(last))).Expect(401, "invalid_refresh_token");
    }

    [Fact]
    public async Task The_fifty_first_session_ends_the_oldest_at_once()
    {
        var oldest = await _host.Login("kim_cs");
        var second = await _host.Login("kim_cs");
        for (var i = 0; i < 48; i++)
        {
            _host.Time.Advance(TimeSpan.FromSeconds(5));
            await _host.Login("kim_cs");
        }
        (await _host.Send("GET", "/profile/me", token: oldest.Access)).Expect(200);
        await _host.Login("kim_cs");
        (await _host.Send("GET", "/profile/me", token: oldest.Access)).Expect(401, "invalid_token");
        (await _host.Refresh(oldest.Refresh)).Expect(401, "invalid_refresh_token");
        (await _host.Send("GET", "/profile/me", token: second.Access)).Expect(200);
    }

    [Fact]
    public async Task A_refresh_token_alone_signs_out()
    {
        var here = await _host.Login("kim_cs");
        var there = await _host.Login("kim_cs");
        var body = new JsonObject { ["refresh_token"] = here.Refresh }.ToJsonString();
        (await _host.Send("POST", "/auth/logout", body)).Expect(204);
        (await _host.Send("POST", "/auth/logout", body)).Expect(204);
        (await _host.Send("POST", "/auth/logout", """{"refresh_token":"rubbish"}""", "rubbish")).Expect(204);
        (await _host.Send("GET", "/profile/me", token: here.Access)).Expect(401, "invalid_token");
        (await _host.Refresh(here.Refresh)).Expect(401, "invalid_refresh_token");
        (await _host.Send("GET", "/profile/me", token: there.Access)).Expect(200);
    }

    [Fact]
    public async Task Signing_out_needs_one_of_the_two_tokens()
    {
        (await _host.Send("POST", "/auth/logout")).Expect(401, "not_signed_in").Header("WWW-Authenticate").ShouldBe("Bearer");
        (await _host.Send("POST", "/auth/logout", "{}")).Expect(401, "not_signed_in");
        (await _host.Send("POST", "/auth/logout", "{}", "rubbish")).Expect(401, "invalid_token");
        (await _host.Send("POST", "/auth/logout", """{"refresh_token":5}""")).Expect(422);
    }

    [Fact]
    public async Task Refresh_tokens_rotate_and_a_late_second_use_ends_the_session_at_once()
    {
        var first = await _host.Login("kim_cs");
        var second = (await _host.Refresh(first.Refresh)).Expect(200);
        _host.Time.Advance(TimeSpan.FromMinutes(1));
        var access = (string)second.Body!["access_token"]!;
        (await _host.Send("GET", "/profile/me", token: access)).Expect(200);

        (await _host.Refresh(first.Refresh)).Expect(401, "refresh_token_reused");
        (await _host.Send("GET", "/profile/me", token: access)).Expect(401, "invalid_token");
        (await _host.Send("GET", "/profile/me", token: first.Access)).Expect(401, "invalid_token");
        (await _host.Refresh((string)second.Body["refresh_token"]!)).Expect(401, "invalid_refresh_token");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static string RefreshOf(Answer answer) => (string)answer.Expect(200).Body!["refresh_token"]!;
}
