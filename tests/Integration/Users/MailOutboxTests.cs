using BigTech.Tests.Integration.Sql;
using BigTech.Users.Domain;
using BigTech.Users.Storage;

namespace BigTech.Tests.Integration.Users;

public abstract class MailOutboxSuite(TestEngine engine) : IDisposable
{
    private static readonly MailRules Rules = new(3, TimeSpan.FromMinutes(2));
    private static readonly byte[] Key = new byte[32];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private readonly UsersStore _store = new(engine);

    [Fact]
    public async Task A_mail_of_a_write_that_fails_does_not_exist()
    {
        var outbox = Outbox();
        await Should.ThrowAsync<InvalidOperationException>(_store.SqlStore.Write(work =>
        {
            outbox.Add(work, MailKind.Verification, "kim@example.com", default, MailLanguage.English);
            throw new InvalidOperationException();
        }));
        (await outbox.Depth(Ct)).Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task Two_processes_send_each_mail_once()
    {
        var (a, b) = (Outbox(), Outbox());
        for (var i = 0; i < 20; i++) await Ask(a, MailKind.PasswordReset, (await _store.Add($"user_{i}")).Email.Value);

        var sent = (await Task.WhenAll(SendAll(a), SendAll(b))).SelectMany(ids => ids).ToList();

        sent.Count.ShouldBe(20);
        sent.Distinct().Count().ShouldBe(20);
        (await a.Depth(Ct)).ShouldBe(new MailDepth(0, null, 0));

        static async Task<List<string>> SendAll(MailOutbox outbox)
        {
            var ids = new List<string>();
            Delivery? last = null;
            while ((await outbox.Next(last)).Letter is { } letter)
            {
                ids.Add(letter.Mail.Id);
                last = new Delivery(letter.Mail, DeliveryResult.Sent);
            }
            return ids;
        }
    }

    [Fact]
    public async Task A_mail_whose_process_has_ended_is_taken_by_another_one_with_the_same_code()
    {
        await _store.Add("kim");
        var (a, b) = (Outbox(), Outbox());
        await Ask(a, MailKind.PasswordReset, "kim@example.com");
        var lost = (await a.Next(null)).Letter!;
        (await b.Next(null)).IsEmpty.ShouldBeTrue();
        _store.Time.Advance(Rules.Lease);

        var found = (await b.Next(null)).Letter!;

        found.Mail.Id.ShouldBe(lost.Mail.Id);
        found.Token!.Text.ShouldBe(lost.Token!.Text);
        found.Mail.Attempts.ShouldBe(2);
        // What the first one says now counts no more.
        await a.Settle(new Delivery(lost.Mail, DeliveryResult.Refused));
        (await a.Depth(Ct)).ShouldBe(new MailDepth(1, _store.Now - Rules.Lease, 0));
        await b.Settle(new Delivery(found.Mail, DeliveryResult.Sent));
        (await a.Depth(Ct)).Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task A_failed_mail_waits_longer_each_time_and_is_a_dead_letter_in_the_end()
    {
        await _store.Add("kim");
        var outbox = Outbox();
        await Ask(outbox, MailKind.Verification, "kim@example.com");
        foreach (var (min, max) in new[] { (24, 36), (48, 72) })
        {
            await Fail();
            _store.Time.Advance(TimeSpan.FromSeconds(min - 1));
            (await outbox.HasDue(Ct)).ShouldBeFalse();
            _store.Time.Advance(TimeSpan.FromSeconds(max - min + 1));
            (await outbox.HasDue(Ct)).ShouldBeTrue();
        }
        await Fail();
        (await outbox.Depth(Ct)).ShouldBe(new MailDepth(0, null, 1));

        async Task Fail() => await outbox.Settle(new Delivery((await outbox.Next(null)).Letter!.Mail, DeliveryResult.Retry, "452 full"));
    }

    [Fact]
    public async Task What_the_server_puts_off_is_no_attempt()
    {
        await _store.Add("kim");
        var outbox = Outbox();
        await Ask(outbox, MailKind.Verification, "kim@example.com");
        for (var i = 0; i < 10; i++)
        {
            var letter = (await outbox.Next(null)).Letter!;
            letter.Mail.Attempts.ShouldBe(1);
            await outbox.Settle(new Delivery(letter.Mail, DeliveryResult.Postponed, "away"));
        }
    }

    [Fact]
    public async Task A_mail_to_an_address_without_an_account_is_nothing_and_one_that_is_too_late_a_dead_letter()
    {
        await _store.Add("kim");
        var outbox = Outbox();
        for (var i = 0; i < 150; i++) await Ask(outbox, MailKind.PasswordReset, $"no_one_{i}@example.com");
        (await outbox.Next(null)).ShouldBe(new NextLetter(null, 0, false));
        (await outbox.Next(null)).ShouldBe(new NextLetter(null, 0, true));
        (await outbox.Depth(Ct)).ShouldBe(new MailDepth(0, null, 0));

        await Ask(outbox, MailKind.PasswordReset, "kim@example.com");
        _store.Time.Advance(MailRules.ResetLife);
        (await outbox.Next(null)).ShouldBe(new NextLetter(null, 1, true));
        (await outbox.Depth(Ct)).DeadLetters.ShouldBe(1);
    }

    [Fact]
    public async Task Two_accounts_cannot_verify_one_address()
    {
        var addresses = new AddressRepository(_store.SqlStore, Outbox(), _store.Time);
        var outbox = Outbox();
        var wanted = EmailAddress.Parse("new@example.com").Value!;
        foreach (var name in new[] { "kim", "lee" })
        {
            await addresses.Wish(new EmailChange((await _store.Add(name)).Id, wanted), MailLanguage.English, mayMail: true);
        }
        var tokens = new List<MailToken>();
        while ((await outbox.Next(null)).Letter is { } letter) tokens.Add(letter.Token!);
        tokens.Count.ShouldBe(2);

        var results = await Task.WhenAll(tokens.Select(token => addresses.Verify(token, MailLanguage.English)));

        results.ShouldBe([Verification.Verified, Verification.EmailTaken], ignoreOrder: true);
    }

    [Fact]
    public async Task A_registration_becomes_an_account_unless_its_names_were_taken_meanwhile()
    {
        var addresses = new AddressRepository(_store.SqlStore, Outbox(), _store.Time);
        (await Register("kim", "kim@example.com")).ShouldBe(Verification.Registered);
        (await _store.Users.FindByEmail("kim@example.com", Ct))!.EmailVerifiedAt.ShouldBe(_store.Now);
        (await _store.Events()).Count.ShouldBe(1);
        // By a server that does not require verified addresses.
        (await Register("lee", "lee@example.com", () => _store.Add("lee", email: "other@example.com")))
            .ShouldBe(Verification.UsernameTaken);
        (await Register("park", "park@example.com", () => _store.Add("other_2", email: "park@example.com")))
            .ShouldBe(Verification.EmailTaken);

        async Task<Verification> Register(string username, string email, Func<Task>? meanwhile = null)
        {
            var registration = new Registration(
                EmailAddress.Parse(email).Value!, Username.Parse(username).Value!, "hash", null, _store.Now + MailRules.VerificationLife);
            (await addresses.Register(registration, MailLanguage.Korean)).ShouldBeTrue();
            var letter = (await Outbox().Next(null)).Letter!;
            letter.Mail.Language.ShouldBe(MailLanguage.Korean);
            if (meanwhile is not null) await meanwhile();
            return await addresses.Verify(letter.Token!, MailLanguage.English);
        }
    }

    [Fact]
    public async Task A_new_password_goes_first_and_what_has_failed_waits_behind_what_was_not_tried()
    {
        foreach (var name in new[] { "failed", "waits", "forgot" }) await _store.Add(name);
        var outbox = Outbox();
        await Ask(outbox, MailKind.Verification, "failed@example.com");
        await outbox.Settle(new Delivery((await outbox.Next(null)).Letter!.Mail, DeliveryResult.Retry, "try again"));
        _store.Time.Advance(TimeSpan.FromMinutes(1));
        await Ask(outbox, MailKind.Verification, "waits@example.com");
        await Ask(outbox, MailKind.PasswordReset, "forgot@example.com");

        var order = new List<string>();
        while ((await outbox.Next(null)).Letter is { } letter) order.Add(letter.Address);

        order.ShouldBe(["forgot@example.com", "waits@example.com", "failed@example.com"]);
    }

    [Fact]
    public async Task Of_several_registrations_of_an_address_a_code_finishes_its_own_and_ends_the_others()
    {
        var addresses = new AddressRepository(_store.SqlStore, Outbox(), _store.Time);
        var (own, strangers) = (await Register("kim", "own hash"), await Register("kim", "hash of a stranger"));
        (await addresses.Verify(own, MailLanguage.English)).ShouldBe(Verification.PasswordRequired);
        (await addresses.FindRegistration(own, Ct))!.PasswordHash.ShouldBe("own hash");
        (await addresses.FindRegistration(strangers, Ct))!.PasswordHash.ShouldBe("hash of a stranger");

        (await addresses.Verify(own, MailLanguage.English, knowsPassword: true)).ShouldBe(Verification.Registered);

        (await _store.Users.FindByEmail("kim@example.com", Ct))!.PasswordHash.ShouldBe("own hash");
        (await addresses.Verify(strangers, MailLanguage.English, knowsPassword: true)).ShouldBe(Verification.Unknown);

        async Task<MailToken> Register(string username, string hash)
        {
            var registration = new Registration(
                EmailAddress.Parse("kim@example.com").Value!, Username.Parse(username).Value!, hash, null,
                _store.Now + MailRules.VerificationLife);
            (await addresses.Register(registration, MailLanguage.Korean)).ShouldBeTrue();
            var letter = (await Outbox().Next(null)).Letter!;
            await Outbox().Settle(new Delivery(letter.Mail, DeliveryResult.Sent));
            return letter.Token!;
        }
    }

    [Fact]
    public async Task An_installation_without_mail_puts_none_in()
    {
        var outbox = new MailOutbox(_store.SqlStore, () => Key, Rules, _store.Time, isOn: false);
        await Ask(outbox, MailKind.PasswordReset, "kim@example.com");
        (await outbox.Depth(Ct)).Waiting.ShouldBe(0);
    }

    public void Dispose()
    {
        _store.Dispose();
        GC.SuppressFinalize(this);
    }

    private MailOutbox Outbox() => new(_store.SqlStore, () => Key, Rules, _store.Time, isOn: true);

    private static Task Ask(MailOutbox outbox, MailKind kind, string address) =>
        outbox.Add(kind, EmailAddress.Parse(address).Value!, MailLanguage.English);
}

public sealed class SqliteMailOutboxTests() : MailOutboxSuite(TestEngine.Sqlite);

[Engines]
public sealed class MariaDbMailOutboxTests() : MailOutboxSuite(TestEngine.MariaDb);
