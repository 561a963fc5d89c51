namespace BigTech.Tests.EndToEnd.Accounts;

/// <summary>A server that locks after few failures, so that the test does not depend on a clock.</summary>
public sealed class EarlyLock : IAsyncLifetime
{
    public const int AccountLimit = 4, AddressLimit = 12;

    public ServerProcess Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await ServerProcess.Start(
        ("Users__FreeLoginFailures", $"{AccountLimit}"), ("Users__LockAfterFailures", $"{AccountLimit}"),
        ("Users__AddressFailures", $"{AddressLimit}"));

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>A client that guesses passwords is locked out.</summary>
public sealed class LockoutScenarios(EarlyLock early) : IClassFixture<EarlyLock>
{
    private const int AccountLimit = EarlyLock.AccountLimit, AddressLimit = EarlyLock.AddressLimit;

    private readonly ServerProcess _server = early.Server;

    [Fact]
    public async Task An_account_with_repeated_failures_is_locked_for_every_address()
    {
        var (victim, other, _) = await _server.TwoInARoom();
        var elsewhere = _server.From("127.0.1.2");

        await Fail(_server.From("127.0.1.1"), AccountLimit, _ => victim.Account.Email);

        ShouldBeLocked(await SignIn(elsewhere, victim.Account.Email, victim.Password));
        ShouldBeLocked(await elsewhere.PostForm("/auth/login", ("username", victim.Account.Email), ("password", victim.Password)));
        ShouldBeLocked(await elsewhere.Post("/auth/login/json", new { email = victim.Account.Email, password = victim.Password }));
        (await SignIn(elsewhere, other.Account.Email, other.Password)).ShouldBe(200);
        (await victim.IsSignedIn()).ShouldBeTrue("a lock ends no session");
    }

    [Fact]
    public async Task An_address_with_repeated_failures_is_locked_for_every_account()
    {
        var innocent = await _server.NewUser();
        var attacker = _server.From("127.0.2.1");

        await Fail(attacker, AddressLimit, _ => $"{User.NewName()}@example.org");

        ShouldBeLocked(await SignIn(attacker, innocent.Account.Email, innocent.Password));
        (await SignIn(_server.From("127.0.2.2"), innocent.Account.Email, innocent.Password)).ShouldBe(200);
    }

    [Fact]
    public async Task Signing_in_clears_the_failures_of_the_account()
    {
        var user = await _server.NewUser();
        var client = _server.From("127.0.3.1");

        for (var round = 0; round < 2; round++)
        {
            await Fail(client, AccountLimit - 1, _ => user.Account.Email);
            (await SignIn(client, user.Account.Email, user.Password)).ShouldBe(200);
        }
    }

    [Fact]
    public async Task An_account_that_does_not_exist_is_locked_like_any_other()
    {
        var email = $"{User.NewName()}@example.org";

        await Fail(_server.From("127.0.4.1"), AccountLimit, _ => email);

        ShouldBeLocked(await SignIn(_server.From("127.0.4.2"), email, "wrong-pass-1"));
    }

    [Fact]
    public async Task A_device_that_signed_in_before_passes_every_lock_that_strangers_cause()
    {
        var owner = await _server.NewUser();
        var address = _server.From("127.0.5.1");
        var body = new { email = owner.Account.Email, password = owner.Password };
        var device = (await address.Post("/auth/login", body)).ShouldBe(200).Json.GetProperty("device_token").GetString()!;
        await Fail(address, AccountLimit, _ => owner.Account.Email);
        await Fail(address, AddressLimit - AccountLimit, _ => $"{User.NewName()}@example.org");

        ShouldBeLocked(await SignIn(_server.From("127.0.5.2"), owner.Account.Email, owner.Password));
        ShouldBeLocked(await SignIn(address, owner.Account.Email, owner.Password));
        using var request = new HttpRequestMessage(HttpMethod.Post, address.Url("/auth/login"));
        request.Content = new StringContent(Wire.Write(body), System.Text.Encoding.UTF8, "application/json");
        request.Headers.Add("X-Device-Token", device);
        (await address.Send(request)).ShouldBe(200);
        ShouldBeLocked(await SignIn(address, owner.Account.Email, owner.Password));
    }

    private static Task<Answer> SignIn(ApiClient client, string email, string password) =>
        client.Post("/auth/login", new { email, password });

    private static async Task Fail(ApiClient client, int times, Func<int, string> email)
    {
        for (var attempt = 0; attempt < times; attempt++)
            (await SignIn(client, email(attempt), "wrong-pass-1")).ShouldBeProblem(401);
    }

    private static void ShouldBeLocked(Answer answer)
    {
        answer.ShouldBeProblem(429);
        answer.Headers.RetryAfter.ShouldNotBeNull().Delta.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.FromMinutes(1));
    }
}
