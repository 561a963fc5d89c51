using System.Text.Json.Nodes;

namespace BigTech.Tests.Integration.Users;

public sealed class AccountLimitHttpTests : IAsyncLifetime
{
    private UsersHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await UsersHost.Start(
        ("Users:SignUpsPerHour", "20"), ("Users:SignInsPerMinute", "60"), ("Users:FreeLoginFailures", "1000"),
        ("Users:LockAfterFailures", "1000"), ("Users:AddressFailures", "1000"));

    [Fact]
    public async Task A_network_signs_up_twenty_times_an_hour_and_asking_for_taken_names_counts()
    {
        for (var i = 0; i < 20; i++)
        {
            var answer = await _host.Send("POST", "/auth/register", UsersHost.Account(i < 5 ? $"user_{i}" : "user_0"));
            answer.Expect(i < 5 ? 201 : 409).Header("RateLimit-Remaining").ShouldBe($"{19 - i}");
        }
        foreach (var name in new[] { "user_0", "new_user" })
        {
            var refused = (await _host.Send("POST", "/auth/register", UsersHost.Account(name))).Expect(429, "rate_limited");
            refused.Header("Retry-After").ShouldBe("3600");
            refused.Header("RateLimit-Limit").ShouldBe("20");
            refused.Header("RateLimit-Remaining").ShouldBe("0");
        }
        await _host.Login("user_0");
        _host.Time.Advance(TimeSpan.FromHours(1));
        await _host.Register("new_user");
    }

    [Fact]
    public async Task What_finds_no_place_in_the_queue_does_not_count()
    {
        await using var host = await UsersHost.Start(
            ("Users:SignUpsPerHour", "20"), ("Users:SignInsPerMinute", "20"), ("Users:PasswordWorkers", "1"),
            ("Users:PasswordIterations", "200000"), ("Users:WaitingSignUpsPerNetwork", "1"), ("Users:WaitingSignInsPerNetwork", "1"),
            ("Users:FreeLoginFailures", "1000"), ("Users:LockAfterFailures", "1000"));

        var signUps = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => host.Send("POST", "/auth/register", UsersHost.Account($"user_{i}"))));
        var signIns = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.TryLogin("no_user@example.com", UsersHost.Password)));

        foreach (var (answers, served) in new[] { (signUps, 201), (signIns, 401) })
        {
            var refused = answers.Where(answer => answer.Status != served).ToList();
            refused.ShouldNotBeEmpty();
            foreach (var answer in refused)
            {
                answer.Expect(429, "rate_limited").Header("Retry-After").ShouldBe("1");
            }
        }
        (await host.Send("POST", "/auth/register", UsersHost.Account("late"))).Expect(201)
            .Header("RateLimit-Remaining").ShouldBe($"{19 - signUps.Count(answer => answer.Status == 201)}");
        (await host.TryLogin("no_user@example.com", UsersHost.Password)).Expect(401)
            .Header("RateLimit-Remaining").ShouldBe($"{19 - signIns.Count(answer => answer.Status == 401)}");
    }

    [Fact]
    public async Task What_breaks_the_rules_of_a_sign_up_does_not_count()
    {
        for (var i = 0; i < 30; i++) (await _host.Send("POST", "/auth/register", """{"email":"a","username":"b"}""")).Expect(422);
        await _host.Register("new_user");
    }

    [Fact]
    public async Task A_network_presents_sixty_passwords_a_minute_for_one_account()
    {
        await _host.Register("kim_cs");
        await _host.Register("lee_yh");
        for (var i = 0; i < 60; i++)
        {
            var answer = await _host.TryLogin("kim_cs@example.com", i % 2 == 0 ? UsersHost.Password : "wrong password 1");
            answer.Expect(i % 2 == 0 ? 200 : 401).Header("RateLimit-Remaining").ShouldBe($"{59 - i}");
        }
        (await _host.TryLogin("KIM_CS@example.com", UsersHost.Password)).Expect(429, "rate_limited").Header("Retry-After").ShouldBe("60");
        (await _host.TryLogin("lee_yh@example.com", UsersHost.Password)).Expect(200);
        _host.Time.Advance(TimeSpan.FromMinutes(1));
        (await _host.TryLogin("kim_cs@example.com", UsersHost.Password)).Expect(200);
    }

    [Fact]
    public async Task A_known_device_and_a_change_of_the_password_have_a_count_of_their_own()
    {
        await _host.Register("kim_cs");
        var signIn = (await _host.TryLogin("kim_cs@example.com", UsersHost.Password)).Expect(200).Body!;
        for (var i = 0; i < 59; i++) (await _host.TryLogin("kim_cs@example.com", "wrong password 1")).Expect(401);
        (await _host.TryLogin("kim_cs@example.com", UsersHost.Password)).Expect(429, "rate_limited");
        var device = (string)signIn["device_token"]!;
        (await _host.TryLogin("kim_cs@example.com", UsersHost.Password, ("X-Device-Token", device))).Expect(200);
        var change = new JsonObject { ["old_password"] = "wrong password 1", ["new_password"] = "another secret 5" }.ToJsonString();
        var access = (string)signIn["access_token"]!;
        for (var i = 0; i < 60; i++) (await _host.Send("PUT", "/auth/password", change, access)).Expect(403);
        (await _host.Send("PUT", "/auth/password", change, access)).Expect(429, "rate_limited");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
