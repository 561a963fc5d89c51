using BigTech.Tests.Testing;
using BigTech.Tests.Testing.Mail;

namespace BigTech.Tests.EndToEnd.Accounts;

/// <summary>What the holder of a mailbox can do, in one process with mails as files, and in several with a mail server.</summary>
[Scenarios]
public sealed class MailScenarios(SharedServer server)
{
    private const string NewPassword = "staple-correct-8";

    [Fact]
    public async Task A_forgotten_password_is_replaced_by_mail()
    {
        var user = await server.NewUser();
        var other = await user.SignInAgain();
        var unknown = await server.Anonymous.Post("/auth/password/forgot", new { email = $"{User.NewName()}@example.org" });
        var known = await server.Anonymous.Post("/auth/password/forgot", new { email = user.Account.Email });
        (known.ShouldBe(202).Text, unknown.ShouldBe(202).Text).ShouldBe(("", ""));
        var code = (await server.Mail(user.Account.Email, "Reset your password")).Code();

        (await server.Anonymous.Post("/auth/password/reset", new { token = code, new_password = NewPassword })).ShouldBe(204);

        foreach (var session in new[] { user, other })
            await Eventually.Holds(async () => !await session.IsSignedIn(), "all sessions end everywhere");
        (await server.Anonymous.Post("/auth/login", new { email = user.Account.Email, password = user.Password })).ShouldBe(401);
        (await server.Anonymous.Post("/auth/login", new { email = user.Account.Email, password = NewPassword })).ShouldBe(200);
        (await server.Anonymous.Post("/auth/password/reset", new { token = code, new_password = "third-horse-9" }))
            .ShouldBeProblem(404, "unknown_token");
        await server.Mail(user.Account.Email, "Your password was changed");
    }

    [Fact]
    public async Task An_address_is_verified_and_changed_by_mail()
    {
        var user = await server.NewUser();
        (await Mine(user)).ShouldBe((user.Account.Email, false));
        await Verify((await server.Mail(user.Account.Email, "Verify your e-mail address")).Code());
        (await Mine(user)).ShouldBe((user.Account.Email, true));

        var next = $"{User.NewName()}@example.org";
        (await user.Api.Put("/auth/email", new { email = next, password = "not the password 1" })).ShouldBeProblem(403, "wrong_password");
        (await user.Api.Put("/auth/email", new { email = next, password = user.Password })).ShouldBe(202);
        await Verify((await server.Mail(next, "Verify your e-mail address")).Code());

        (await Mine(user)).ShouldBe((next, true));
        await server.Mail(user.Account.Email, "Your e-mail address was changed");
    }

    private async Task Verify(string code) => (await server.Anonymous.Post("/auth/email/verify", new { token = code })).ShouldBe(204);

    private static async Task<(string?, bool)> Mine(User user)
    {
        var profile = (await user.Api.Get("/profile/me")).ShouldBe(200).Json;
        return (profile.GetProperty("email").GetString(), profile.GetProperty("email_verified").GetBoolean());
    }
}

/// <summary>A server that requires verified addresses and sends its mails over TLS with an account.</summary>
public sealed class RequiredMailScenarios
{
    [Fact]
    public async Task Registering_says_nothing_about_an_address_and_mails_go_over_TLS_with_an_account()
    {
        using var authority = new TestAuthority();
        await using var mail = new SmtpTestServer(authority.Certificate, ("chat", "secret of chat"));
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["password"], "secret of chat\n", TestContext.Current.CancellationToken);
        await using var server = await ServerProcess.Start(
            ("Users__RequireVerifiedEmail", "true"), ("Mail__SmtpHost", "127.0.0.1"), ("Mail__SmtpPort", $"{mail.Port}"),
            ("Mail__SmtpUser", "chat"), ("Mail__SmtpPasswordFile", folder["password"]), ("Mail__FromAddress", "chat@example.org"),
            ("Mail__PublicUrl", "https://chat.example.org"), ("SSL_CERT_FILE", authority.RootFile));
        var (address, password) = ($"{User.NewName()}@example.org", "horse-battery-7");

        var first = await Register(User.NewName());
        (await SignIn()).ShouldBeProblem(403, "email_not_verified");
        await Delivered(1);
        (await server.Anonymous.Post("/auth/email/verify", new { token = mail.Messages[0].Code() })).ShouldBe(204);
        (await SignIn()).ShouldBe(200);

        var second = await Register(User.NewName());
        (second.Status, second.Text).ShouldBe((first.Status, first.Text));
        await Delivered(2);
        mail.Messages[1].Subject.ShouldBe("You already have an account");
        mail.WasAlwaysEncrypted.ShouldBeTrue();
        server.Output.ShouldNotContain(address);

        async Task<Answer> Register(string username) =>
            (await server.Anonymous.Post("/auth/register", new { email = address, username, password })).ShouldBe(202);

        Task<Answer> SignIn() => server.Anonymous.Post("/auth/login", new { email = address, password });

        Task Delivered(int count) => Eventually.Holds(() => mail.Messages.Count == count, $"{count} mails");
    }

    [Fact]
    public async Task A_wrong_password_of_the_mail_server_is_in_the_log_and_keeps_the_mails()
    {
        using var authority = new TestAuthority();
        await using var mail = new SmtpTestServer(authority.Certificate, ("chat", "secret of chat"));
        await using var server = await ServerProcess.Start(
            ("Mail__SmtpHost", "127.0.0.1"), ("Mail__SmtpPort", $"{mail.Port}"), ("Mail__SmtpUser", "chat"),
            ("Mail__SmtpPassword", "a wrong secret"), ("Mail__FromAddress", "chat@example.org"),
            ("Mail__PublicUrl", "https://chat.example.org"), ("SSL_CERT_FILE", authority.RootFile));
        await server.NewUser();

        await Eventually.Holds(() => server.Output.Contains("wrong user or password", StringComparison.Ordinal), "a line in the log");
        await Eventually.Holds(async () => (await server.Metrics()).Sum("bigtech_mail_waiting") == 1, "a mail that waits");
        server.Output.ShouldNotContain("a wrong secret");
        mail.Messages.ShouldBeEmpty();
    }
}
