using System.Security.Cryptography;
using System.Text;
using BigTech.Users.Domain;

namespace BigTech.Tests.Unit.Users;

public sealed class SessionTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(180);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private static readonly SessionRules Rules = new(Lifetime, MaxAge, Grace, 50);
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_renewal_extends_the_session_from_that_moment()
    {
        var later = Start.AddDays(20);
        var (outcome, session) = Renew(Open(), Token(), later);
        outcome.ShouldBe(Renewal.Renewed);
        session.LastUsedAt.ShouldBe(later);
        session.ExpiresAt.ShouldBe(later + Lifetime);
        session.CreatedAt.ShouldBe(Start);
        session.IsActive(Start.AddDays(45)).ShouldBeTrue();
    }

    [Fact]
    public void A_token_that_was_used_before_ends_the_session()
    {
        var (outcome, session) = Renew(Open(), Token() with { UsedAt = Start.AddDays(1) }, Start.AddDays(2));
        outcome.ShouldBe(Renewal.Reused);
        session.EndedAt.ShouldBe(Start.AddDays(2));
        session.IsActive(Start.AddDays(2)).ShouldBeFalse();
    }

    [Fact]
    public void After_a_reuse_no_token_of_the_session_works()
    {
        var (_, ended) = Renew(Open(), Token() with { UsedAt = Start.AddDays(1) }, Start.AddDays(2));
        Renew(ended, Token(), Start.AddDays(2)).Outcome.ShouldBe(Renewal.Refused);
    }

    [Fact]
    public void An_expired_token_is_refused_and_changes_nothing()
    {
        var session = Open();
        var (outcome, after) = Renew(session, Token(), Start + Lifetime);
        outcome.ShouldBe(Renewal.Refused);
        after.ShouldBe(session);
    }

    [Fact]
    public void An_old_token_of_a_session_that_was_renewed_does_not_outlive_its_own_time()
    {
        var session = Open() with { ExpiresAt = Start + 2 * Lifetime };
        Renew(session, Token(), Start + Lifetime).Outcome.ShouldBe(Renewal.Refused);
    }

    [Fact]
    public void An_ended_session_cannot_be_renewed() =>
        Renew(Open().End(Start.AddDays(1)), Token(), Start.AddDays(2)).Outcome.ShouldBe(Renewal.Refused);

    [Fact]
    public void A_session_ends_once() => Open().End(Start.AddDays(1)).End(Start.AddDays(2)).EndedAt.ShouldBe(Start.AddDays(1));

    [Fact]
    public void A_token_of_another_session_is_a_defect_of_the_caller() =>
        Should.Throw<ArgumentException>(() => Renew(Open(), Token() with { SessionId = 8 }, Start));

    [Fact]
    public void A_refresh_secret_is_random_and_known_by_its_hash()
    {
        var secret = RefreshSecret.Create();
        secret.Text.ShouldNotBe(RefreshSecret.Create().Text);
        secret.Text.Length.ShouldBe(43);
        secret.Hash.ShouldBe(SHA256.HashData(Encoding.UTF8.GetBytes(secret.Text)));
        RefreshSecret.Presented(secret.Text).Hash.ShouldBe(secret.Hash);
    }

    [Theory]
    [InlineData(30, false, 30, true)]
    [InlineData(31, false, 30, false)]
    [InlineData(0, false, 30, true)]
    [InlineData(0, true, 30, false)]
    [InlineData(0, false, 0, false)]
    public void A_renewal_may_be_repeated_for_a_while_until_its_successor_is_used(int age, bool isSuccessorUsed, int grace, bool isRepeat)
    {
        var (used, now) = (Start.AddDays(1), Start.AddDays(1).AddSeconds(age));
        var successor = Token() with { UsedAt = isSuccessorUsed ? used : null };
        var session = Open();

        var (outcome, after) = session.Renew(
            Token() with { UsedAt = used }, successor, now, Rules with { RefreshGrace = TimeSpan.FromSeconds(grace) });

        outcome.ShouldBe(isRepeat ? Renewal.Repeated : Renewal.Reused);
        after.ShouldBe(isRepeat ? session : session.End(now));
    }

    [Fact]
    public void A_repeat_needs_a_successor_in_the_same_session()
    {
        var used = Token() with { UsedAt = Start };
        Open().Renew(used, null, Start, Rules).Outcome.ShouldBe(Renewal.Reused);
        Open().Renew(used, Token() with { SessionId = 8 }, Start, Rules).Outcome.ShouldBe(Renewal.Reused);
    }

    [Fact]
    public void Renewals_do_not_carry_a_session_beyond_its_greatest_age()
    {
        var session = Open() with { ExpiresAt = Start + MaxAge };
        var (outcome, after) = Renew(session, Token() with { ExpiresAt = Start + MaxAge }, Start + MaxAge - TimeSpan.FromDays(1));
        outcome.ShouldBe(Renewal.Renewed);
        after.ExpiresAt.ShouldBe(Start + MaxAge);
        Session.Open(3, session.Device, Start, Rules with { Lifetime = 2 * MaxAge }).ExpiresAt.ShouldBe(Start + MaxAge);
    }

    [Fact]
    public void A_session_from_before_the_limit_of_its_age_is_refused_once_it_is_too_old() => Renew(
        Open() with { ExpiresAt = Start + 2 * MaxAge }, Token() with { ExpiresAt = Start + 2 * MaxAge }, Start + MaxAge)
        .Outcome.ShouldBe(Renewal.Refused);

    [Fact]
    public void A_successor_is_computed_again_with_the_key_and_not_without_it()
    {
        var secret = RefreshSecret.Create();
        var (key, other) = (RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32));
        var successor = secret.Successor(key);
        successor.Text.Length.ShouldBe(43);
        secret.Successor(key).Text.ShouldBe(successor.Text);
        secret.Successor(other).Text.ShouldNotBe(successor.Text);
        successor.Successor(key).Text.ShouldNotBe(successor.Text);
    }

    private static Session Open() => Session.Open(3, new Device("agent", "127.0.0.1"), Start, Rules) with { Id = 7 };

    private static (Renewal Outcome, Session Session) Renew(Session session, RefreshToken presented, DateTimeOffset now) =>
        session.Renew(presented, successor: null, now, Rules);

    private static RefreshToken Token() => new(7, Start + Lifetime, null);
}
