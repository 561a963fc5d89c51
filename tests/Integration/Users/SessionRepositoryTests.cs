using BigTech.Tests.Integration.Sql;
using BigTech.Users.Domain;
using BigTech.Users.Storage;

namespace BigTech.Tests.Integration.Users;

public abstract class SessionRepositorySuite(TestEngine engine) : IAsyncLifetime
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);
    private static readonly SessionRules Rules = new(Lifetime, TimeSpan.FromDays(180), TimeSpan.FromSeconds(30), 2000);
    private static readonly SessionRules Strict = Rules with { RefreshGrace = TimeSpan.Zero };

    private readonly UsersStore _store = new(engine);
    private User _user = null!;

    public async ValueTask InitializeAsync() => _user = await _store.Add("kim_cs");

    [Fact]
    public async Task A_session_is_renewed_from_token_to_token()
    {
        var (session, first) = await Open();
        _store.Time.Advance(TimeSpan.FromDays(20));
        var second = RefreshSecret.Create();
        var result = await Renew(first, second);
        result.Outcome.ShouldBe(Renewal.Renewed);
        result.User.ShouldBe(_user);
        result.Session!.Id.ShouldBe(session.Id);

        _store.Time.Advance(TimeSpan.FromDays(20));
        _store.Reopen();
        (await Renew(second)).Outcome.ShouldBe(Renewal.Renewed);
    }

    [Fact]
    public async Task A_used_token_ends_the_session_for_its_newest_token_too()
    {
        var (session, first) = await Open();
        var second = RefreshSecret.Create();
        await Renew(first, second);
        var reuse = await Renew(first, rules: Strict);
        reuse.Outcome.ShouldBe(Renewal.Reused);
        reuse.Session!.Id.ShouldBe(session.Id);
        (await Renew(second)).Outcome.ShouldBe(Renewal.Refused);
        (await Active()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_many_renewals_with_one_token_at_once_all_get_the_same_successor()
    {
        var (session, first) = await Open();
        var second = RefreshSecret.Create();
        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => Renew(first, second))));
        results.Count(result => result.Outcome == Renewal.Renewed).ShouldBe(1);
        results.Count(result => result.Outcome == Renewal.Repeated).ShouldBe(15);
        results.ShouldAllBe(result => result.User == _user && result.Session!.Id == session.Id);
        (await _store.SqlStore.Read(read => read.Query<byte[]>("SELECT hash FROM refresh_tokens"), Ct)).Count.ShouldBe(2);
        (await Renew(second)).Outcome.ShouldBe(Renewal.Renewed);
    }

    [Fact]
    public async Task A_repeat_is_over_when_its_time_is_or_its_successor_was_used()
    {
        var (_, first) = await Open();
        var (second, third) = (RefreshSecret.Create(), RefreshSecret.Create());
        await Renew(first, second);
        _store.Time.Advance(Rules.RefreshGrace);
        (await Renew(first, second)).Outcome.ShouldBe(Renewal.Repeated);
        await Renew(second, third);
        (await Renew(first, second)).Outcome.ShouldBe(Renewal.Reused);

        var (_, late) = await Open();
        await Renew(late, second = RefreshSecret.Create());
        _store.Time.Advance(Rules.RefreshGrace + TimeSpan.FromSeconds(1));
        (await Renew(late, second)).Outcome.ShouldBe(Renewal.Reused);
    }

    [Fact]
    public async Task A_user_has_only_so_many_sessions_and_the_oldest_goes()
    {
        var bystander = await Open(await _store.Add("lee_yh"));
        var opened = new List<long>();
        for (var i = 0; i < 3; i++) opened.Add((await Open()).Session.Id);
        await _store.Sessions.End(_user.Id, opened[1], _store.Now);
        opened.Add((await Open()).Session.Id);

        var last = (await TryOpen(_user, Rules with { MaxPerUser = 3 }))!;
        last.Ended.ShouldBe([opened[0]]);
        (await Active()).Select(session => session.Id).ShouldBe([last.Session.Id, opened[3], opened[2]]);
        (await TryOpen(_user, Rules with { MaxPerUser = 1 }))!.Ended.ShouldBe([last.Session.Id, opened[3], opened[2]]);
        (await Active(bystander.Session.UserId)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_session_ends_by_any_of_its_tokens()
    {
        var (session, first) = await Open();
        await Renew(first);
        (await _store.Sessions.End(RefreshSecret.Create(), _store.Now)).ShouldBeNull();
        (await _store.Sessions.End(first, _store.Now)).ShouldNotBeNull().Id.ShouldBe(session.Id);
        (await _store.Sessions.End(first, _store.Now)).ShouldBeNull();
        (await Active()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_many_strict_renewals_with_one_token_at_once_one_succeeds_and_the_session_ends()
    {
        var (_, token) = await Open();
        var (_, bystander) = await Open();
        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => Renew(token, rules: Strict))));
        results.Count(result => result.Outcome == Renewal.Renewed).ShouldBe(1);
        results.Count(result => result.Outcome == Renewal.Reused).ShouldBe(1);
        results.Count(result => result.Outcome == Renewal.Refused).ShouldBe(14);
        (await Renew(bystander)).Outcome.ShouldBe(Renewal.Renewed);
    }

    [Fact]
    public async Task A_token_that_was_never_issued_is_refused()
    {
        await Open();
        (await Renew(RefreshSecret.Presented("rubbish"))).ShouldBe(new RenewalResult(Renewal.Refused, null, null));
    }

    [Fact]
    public async Task The_store_holds_no_token()
    {
        var (_, token) = await Open();
        var stored = await _store.SqlStore.Read(read => read.Query<byte[]>("SELECT hash FROM refresh_tokens"), Ct);
        stored.ShouldHaveSingleItem().ShouldBe(token.Hash);
    }

    [Fact]
    public async Task A_session_does_not_open_on_a_password_that_was_changed_meanwhile()
    {
        await _store.Sessions.ChangePassword(_user.Id, _user.PasswordHash, "another hash", 0, _store.Now);
        (await TryOpen(_user, Rules)).ShouldBeNull();
        (await Active()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_better_hash_is_kept_when_the_session_opens()
    {
        await TryOpen(_user, Rules, betterHash: "better hash");
        (await _store.Users.Find(_user.Id, Ct))!.PasswordHash.ShouldBe("better hash");
    }

    [Fact]
    public async Task Only_its_owner_ends_a_session_and_only_once()
    {
        var (session, token) = await Open();
        (await _store.Sessions.End(_user.Id + 1, session.Id, _store.Now)).ShouldBeFalse();
        (await _store.Sessions.End(_user.Id, session.Id, _store.Now)).ShouldBeTrue();
        (await _store.Sessions.End(_user.Id, session.Id, _store.Now)).ShouldBeFalse();
        (await Renew(token)).Outcome.ShouldBe(Renewal.Refused);
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_every_session_of_the_user_and_of_no_other()
    {
        var (first, _) = await Open();
        var (second, _) = await Open();
        var other = await _store.Add("lee_yh");
        await Open(other);
        (await _store.Sessions.EndAll(_user.Id, _store.Now)).ShouldBe([first.Id, second.Id], ignoreOrder: true);
        (await _store.Sessions.EndAll(_user.Id, _store.Now)).ShouldBeEmpty();
        (await Active(other.Id)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_new_password_ends_the_other_sessions()
    {
        var (here, _) = await Open();
        var (there, _) = await Open();
        (await _store.Sessions.ChangePassword(_user.Id, "not the hash", "new hash", here.Id, _store.Now)).ShouldBeNull();
        (await _store.Sessions.ChangePassword(_user.Id, _user.PasswordHash, "new hash", here.Id, _store.Now)).ShouldBe([there.Id]);
        (await Active()).ShouldHaveSingleItem().Id.ShouldBe(here.Id);
    }

    [Fact]
    public async Task Open_sessions_are_listed_in_pages_the_newest_first()
    {
        var ids = new List<long>();
        for (var i = 0; i < 5; i++) ids.Insert(0, (await Open()).Session.Id);
        (await _store.Sessions.FindActive(_user.Id, long.MaxValue, 3, _store.Now, Ct)).Select(s => s.Id).ShouldBe(ids[..3]);
        (await _store.Sessions.FindActive(_user.Id, ids[2], 3, _store.Now, Ct)).Select(s => s.Id).ShouldBe(ids[3..]);
        _store.Time.Advance(Lifetime);
        (await Active()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_device_is_remembered()
    {
        await Open();
        (await Active())[0].Device.ShouldBe(new Device("agent", "127.0.0.1"));
    }

    [Fact]
    public async Task Sessions_that_ended_lately_are_known_after_a_restart()
    {
        var (old, _) = await Open();
        var (fresh, _) = await Open();
        await Open();
        await _store.Sessions.End(_user.Id, old.Id, _store.Now);
        _store.Time.Advance(TimeSpan.FromMinutes(15));
        await _store.Sessions.End(_user.Id, fresh.Id, _store.Now);
        _store.Reopen();
        (await _store.Sessions.FindEndedSince(_store.Now.AddMinutes(-15), Ct)).ShouldBe([(fresh.Id, _store.Now)]);
    }

    [Fact]
    public async Task What_can_no_longer_matter_is_deleted_and_nothing_else()
    {
        for (var i = 0; i < 1100; i++) await Open();
        _store.Time.Advance(Lifetime);
        var (ended, endedToken) = await Open();
        await _store.Sessions.End(_user.Id, ended.Id, _store.Now);
        var (open, token) = await Open();

        (await _store.Sessions.DeleteOld(_store.Now, _store.Now.AddMinutes(-30), Ct)).ShouldBe(2200);
        (await Count("sessions")).ShouldBe(2);
        _store.Time.Advance(TimeSpan.FromMinutes(30));
        (await _store.Sessions.DeleteOld(_store.Now, _store.Now.AddMinutes(-30), Ct)).ShouldBe(1);
        (await Renew(endedToken)).Outcome.ShouldBe(Renewal.Refused);
        (await Renew(token)).Session!.Id.ShouldBe(open.Id);
    }

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private async Task<(Session Session, RefreshSecret Token)> Open(User? user = null)
    {
        user ??= _user;
        var secret = RefreshSecret.Create();
        return ((await TryOpen(user, Rules, secret))!.Session, secret);
    }

    private Task<OpenedSession?> TryOpen(User user, SessionRules rules, RefreshSecret? secret = null, string? betterHash = null) =>
        _store.Sessions.Open(
            Session.Open(user.Id, new Device("agent", "127.0.0.1"), _store.Now, rules), secret ?? RefreshSecret.Create(),
            user.PasswordHash, betterHash, rules.MaxPerUser);

    private Task<RenewalResult> Renew(RefreshSecret presented, RefreshSecret? next = null, SessionRules? rules = null) =>
        _store.Sessions.Renew(presented, next ?? RefreshSecret.Create(), _store.Now, rules ?? Rules);

    private async Task<List<Session>> Active(long? userId = null) =>
        await _store.Sessions.FindActive(userId ?? _user.Id, long.MaxValue, 100, _store.Now, Ct);

    private async Task<long> Count(string table) =>
        await _store.SqlStore.Read(read => read.First<long>($"SELECT COUNT(*) FROM {table}"), Ct);
}

public sealed class SessionRepositoryTests() : SessionRepositorySuite(TestEngine.Sqlite);

[Engines]
public sealed class SessionRepositoryMariaDbTests() : SessionRepositorySuite(TestEngine.MariaDb);
