using System.Security.Cryptography;
using System.Text;
using BigTech.Users.Domain;

namespace BigTech.Tests.Unit.Users;

public sealed class SessionTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_renewal_extends_the_session_from_that_moment()
    {
        var later = Start.AddDays(20);
        var (outcome, session) = Open().Renew(Token(), later, Lifetime);
        outcome.ShouldBe(Renewal.Renewed);
        session.LastUsedAt.ShouldBe(later);
        session.ExpiresAt.ShouldBe(later + Lifetime);
        session.CreatedAt.ShouldBe(Start);
        session.IsActive(Start.AddDays(45)).ShouldBeTrue();
    }

    [Fact]
    public void A_token_that_was_used_before_ends_the_session()
    {
        var (outcome, session) = Open().Renew(Token() with { UsedAt = Start.AddDays(1) }, Start.AddDays(2), Lifetime);
        outcome.ShouldBe(Renewal.Reused);
        session.EndedAt.ShouldBe(Start.AddDays(2));
        session.IsActive(Start.AddDays(2)).ShouldBeFalse();
    }

    [Fact]
    public void After_a_reuse_no_token_of_the_session_works()
    {
        var (_, ended) = Open().Renew(Token() with { UsedAt = Start.AddDays(1) }, Start.AddDays(2), Lifetime);
        ended.Renew(Token(), Start.AddDays(2), Lifetime).Outcome.ShouldBe(Renewal.Refused);
    }

    [Fact]
    public void An_expired_token_is_refused_and_changes_nothing()
    {
        var session = Open();
        var (outcome, after) = session.Renew(Token(), Start + Lifetime, Lifetime);
        outcome.ShouldBe(Renewal.Refused);
        after.ShouldBe(session);
    }

    [Fact]
    public void An_old_token_of_a_session_that_was_renewed_does_not_outlive_its_own_time()
    {
        var session = Open() with { ExpiresAt = Start + 2 * Lifetime };
        session.Renew(Token(), Start + Lifetime, Lifetime).Outcome.ShouldBe(Renewal.Refused);
    }

    [Fact]
    public void An_ended_session_cannot_be_renewed() =>
        Open().End(Start.AddDays(1)).Renew(Token(), Start.AddDays(2), Lifetime).Outcome.ShouldBe(Renewal.Refused);

    [Fact]
    public void A_session_ends_once() => Open().End(Start.AddDays(1)).End(Start.AddDays(2)).EndedAt.ShouldBe(Start.AddDays(1));

    [Fact]
    public void A_token_of_another_session_is_a_defect_of_the_caller() =>
        Should.Throw<ArgumentException>(() => Open().Renew(Token() with { SessionId = 8 }, Start, Lifetime));

    [Fact]
    public void A_refresh_secret_is_random_and_known_by_its_hash()
    {
        var secret = RefreshSecret.Create();
        secret.Text.ShouldNotBe(RefreshSecret.Create().Text);
        secret.Text.Length.ShouldBe(43);
        secret.Hash.ShouldBe(SHA256.HashData(Encoding.UTF8.GetBytes(secret.Text)));
        RefreshSecret.Presented(secret.Text).Hash.ShouldBe(secret.Hash);
    }

    private static Session Open() => Session.Open(3, new Device("agent", "127.0.0.1"), Start, Lifetime) with { Id = 7 };

    private static RefreshToken Token() => new(7, Start + Lifetime, null);
}
