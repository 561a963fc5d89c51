using System.Text.Json.Nodes;
using BigTech.Tests.Testing.Mail;
using BigTech.Users.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Tests.Integration.Users;

public sealed class ForgottenPasswordHttpTests : IAsyncLifetime
{
    private const string Address = "kim@example.com", NewPassword = "another secret 5";
    private UsersHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await UsersHost.Start();
        await _host.Register("kim");
    }

    [Fact]
    public async Task A_mailed_code_sets_a_new_password_once_and_ends_all_sessions()
    {
        var before = await _host.Login("kim");
        var code = await Forgot();

        (await Reset(code)).Expect(204);

        (await _host.Send("GET", "/profile/me", token: before.Access)).Expect(401);
        (await _host.Refresh(before.Refresh)).Expect(401);
        (await _host.TryLogin(Address, UsersHost.Password)).Expect(401);
        (await _host.TryLogin(Address, NewPassword)).Expect(200);
        (await Reset(code)).Expect(404, "unknown_token");
        (await _host.AllMails(Address))[^1].Subject.ShouldBe("Your password was changed");
    }

    [Fact]
    public async Task Known_and_unknown_addresses_get_the_same_answer_and_leave_the_same_work()
    {
        var known = (await Ask(Address)).Expect(202);
        var unknown = (await Ask("no-one@example.com")).Expect(202);

        unknown.Body.ShouldBe(known.Body);
        Headers(unknown).ShouldBe(Headers(known));
        (await _host.AllMails("no-one@example.com")).ShouldBeEmpty();
        (await _host.AllMails(Address))[^1].Subject.ShouldBe("Reset your password");

        // The way of the mails is blocked: what the requests have left can be compared.
        await using var server = new SmtpTestServer { Hangs = true };
        await using var host = await UsersHost.Start(SmtpHost.Settings(server));
        await host.Register("kim");
        await Eventually.Holds(() => server.Offered > 0, "the sender is busy");
        foreach (var address in new[] { Address, "no-one@example.com" })
        {
            (await host.Send("POST", "/auth/password/forgot", Json(("email", address)))).Expect(202);
        }
        var rows = await host.Rows("SELECT kind, user_id, language, attempts, LENGTH(error) FROM mails WHERE kind = 'password_reset'");
        rows.Count.ShouldBe(2);
        rows[0].ShouldBe(rows[1]);
        (await host.Rows("SELECT hash FROM mailed_tokens WHERE purpose = 'password_reset'")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_code_is_good_for_thirty_minutes()
    {
        var code = await Forgot();
        _host.Time.Advance(TimeSpan.FromMinutes(30));
        (await Reset(code)).Expect(404, "unknown_token");
        (await Reset("no-such-code")).Expect(404, "unknown_token");
        (await _host.TryLogin(Address, UsersHost.Password)).Expect(200);
    }

    [Fact]
    public async Task The_last_two_codes_both_work_until_one_is_used()
    {
        var (first, second) = (await Forgot(), await Forgot(2));
        (await Reset(first)).Expect(204);
        (await Reset(second)).Expect(404, "unknown_token");
    }

    [Fact]
    public async Task The_store_holds_no_code()
    {
        var code = await Forgot();
        (await _host.Rows("SELECT hash FROM mailed_tokens WHERE purpose = 'password_reset'")).Count.ShouldBe(1);
        (await _host.EveryText()).ShouldNotContain(text => text.Contains(code, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_rules_of_passwords_are_those_of_registering()
    {
        var code = await Forgot();
        foreach (var bad in new[] { "short 1", "password1", Address, "no digits here" })
        {
            (await Reset(code, bad)).Expect(422).Body!["errors"]!["new_password"].ShouldNotBeNull();
        }
        (await _host.Send("POST", "/auth/password/reset", "{}")).Expect(422).Body!["errors"]!.AsObject().Count.ShouldBe(2);
        (await Reset(code)).Expect(204);
    }

    [Fact]
    public async Task A_reset_ends_every_lock_of_the_account()
    {
        var device = (string)(await _host.TryLogin(Address, UsersHost.Password)).Expect(200).Body!["device_token"]!;
        foreach (var header in new[] { default((string, string)?), ("X-Device-Token", device) })
        {
            for (var i = 0; i < 10; i++)
            {
                _host.Time.Advance(TimeSpan.FromSeconds(16));
                (await _host.TryLogin(Address, "wrong password 1", header)).Expect(401);
            }
            (await _host.TryLogin(Address, UsersHost.Password, header)).Expect(429, "locked");
        }

        (await Reset(await Forgot())).Expect(204);

        (await _host.TryLogin(Address, NewPassword)).Expect(200);
        (await _host.TryLogin(Address, NewPassword, ("X-Device-Token", device))).Expect(200);
    }

    [Fact]
    public async Task A_reset_verifies_the_address_as_well()
    {
        (await Reset(await Forgot())).Expect(204);
        var token = (string)(await _host.TryLogin(Address, NewPassword)).Expect(200).Body!["access_token"]!;
        ((bool)(await _host.Send("GET", "/profile/me", token: token)).Body!["email_verified"]!).ShouldBeTrue();
    }

    [Fact]
    public async Task Of_many_resets_with_one_code_at_once_one_succeeds()
    {
        var code = await Forgot();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Reset(code, $"another secret {i}")));
        answers.Count(answer => answer.Status == 204).ShouldBe(1);
        answers.Count(answer => answer.Status == 404).ShouldBe(7);
    }

    [Fact]
    public async Task A_change_of_the_password_is_told_by_mail_and_ends_codes_that_were_mailed()
    {
        var code = await Forgot();
        var change = Json(("old_password", UsersHost.Password), ("new_password", NewPassword));
        (await _host.Send("PUT", "/auth/password", change, (await _host.Login("kim")).Access)).Expect(204);
        (await _host.AllMails(Address))[^1].Subject.ShouldBe("Your password was changed");
        (await Reset(code, "a third secret 7")).Expect(404, "unknown_token");
    }

    [Fact]
    public async Task An_address_gets_three_mails_of_a_kind_an_hour_and_the_answers_do_not_show_it()
    {
        await using var host = await UsersHost.Start(("Mail:PerAddressPerHour", "3"));
        await host.Register("kim");
        await host.Register("lee");
        for (var i = 0; i < 5; i++)
        {
            (await host.Send("POST", "/auth/password/forgot", Json(("email", "KIM@example.com")))).Expect(202);
            (await host.Send("POST", "/auth/email/resend", Json(("email", Address)))).Expect(202);
        }
        (await host.Send("POST", "/auth/password/forgot", Json(("email", "lee@example.com")))).Expect(202);
        // One of them is of the sign-up, which is another kind of request.
        (await host.AllMails(Address)).CountBy(mail => mail.Subject ?? "").ToDictionary().ShouldBe(
            new Dictionary<string, int> { ["Verify your e-mail address"] = 4, ["Reset your password"] = 3 }, ignoreOrder: true);
        (await host.AllMails("lee@example.com")).Count.ShouldBe(2);

        host.Time.Advance(TimeSpan.FromHours(1));
        (await host.Send("POST", "/auth/password/forgot", Json(("email", Address)))).Expect(202);
        (await host.AllMails(Address)).Count.ShouldBe(8);
    }

    [Fact]
    public async Task An_address_gets_four_times_as_many_mails_an_hour_by_requests_of_all_networks()
    {
        await using var host = await UsersHost.Start(("Mail:PerAddressPerHour", "3"));
        await host.Register("kim");
        for (var network = 2; network <= 6; network++)
        {
            host.ComeFrom($"127.0.0.{network}");
            for (var i = 0; i < 4; i++) (await host.Send("POST", "/auth/password/forgot", Json(("email", Address)))).Expect(202);
        }
        (await host.AllMails(Address)).Count(mail => mail.Subject == "Reset your password").ShouldBe(12);
    }

    [Fact]
    public async Task A_network_asks_for_mails_to_an_address_sixty_times_a_minute()
    {
        await using var host = await UsersHost.Start(("Users:SignInsPerMinute", "60"));
        for (var i = 0; i < 60; i++) (await host.Send("POST", "/auth/password/forgot", Json(("email", "new@example.com")))).Expect(202);
        (await host.Send("POST", "/auth/password/forgot", Json(("email", "new@example.com")))).Expect(429, "rate_limited");
        (await host.Send("POST", "/auth/email/resend", Json(("email", "NEW@example.com")))).Expect(429);
        // What is asked for one address is not in the way of the others of the network.
        (await host.Send("POST", "/auth/password/forgot", Json(("email", "other@example.com")))).Expect(202);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        (await host.Send("POST", "/auth/password/forgot", Json(("email", "new@example.com")))).Expect(202);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_new_password_ends_a_change_of_address_that_was_asked_for_with_the_old_one(bool byReset)
    {
        const string wanted = "stranger@example.net";
        var token = (await _host.Login("kim")).Access;
        (await _host.Send("PUT", "/auth/email", Json(("email", wanted), ("password", UsersHost.Password)), token)).Expect(202);
        var strangers = (await _host.Mail(wanted)).Code();

        if (byReset)
        {
            (await Reset(await Forgot())).Expect(204);
        }
        else
        {
            var change = Json(("old_password", UsersHost.Password), ("new_password", NewPassword));
            (await _host.Send("PUT", "/auth/password", change, token)).Expect(204);
        }

        (await _host.Send("POST", "/auth/email/verify", Json(("token", strangers)))).Expect(404, "unknown_token");
        (await _host.TryLogin(Address, NewPassword)).Expect(200);
    }

    [Fact]
    public async Task A_code_is_presented_sixty_times_a_minute_and_guesses_do_not_count_for_it()
    {
        await using var host = await UsersHost.Start(("Users:SignInsPerMinute", "60"));
        await host.Register("kim");
        var code = (await host.Mail(Address)).Code();
        for (var i = 0; i < 100; i++) (await host.Send("POST", "/auth/email/verify", Json(("token", $"guess {i}")))).Expect(404);
        (await host.Send("POST", "/auth/email/verify", Json(("token", code)))).Expect(204);

        var body = Json(("token", code), ("new_password", NewPassword));
        for (var i = 0; i < 59; i++) (await host.Send("POST", "/auth/password/reset", body)).Expect(404);
        (await host.Send("POST", "/auth/password/reset", body)).Expect(429, "rate_limited");
        (await host.Send("POST", "/auth/email/verify", Json(("token", code)))).Expect(429, "rate_limited");
    }

    [Fact]
    public async Task Mails_are_files_that_only_the_servers_account_reads_and_that_are_deleted_after_a_week()
    {
        await Forgot();
        var folder = new DirectoryInfo(_host.MailFolder);
        folder.UnixFileMode.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        folder.GetFiles().Length.ShouldBeGreaterThan(1);
        folder.GetFiles().ShouldAllBe(file => file.UnixFileMode == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        folder.GetFiles().ShouldAllBe(file => !file.Name.Contains("kim"));

        foreach (var file in folder.GetFiles()) file.LastWriteTimeUtc = _host.Time.GetUtcNow().UtcDateTime;
        var transport = _host.Services.GetRequiredService<BigTech.Users.Mailing.IMailTransport>();
        _host.Time.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1));
        transport.DeleteOld();
        folder.GetFiles().ShouldNotBeEmpty();
        _host.Time.Advance(TimeSpan.FromMinutes(2));
        transport.DeleteOld();
        folder.GetFiles().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_has_expired_is_deleted()
    {
        await Forgot();
        _host.Time.Advance(TimeSpan.FromHours(25));
        await _host.Services.GetRequiredService<AddressRepository>().DeleteOld(TestContext.Current.CancellationToken);
        (await _host.Rows("SELECT hash FROM mailed_tokens")).ShouldBeEmpty();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static string Json(params (string Name, string Value)[] fields) =>
        new JsonObject(fields.Select(field => KeyValuePair.Create(field.Name, (JsonNode?)field.Value))).ToJsonString();

    private static Dictionary<string, string?> Headers(Answer answer) => answer.Response.Headers.Concat(answer.Response.Content.Headers)
        .Where(header => header.Key != "Date").ToDictionary(header => header.Key, header => (string?)string.Join(',', header.Value));

    private Task<Answer> Ask(string address) => _host.Send("POST", "/auth/password/forgot", Json(("email", address)));

    /// <param name="count">Which mail of this kind it will be.</param>
    private async Task<string> Forgot(int count = 1)
    {
        (await Ask(Address)).Expect(202);
        // The first mail is that of the registration.
        return (await _host.Mail(Address, count + 1)).Code();
    }

    private Task<Answer> Reset(string code, string password = NewPassword) =>
        _host.Send("POST", "/auth/password/reset", Json(("token", code), ("new_password", password)));
}
