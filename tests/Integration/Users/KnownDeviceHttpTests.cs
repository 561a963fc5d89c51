using System.Text.Json.Nodes;

namespace BigTech.Tests.Integration.Users;

/// <summary>Owners are not locked out by the guesses of others.</summary>
public sealed class KnownDeviceHttpTests : IAsyncLifetime
{
    private UsersHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await UsersHost.Start();
        await _host.Register("kim_cs");
    }

    [Fact]
    public async Task Guesses_with_an_access_token_lock_only_its_own_session_out_of_a_change()
    {
        var (thief, owner) = (await _host.Login("kim_cs"), await _host.Login("kim_cs"));
        for (var i = 0; i < 5; i++) (await ChangePassword(thief, $"guess number {i}")).Expect(403);
        (await _host.TryLogin("kim_cs@example.com", UsersHost.Password)).Expect(200);
        (await ChangePassword(owner, UsersHost.Password)).Expect(204);
    }

    [Fact]
    public async Task Failed_sign_ins_of_others_keep_no_owner_from_changing_the_password()
    {
        var owner = await _host.Login("kim_cs");
        await Lock("kim_cs@example.com");
        (await ChangePassword(owner, UsersHost.Password)).Expect(204);
    }

    [Theory]
    [InlineData("X-Device-Token", "{0}")]
    [InlineData("Cookie", "a=b; device_token={0}")]
    public async Task A_device_that_signed_in_before_passes_the_lock_of_its_account(string header, string value)
    {
        var known = DeviceOf(await _host.TryLogin("kim_cs@example.com", UsersHost.Password));
        await Lock("kim_cs@example.com");

        (await _host.TryLogin("kim_cs@example.com", UsersHost.Password)).Expect(429, "locked");
        var answer = await _host.TryLogin("kim_cs@example.com", UsersHost.Password, (header, string.Format(null, value, known)));
        DeviceOf(answer).ShouldNotBeNull();
        (await _host.TryLogin("kim_cs@example.com", UsersHost.Password)).Expect(429, "locked");
    }

    [Fact]
    public async Task Guesses_on_a_known_device_lock_that_device_and_no_other()
    {
        var (first, second) = (await Device(), await Device());
        for (var i = 0; i < 10; i++)
        {
            _host.Time.Advance(TimeSpan.FromSeconds(16));
            (await _host.TryLogin("kim_cs@example.com", "wrong password 1", ("X-Device-Token", first))).Expect(401);
        }
        (await _host.TryLogin("kim_cs@example.com", UsersHost.Password, ("X-Device-Token", first))).Expect(429, "locked");
        (await _host.TryLogin("kim_cs@example.com", UsersHost.Password, ("X-Device-Token", second))).Expect(200);
        (await _host.TryLogin("kim_cs@example.com", UsersHost.Password)).Expect(200);

        async Task<string> Device() => DeviceOf(await _host.TryLogin("kim_cs@example.com", UsersHost.Password));
    }

    [Fact]
    public async Task A_renewed_device_token_is_of_the_same_device()
    {
        var old = DeviceOf(await _host.TryLogin("kim_cs@example.com", UsersHost.Password));
        var renewed = DeviceOf(await _host.TryLogin("kim_cs@example.com", UsersHost.Password, ("X-Device-Token", old)));
        for (var i = 0; i < 5; i++)
        {
            (await _host.TryLogin("kim_cs@example.com", "wrong password 1", ("X-Device-Token", old))).Expect(401);
        }
        (await _host.TryLogin("kim_cs@example.com", UsersHost.Password, ("X-Device-Token", renewed))).Expect(429, "slow_down");
    }

    [Fact]
    public async Task The_device_of_another_account_passes_no_lock()
    {
        await _host.Register("lee_yh");
        var theirs = DeviceOf(await _host.TryLogin("lee_yh@example.com", UsersHost.Password));
        await Lock("kim_cs@example.com");
        (await _host.TryLogin("kim_cs@example.com", UsersHost.Password, ("X-Device-Token", theirs))).Expect(429, "locked");
        (await _host.TryLogin("kim_cs@example.com", UsersHost.Password, ("X-Device-Token", "rubbish"))).Expect(429, "locked");
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("http", false)]
    [InlineData("https", true)]
    public async Task The_cookie_of_a_device_is_out_of_reach_of_scripts_and_secure_behind_https(string? scheme, bool isSecure)
    {
        var answer = await _host.TryLogin(
            "kim_cs@example.com", UsersHost.Password, scheme is null ? null : ("X-Forwarded-Proto", scheme));
        var parts = answer.Header("Set-Cookie").ShouldNotBeNull().Split("; ");
        parts[0].ShouldBe($"device_token={DeviceOf(answer)}");
        string[] expected = ["max-age=31536000", "path=/", "samesite=strict", "httponly", .. isSecure ? ["secure"] : Array.Empty<string>()];
        parts[1..].ShouldBe(expected, ignoreOrder: true);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private Task<Answer> ChangePassword(Tokens tokens, string old) => _host.Send(
        "PUT", "/auth/password", new JsonObject { ["old_password"] = old, ["new_password"] = "another secret 5" }.ToJsonString(),
        tokens.Access);

    private static string DeviceOf(Answer answer) => (string)answer.Expect(200).Body!["device_token"]!;

    /// <summary>Strangers try until the account is locked.</summary>
    private async Task Lock(string email)
    {
        for (var i = 0; i < 10; i++)
        {
            _host.Time.Advance(TimeSpan.FromSeconds(16));
            (await _host.TryLogin(email, "wrong password 1")).Expect(401);
        }
    }
}
