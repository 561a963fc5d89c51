using BigTech.Tests.Testing;
using BigTech.Tests.Testing.Mail;
using BigTech.Users.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Tests.Integration.Users;

/// <summary>From a registration to a mail server that accepts, refuses, hangs, or is away.</summary>
public sealed class MailDeliveryTests : IAsyncLifetime
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private readonly SmtpTestServer _server = new();
    private UsersHost _host = null!;

    // Only what hangs may time out: the clock of the host does not move by itself, and with it no second attempt comes.
    public async ValueTask InitializeAsync() => _host = await UsersHost.Start(SmtpHost.Settings(_server, ("Mail:TimeoutSeconds", "60")));

    [Fact]
    public async Task A_mail_goes_to_the_mail_server()
    {
        await _host.Register("kim");
        await IsDelivered(1);
        var mail = _server.Messages.ShouldHaveSingleItem();
        mail.To().ShouldBe("kim@example.com");
        mail.From.ToString().ShouldBe("\"BigTech Chat\" <chat@example.org>");
        mail.Text().ShouldContain($"https://chat.example.org/verify-email#token={mail.Code()}");
        (await Depth()).ShouldBe(new MailDepth(0, null, 0));
        Directory.Exists(_host.MailFolder).ShouldBeFalse();
    }

    [Fact]
    public async Task A_mail_that_is_refused_for_ever_is_a_dead_letter_and_the_others_go_on()
    {
        _server.AnswerTo = address => address.StartsWith("kim@", StringComparison.Ordinal) ? SmtpTestServer.Permanent : null;
        await _host.Register("kim");
        await _host.Register("lee");
        await IsDelivered(1);
        _server.Messages.Single().To().ShouldBe("lee@example.com");
        (await Depth()).ShouldBe(new MailDepth(0, null, 1));
        (await _host.Rows("SELECT error FROM mails")).Single().ShouldContain("no such user");

        _host.Time.Advance(TimeSpan.FromDays(30));
        await _host.Services.GetRequiredService<AddressRepository>().DeleteOld(Ct);
        (await Depth()).DeadLetters.ShouldBe(0);
    }

    [Fact]
    public async Task A_mail_that_is_refused_for_now_is_sent_later_with_the_same_code()
    {
        _server.AnswerTo = _ => SmtpTestServer.Temporary;
        await _host.Register("kim");
        await Eventually.Holds(async () => await Error() is { Length: > 0 }, "a first attempt");
        (await Error())!.ShouldContain("full");
        _server.AnswerTo = _ => null;
        await AfterTime(TimeSpan.FromSeconds(45), () => _server.Messages.Count == 1);
        await Verifies(_server.Messages.Single().Code());
    }

    [Fact]
    public async Task After_eight_attempts_a_mail_is_a_dead_letter()
    {
        _server.AnswerTo = _ => SmtpTestServer.Temporary;
        await _host.Register("kim");
        await AfterTime(TimeSpan.FromMinutes(5), async () => await Depth() == new MailDepth(0, null, 1));
        (await _host.Rows("SELECT attempts FROM mails")).ShouldBe(["attempts=8"]);
        _server.AnswerTo = _ => null;
        await _host.Register("lee");
        await IsDelivered(1);
        _server.Messages.Single().To().ShouldBe("lee@example.com");
    }

    [Fact]
    public async Task A_server_that_hangs_costs_a_time_out_and_another_attempt()
    {
        await _host.Restart(("Mail:TimeoutSeconds", "1"));
        _server.Hangs = true;
        await _host.Register("kim");
        await Eventually.Holds(async () => await Error() is { Length: > 0 }, "a time-out");
        _server.Hangs = false;
        await AfterTime(TimeSpan.FromSeconds(45), () => _server.Messages.Count == 1);
    }

    [Fact]
    public async Task While_the_server_is_away_all_mails_wait_and_none_is_lost()
    {
        await _server.GoAway();
        foreach (var name in new[] { "kim", "lee", "park" }) await _host.Register(name);
        await Eventually.Holds(async () => await Error() is { Length: > 0 }, "it was tried");
        for (var i = 0; i < 20; i++)
        {
            _host.Time.Advance(TimeSpan.FromMinutes(5));
            await Task.Yield();
        }
        (await Depth()).Waiting.ShouldBe(3);
        _server.ComeBack();
        await AfterTime(TimeSpan.FromMinutes(6), () => _server.Messages.Count == 3);
        // The code is good for a day from when it was sent.
        await Verifies(_server.Messages[0].Code());
        await Eventually.Holds(async () => await Depth() == new MailDepth(0, null, 0), "an empty outbox");
    }

    [Fact]
    public async Task A_mail_that_is_of_no_use_any_more_is_not_sent()
    {
        await _host.Register("kim");
        await IsDelivered(1);
        await _server.GoAway();
        (await _host.Send("POST", "/auth/password/forgot", """{"email":"kim@example.com"}""")).Expect(202);
        await Eventually.Holds(async () => await Error() is { Length: > 0 }, "it was tried");
        _host.Time.Advance(TimeSpan.FromMinutes(31));
        _server.ComeBack();
        await AfterTime(TimeSpan.FromMinutes(6), async () => await Depth() == new MailDepth(0, null, 1));
        _server.Messages.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_server_without_TLS_gets_no_mail_where_TLS_is_required()
    {
        await using var host = await UsersHost.Start(SmtpHost.Settings(_server, ("Mail:SmtpSecurity", "starttls")));
        await host.Register("kim");
        await Eventually.Holds(async () => (await host.Rows("SELECT error FROM mails")).Single().Length > "error=".Length, "it was tried");
        (await host.Rows("SELECT attempts FROM mails")).ShouldBe(["attempts=0"]);
        _server.Offered.ShouldBe(0);
    }

    [Fact]
    public async Task A_server_whose_certificate_is_not_trusted_gets_no_mail()
    {
        using var authority = new TestAuthority();
        await using var server = new SmtpTestServer(authority.Certificate);
        await using var host = await UsersHost.Start(SmtpHost.Settings(server, ("Mail:SmtpSecurity", "starttls")));
        await host.Register("kim");
        await Eventually.Holds(async () => (await host.Rows("SELECT error FROM mails")).Single().Length > "error=".Length, "it was tried");
        server.Offered.ShouldBe(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _server.DisposeAsync();
    }

    private async Task<MailDepth> Depth() => await _host.Services.GetRequiredService<MailOutbox>().Depth(Ct);

    private Task IsDelivered(int count) => Eventually.Holds(
        async () => _server.Messages.Count == count && (await Depth()).Waiting == 0, $"{count} mails are delivered");

    private async Task<string?> Error() =>
        (await _host.Rows("SELECT error FROM mails WHERE error IS NOT NULL")).FirstOrDefault()?["error=".Length..];

    private async Task Verifies(string code) =>
        (await _host.Send("POST", "/auth/email/verify", $$"""{"token":"{{code}}"}""")).Expect(204);

    private Task AfterTime(TimeSpan step, Func<bool> condition) => AfterTime(step, () => Task.FromResult(condition()));

    /// <summary>Moves the clock in steps until the condition holds: a round may begin a moment after a step.</summary>
    private Task AfterTime(TimeSpan step, Func<Task<bool>> condition) => Eventually.Holds(
        async () =>
        {
            if (await condition()) return true;
            _host.Time.Advance(step);
            return await condition();
        },
        "it holds after some time");
}
