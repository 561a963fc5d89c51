using System.Text.Json.Nodes;
using BigTech.Tests.Testing.Mail;
using BigTech.Users.Passwords;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Tests.Integration.Users;

/// <summary>With <c>Users:RequireVerifiedEmail</c>, nothing tells whether an address has an account but the mails to it.</summary>
public sealed class RequiredVerificationHttpTests : IAsyncLifetime
{
    private const string Known = "kim@example.com", New = "lee@example.com", Chosen = "chosen secret 5";
    private UsersHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await UsersHost.Start(("Users:RequireVerifiedEmail", "true"));
        (await Register(Known, "kim", UsersHost.Password)).Expect(202);
        (await Verify((await _host.Mail(Known)).Code())).Expect(204);
    }

    [Fact]
    public async Task An_account_exists_when_its_address_is_verified()
    {
        (await Register(New, "lee")).Expect(202).Body.ShouldBeNull();
        var mail = await _host.Mail(New);
        mail.Subject.ShouldBe("Finish your registration");
        (await _host.Rows("SELECT id FROM users")).Count.ShouldBe(1);
        (await _host.TryLogin(New, Chosen)).Expect(403, "email_not_verified");
        (await _host.TryLogin(New, "another secret 6")).Expect(401, "invalid_credentials");

        (await Verify(mail.Code())).Expect(204);

        (await _host.TryLogin(New, Chosen)).Expect(200);
        (await Verify(mail.Code())).Expect(404, "unknown_token");
        (await _host.Rows("SELECT email FROM registrations")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Registering_a_known_address_looks_like_registering_a_new_one()
    {
        var hashing = _host.Services.GetRequiredService<PasswordHashing>();
        var (known, costOfKnown) = await Measure(() => Register(Known.ToUpperInvariant(), "park"));
        var (fresh, costOfFresh) = await Measure(() => Register(New, "lee"));

        known.Status.ShouldBe(fresh.Status);
        known.Body.ShouldBe(fresh.Body);
        Headers(known).ShouldBe(Headers(fresh));
        costOfKnown.ShouldBe(costOfFresh);
        (await _host.Rows("SELECT username FROM registrations ORDER BY username")).ShouldBe(["username=lee", "username=park"]);
        var mail = (await _host.AllMails(Known))[^1];
        mail.Subject.ShouldBe("You already have an account");
        mail.Text().ShouldNotContain("#token=");
        (await _host.AllMails(New)).ShouldHaveSingleItem().Subject.ShouldBe("Finish your registration");

        async Task<(Answer Answer, long Cost)> Measure(Func<Task<Answer>> register)
        {
            var before = hashing.Spent;
            return (await register(), hashing.Spent - before);
        }
    }

    [Fact]
    public async Task The_username_of_a_registration_is_reserved_whether_or_not_its_address_has_an_account()
    {
        (await Register(Known, "park")).Expect(202);
        (await Register(New, "lee")).Expect(202);
        foreach (var name in new[] { "PARK", "lee" })
        {
            (await Register("choi@example.com", name)).Expect(409, "username_taken");
        }
        _host.Time.Advance(TimeSpan.FromHours(24));
        (await Register("choi@example.com", "park")).Expect(202);
        (await Register("jung@example.com", "lee")).Expect(202);
    }

    [Fact]
    public async Task The_password_of_a_registration_tells_nothing_about_its_address_either()
    {
        var hashing = _host.Services.GetRequiredService<PasswordHashing>();
        (await Register(Known, "park")).Expect(202);
        (await Register(New, "lee")).Expect(202);
        var costs = new List<long>();
        foreach (var (address, password, status) in new[]
        {
            (Known, Chosen, 403), (New, Chosen, 403), (Known, "wrong password 1", 401), (New, "wrong password 1", 401),
            ("no-one@example.com", "wrong password 1", 401),
        })
        {
            var before = hashing.Spent;
            (await _host.TryLogin(address, password)).Expect(status);
            costs.Add(hashing.Spent - before);
        }
        costs.Distinct().ShouldHaveSingleItem();
        (await _host.TryLogin(Known, UsersHost.Password)).Expect(200);
    }

    [Fact]
    public async Task Sign_ins_before_the_verification_are_no_failures()
    {
        (await Register(Known, "park")).Expect(202);
        for (var i = 0; i < 20; i++) (await _host.TryLogin(Known, Chosen)).Expect(403, "email_not_verified");
        (await _host.TryLogin(Known, UsersHost.Password)).Expect(200);
    }

    [Theory]
    [InlineData("lee", 0)]
    [InlineData("lee", 1)]
    [InlineData("lee_2", 0)]
    [InlineData("lee_2", 1)]
    public async Task Of_several_registrations_of_an_address_the_code_and_the_password_finish_one(string otherName, int wanted)
    {
        string[] passwords = [Chosen, "second secret 6"];
        (await Register(New, "lee", passwords[0])).Expect(202);
        (await Register(New, otherName, passwords[1])).Expect(202);
        (await _host.AllMails(New)).Count.ShouldBe(2);
        var code = (await _host.Mail(New, wanted + 1)).Code();
        var (own, other) = (passwords[wanted], passwords[1 - wanted]);
        (await Verify(code)).Expect(403, "password_required");
        (await Verify(code, other)).Expect(403, "wrong_password");
        (await _host.Rows("SELECT id FROM users")).Count.ShouldBe(1);

        (await Verify(code, own)).Expect(204);

        (await _host.TryLogin(New, other)).Expect(401);
        (await _host.TryLogin(New, own)).Expect(200);
        (await Verify((await _host.Mail(New, 2 - wanted)).Code(), other)).Expect(404, "unknown_token");
        (await _host.Rows("SELECT email FROM registrations")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_code_alone_is_not_enough_for_what_is_left_of_several_registrations()
    {
        (await Register(New, "lee", "second secret 6")).Expect(202);
        _host.Time.Advance(TimeSpan.FromHours(12));
        (await Register(New, "lee", "a stranger 7")).Expect(202);
        (await _host.AllMails(New)).Count.ShouldBe(2);
        _host.Time.Advance(TimeSpan.FromHours(12.5));

        var code = (await _host.Mail(New, 2)).Code();
        (await Verify(code)).Expect(403, "password_required");
        (await Verify(code, "second secret 6")).Expect(403, "wrong_password");
    }

    [Fact]
    public async Task A_sign_up_that_is_too_much_for_the_address_still_says_that_the_others_are_not_the_only_ones()
    {
        await using var host = await UsersHost.Start(("Users:RequireVerifiedEmail", "true"), ("Mail:PerAddressPerHour", "1"));
        (await host.Send("POST", "/auth/register", UsersHost.Account("stranger", New))).Expect(202);
        (await host.Send("POST", "/auth/register", UsersHost.Account("lee", New))).Expect(202);

        (await host.Send("POST", "/auth/email/verify", Json(("token", (await host.Mail(New)).Code())))).Expect(403, "password_required");
    }

    [Fact]
    public async Task A_stranger_who_registers_the_address_does_not_keep_an_old_account_from_verifying_it()
    {
        await using var host = await UsersHost.Start();
        await host.Register("kim");
        await host.AllMails(Known);
        await host.Restart(("Users:RequireVerifiedEmail", "true"));
        (await host.Send("POST", "/auth/register", UsersHost.Account("stranger", Known))).Expect(202);
        var before = (await host.AllMails(Known)).Count;

        (await host.Send("POST", "/auth/email/resend", Json(("email", Known)))).Expect(202);

        var mail = (await host.AllMails(Known))[before..].ShouldHaveSingleItem();
        (await host.Send("POST", "/auth/email/verify", Json(("token", mail.Code())))).Expect(204);
        (await host.TryLogin(Known, UsersHost.Password)).Expect(200);
    }

    [Fact]
    public async Task Who_guesses_the_password_of_a_registration_is_throttled()
    {
        (await Register(New, "lee")).Expect(202);
        (await Register(New, "lee")).Expect(202);
        var code = (await _host.Mail(New)).Code();
        var answers = new List<Answer>();
        for (var i = 0; i < 12; i++) answers.Add(await Verify(code, $"a guess {i}"));
        answers[^1].Expect(429).Code.ShouldBeOneOf("slow_down", "locked");
    }

    [Fact]
    public async Task Another_mail_is_sent_for_each_registration_of_an_address()
    {
        (await Register(New, "lee")).Expect(202);
        (await Register(New, "lee_2", "second secret 6")).Expect(202);
        (await _host.AllMails(New)).Count.ShouldBe(2);
        (await _host.Send("POST", "/auth/email/resend", Json(("email", New)))).Expect(202);
        var again = (await _host.AllMails(New))[2..];
        again.Count.ShouldBe(2);
        var mine = again.Single(mail => mail.Text().Contains("lee_2", StringComparison.Ordinal));
        (await Verify(mine.Code(), "second secret 6")).Expect(204);
        (await _host.TryLogin(New, "second secret 6")).Expect(200);
    }

    [Fact]
    public async Task Another_mail_is_sent_for_a_registration()
    {
        (await Register(New, "lee")).Expect(202);
        (await _host.Send("POST", "/auth/email/resend", Json(("email", New)))).Expect(202);
        (await Verify((await _host.Mail(New, 2)).Code())).Expect(204);
        (await _host.TryLogin(New, Chosen)).Expect(200);
    }

    [Fact]
    public async Task How_often_others_have_registered_an_address_does_not_show()
    {
        await using var host = await UsersHost.Start(("Users:RequireVerifiedEmail", "true"), ("Mail:PerAddressPerHour", "3"));
        var answers = new List<Answer>();
        for (var i = 0; i < 4; i++)
        {
            answers.Add((await host.Send("POST", "/auth/register", UsersHost.Account($"kim_{i}", Known))).Expect(202));
        }
        answers.ShouldAllBe(answer => answer.Body == null);
        foreach (var answer in answers) Headers(answer).ShouldBe(Headers(answers[0]));
        (await host.AllMails(Known)).Count.ShouldBe(3);
        // What was too much has changed nothing: the name is free, and the codes of the mails work.
        (await host.Send("POST", "/auth/register", UsersHost.Account("kim_3", New))).Expect(202);
        var body = Json(("token", (await host.Mail(Known, 3)).Code()), ("password", UsersHost.Password));
        (await host.Send("POST", "/auth/email/verify", body)).Expect(204);
    }

    [Fact]
    public async Task Strangers_cannot_use_up_the_mails_that_an_address_needs()
    {
        await using var host = await UsersHost.Start(("Users:RequireVerifiedEmail", "true"), ("Mail:PerAddressPerHour", "3"));
        for (var i = 0; i < 5; i++)
        {
            (await host.Send("POST", "/auth/register", UsersHost.Account($"kim_{i}", Known))).Expect(202);
            (await host.Send("POST", "/auth/email/resend", Json(("email", Known)))).Expect(202);
            (await host.Send("POST", "/auth/password/forgot", Json(("email", Known)))).Expect(202);
        }
        var before = (await host.AllMails(Known)).Count;

        host.ComeFrom("127.0.0.2");
        (await host.Send("POST", "/auth/register", UsersHost.Account("kim", Known))).Expect(202);

        (await host.AllMails(Known)).Count.ShouldBe(before + 1);
    }

    [Fact]
    public async Task An_account_from_before_signs_in_after_its_address_is_verified()
    {
        await using var host = await UsersHost.Start();
        await host.Register("kim");
        await host.AllMails(Known);
        await host.Restart(("Users:RequireVerifiedEmail", "true"));

        (await host.TryLogin(Known, UsersHost.Password)).Expect(403, "email_not_verified");
        (await host.TryLogin(Known, "wrong password 1")).Expect(401, "invalid_credentials");
        (await host.Send("POST", "/auth/email/resend", Json(("email", Known)))).Expect(202);
        (await host.Send("POST", "/auth/email/verify", Json(("token", (await host.Mail(Known, 2)).Code())))).Expect(204);
        (await host.TryLogin(Known, UsersHost.Password)).Expect(200);
    }

    [Fact]
    public async Task A_registration_has_no_password_to_reset()
    {
        (await Register(New, "lee")).Expect(202);
        (await _host.Send("POST", "/auth/password/forgot", Json(("email", New)))).Expect(202);
        (await _host.AllMails(New)).ShouldHaveSingleItem().Subject.ShouldBe("Finish your registration");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static string Json(params (string Name, string Value)[] fields) =>
        new JsonObject(fields.Select(field => KeyValuePair.Create(field.Name, (JsonNode?)field.Value))).ToJsonString();

    private static Dictionary<string, string?> Headers(Answer answer) => answer.Response.Headers.Concat(answer.Response.Content.Headers)
        .Where(header => header.Key != "Date").ToDictionary(header => header.Key, header => (string?)string.Join(',', header.Value));

    private Task<Answer> Register(string email, string username, string password = Chosen) =>
        _host.Send("POST", "/auth/register", Json(("email", email), ("username", username), ("password", password)));

    private Task<Answer> Verify(string code, string? password = null) => _host.Send(
        "POST", "/auth/email/verify", password is null ? Json(("token", code)) : Json(("token", code), ("password", password)));
}
