using System.Text.Json.Nodes;
using BigTech.Tests.Testing.Mail;
using MimeKit;

namespace BigTech.Tests.Integration.Users;

public sealed class VerifiedAddressHttpTests : IAsyncLifetime
{
    private const string Old = "kim@example.com", New = "kim@example.org";
    private UsersHost _host = null!;
    private string _token = "";

    public async ValueTask InitializeAsync()
    {
        _host = await UsersHost.Start();
        await _host.Register("kim");
        _token = (await _host.Login("kim")).Access;
    }

    [Fact]
    public async Task A_new_account_is_verified_by_the_code_of_its_mail_once()
    {
        (await Mine()).ShouldBe((Old, false));
        var mail = await _host.Mail(Old);
        mail.Subject.ShouldBe("Verify your e-mail address");
        mail.Text().ShouldContain("http://localhost:8000/verify-email#token=");

        (await Verify(mail.Code())).Expect(204);

        (await Mine()).ShouldBe((Old, true));
        (await Verify(mail.Code())).Expect(404, "unknown_token");
        (await _host.Send("GET", $"/users/{await Id("kim")}", token: await Other())).Expect(200).Body!["email_verified"].ShouldBeNull();
    }

    [Fact]
    public async Task Another_mail_is_sent_as_long_as_there_is_something_to_verify()
    {
        await Resend(Old);
        var second = await _host.Mail(Old, 2);
        (await Verify(second.Code())).Expect(204);
        await Resend(Old);
        await Resend("no-one@example.com");
        (await _host.AllMails(Old)).Count.ShouldBe(2);
        (await _host.AllMails("no-one@example.com")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_code_is_good_for_a_day()
    {
        var code = (await _host.Mail(Old)).Code();
        _host.Time.Advance(TimeSpan.FromHours(24));
        (await Verify(code)).Expect(404, "unknown_token");
    }

    [Fact]
    public async Task An_address_counts_when_it_is_verified_and_the_former_one_is_told()
    {
        (await Change(New)).Expect(202).Body.ShouldBeNull();
        (await Mine()).ShouldBe((Old, false));
        (await _host.TryLogin(New, UsersHost.Password)).Expect(401);

        (await Verify((await _host.Mail(New)).Code())).Expect(204);

        (await Mine()).ShouldBe((New, true));
        (await _host.TryLogin(New, UsersHost.Password)).Expect(200);
        (await _host.TryLogin(Old, UsersHost.Password)).Expect(401);
        (await _host.AllMails(Old))[^1].Subject.ShouldBe("Your e-mail address was changed");
        (await _host.AllMails(Old))[^1].ToString().ShouldNotContain(New);
        (await _host.Send("POST", "/auth/register", UsersHost.Account("kim_2", Old))).Expect(201);
    }

    [Fact]
    public async Task Codes_that_went_to_the_former_address_open_nothing()
    {
        (await _host.Send("POST", "/auth/password/forgot", Json(("email", Old)))).Expect(202);
        var reset = (await _host.Mail(Old, 2)).Code();
        var verify = (await _host.Mail(Old)).Code();
        (await Change(New)).Expect(202);
        (await Verify((await _host.Mail(New)).Code())).Expect(204);
        (await _host.Send("POST", "/auth/password/reset", Json(("token", reset), ("new_password", "another secret 5")))).Expect(404);
        (await Verify(verify)).Expect(404);
        (await Mine()).ShouldBe((New, true));
    }

    [Fact]
    public async Task A_change_needs_the_password_and_guesses_are_counted()
    {
        for (var i = 0; i < 5; i++) (await Change(New, $"guess number {i}")).Expect(403, "wrong_password");
        (await Change(New, "guess number 5")).Expect(429, "slow_down");
        (await _host.Send("PUT", "/auth/email", "{}", _token)).Expect(422).Body!["errors"]!.AsObject().Count.ShouldBe(2);
        (await _host.Send("PUT", "/auth/email", Json(("email", New), ("password", UsersHost.Password)))).Expect(401);
        (await _host.AllMails(New)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_address_of_another_account_is_answered_alike_and_its_holder_is_told()
    {
        await _host.Register("lee");
        var (taken, free) = (await Change("LEE@example.com"), await Change(New));
        (taken.Status, taken.Body?.ToJsonString()).ShouldBe((free.Status, free.Body?.ToJsonString()));
        taken.Expect(202);
        // It goes to the address as the account has it.
        (await _host.AllMails("lee@example.com"))[^1].Subject.ShouldBe("You already have an account");
    }

    [Fact]
    public async Task Of_two_accounts_that_want_one_address_the_first_to_verify_gets_it()
    {
        await _host.Register("lee");
        var lee = (await _host.Login("lee")).Access;
        (await Change(New)).Expect(202);
        var other = New.ToUpperInvariant();
        (await _host.Send("PUT", "/auth/email", Json(("email", other), ("password", UsersHost.Password)), lee)).Expect(202);
        var (kims, lees) = ((await _host.Mail(New)).Code(), (await _host.Mail(other)).Code());

        var answers = await Task.WhenAll(Verify(kims), Verify(lees));

        answers.Select(answer => answer.Status).ShouldBe([204, 409], ignoreOrder: true);
        answers.Single(answer => answer.Status == 409).Code.ShouldBe("email_taken");
        (await _host.Rows("SELECT id FROM users WHERE email_key = 'kim@example.org'")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Only_the_last_wish_of_a_user_counts()
    {
        (await Change("typo@example.org")).Expect(202);
        var typo = (await _host.Mail("typo@example.org")).Code();
        (await Change(New)).Expect(202);
        (await Verify(typo)).Expect(404, "unknown_token");
        (await Verify((await _host.Mail(New)).Code())).Expect(204);
        (await Mine()).ShouldBe((New, true));
    }

    [Fact]
    public async Task Another_spelling_of_ones_own_address_is_told_to_no_other()
    {
        (await Change("Kim@Example.com")).Expect(202);
        (await Verify((await _host.Mail("Kim@Example.com")).Code())).Expect(204);
        (await Mine()).ShouldBe(("Kim@Example.com", true));
        (await _host.AllMails(Old)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_mail_is_in_the_language_of_the_request_as_text_and_as_HTML()
    {
        var content = new StringContent(Json(("email", Old)), System.Text.Encoding.UTF8, "application/json");
        (await _host.Send("POST", "/auth/email/resend", content, null, ("Accept-Language", "fr;q=0.9, ko-KR;q=0.8, en;q=0.5"))).Expect(202);
        var mail = await _host.Mail(Old, 2);
        mail.Subject.ShouldBe("이메일 주소 확인");
        var body = mail.Body.ShouldBeOfType<MultipartAlternative>();
        body.Select(part => part.ContentType.MimeType).ShouldBe(["text/plain", "text/html"]);
        mail.Html().ShouldContain(mail.Code());
        (await Verify(mail.Code())).Expect(204);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static string Json(params (string Name, string Value)[] fields) =>
        new JsonObject(fields.Select(field => KeyValuePair.Create(field.Name, (JsonNode?)field.Value))).ToJsonString();

    private async Task<(string Email, bool IsVerified)> Mine()
    {
        var body = (await _host.Send("GET", "/profile/me", token: _token)).Expect(200).Body!;
        return ((string)body["email"]!, (bool)body["email_verified"]!);
    }

    private async Task<string> Other()
    {
        await _host.Register("lee");
        return (await _host.Login("lee")).Access;
    }

    private async Task<string> Id(string username) =>
        (await _host.Rows($"SELECT id FROM users WHERE username = '{username}'")).Single()["id=".Length..];

    private Task<Answer> Change(string email, string password = UsersHost.Password) =>
        _host.Send("PUT", "/auth/email", Json(("email", email), ("password", password)), _token);

    private Task<Answer> Verify(string code) => _host.Send("POST", "/auth/email/verify", Json(("token", code)));

    private async Task Resend(string email) => (await _host.Send("POST", "/auth/email/resend", Json(("email", email)))).Expect(202);
}
