using BigTech.Users.Domain;

namespace BigTech.Tests.Unit.Users;

public sealed class KeyScheduleTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(15);
    private static readonly KeyAge First = new("first", Start);
    private static readonly KeyAge Second = new("second", Start.AddDays(90));

    private readonly KeySchedule _schedule = new(TimeSpan.FromDays(90), TokenLifetime);

    [Fact]
    public void There_is_always_a_key() => _schedule.NeedsSuccessor([], Start).ShouldBeTrue();

    [Fact]
    public void A_key_gets_a_successor_when_it_is_old_enough()
    {
        _schedule.NeedsSuccessor([First], Start.AddDays(89)).ShouldBeFalse();
        _schedule.NeedsSuccessor([First], Start.AddDays(90)).ShouldBeTrue();
        _schedule.NeedsSuccessor([First, Second], Start.AddDays(91)).ShouldBeFalse();
    }

    [Fact]
    public void The_very_first_key_signs_at_once() => KeySchedule.Signer([First], Start).ShouldBe(First);

    [Fact]
    public void A_successor_signs_only_once_verifiers_can_know_it()
    {
        KeySchedule.Signer([Second, First], Second.CreatedAt).ShouldBe(First);
        KeySchedule.Signer([Second, First], Second.CreatedAt + KeySchedule.ListLifetime).ShouldBe(First);
        KeySchedule.Signer([Second, First], Second.CreatedAt + KeySchedule.Margin).ShouldBe(Second);
    }

    [Fact]
    public void A_replaced_key_stays_until_its_last_token_has_expired()
    {
        var lastToken = Second.CreatedAt + KeySchedule.Margin;
        _schedule.Retired([First, Second], lastToken + TokenLifetime).ShouldBeEmpty();
        _schedule.Retired([First, Second], lastToken + TokenLifetime + KeySchedule.Margin).ShouldBe([First]);
    }

    [Fact]
    public void The_newest_key_is_never_retired() => _schedule.Retired([First], Start.AddYears(10)).ShouldBeEmpty();
}
