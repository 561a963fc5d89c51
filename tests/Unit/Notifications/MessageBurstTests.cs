using BigTech.Notifications.Domain;

namespace BigTech.Tests.Unit.Notifications;

public sealed class MessageBurstTests
{
    private const long Ann = 1;
    private const long Bob = 2;
    private const long Cid = 3;
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private readonly MessageBurst _burst = new();
    private readonly PushReasons _reasons = new();

    [Fact]
    public void A_member_who_does_not_write_is_notified_of_everything()
    {
        Say(1, Ann);
        Say(2, Bob);
        Say(3, Ann);

        Of(Cid).ShouldBe((0, 3, 1, 3));
    }

    [Fact]
    public void Own_messages_do_not_notify_and_read_what_was_before()
    {
        Say(1, Ann);
        Say(2, Bob);
        Say(3, Ann);
        Say(4, Ann);

        Of(Bob).ShouldBe((2, 2, 3, 4));
        Of(Ann).ShouldBe((4, 0, null, null));
    }

    [Fact]
    public void What_was_read_meanwhile_does_not_notify()
    {
        Say(1, Ann);
        Say(2, Ann);
        _burst.Read(Bob, 1);
        Say(3, Ann);
        _burst.Read(Cid, 3);

        Of(Bob).ShouldBe((1, 2, 2, 3));
        Of(Cid).ShouldBe((3, 0, null, null));
    }

    [Fact]
    public void A_read_position_never_moves_back()
    {
        _burst.Read(Bob, 9);
        _burst.Read(Bob, 4);

        Of(Bob).ShouldBe((9, 0, null, null));
    }

    [Fact]
    public void A_member_who_joined_in_the_middle_is_notified_of_what_came_after()
    {
        Say(1, Ann, version: 5);
        Say(2, Ann, version: 7);

        Of(Bob, since: 6).ShouldBe((0, 1, 2, 2));
        Of(Bob, since: 7).ShouldBe((0, 0, null, null));
        Of(Bob, since: 4).ShouldBe((0, 2, 1, 2));
    }

    [Fact]
    public void A_muted_sender_does_not_notify()
    {
        Say(1, Ann);
        Say(2, Bob);
        Say(3, Ann);

        Of(Cid, silenced: Ann).ShouldBe((0, 1, 2, 2));
    }

    [Fact]
    public void A_message_that_is_deleted_at_once_was_never_said_but_its_author_has_read_up_to_it()
    {
        Say(1, Ann);
        Say(2, Bob);
        _burst.Delete("m2").ShouldBeTrue();
        _burst.Delete("m0").ShouldBeFalse();

        Of(Cid).ShouldBe((0, 1, 1, 1));
        Of(Bob).ShouldBe((2, 0, null, null));
    }

    [Fact]
    public void A_message_that_is_edited_at_once_notifies_with_its_new_text_and_mentions()
    {
        Say(1, Ann);
        _burst.Edit("m1", "new @cid", ["cid"]).ShouldBeTrue();
        _burst.Edit("m0", "?", []).ShouldBeFalse();

        (_burst.Lines[0].Preview, _burst.Lines[0].Mentions.Single()).ShouldBe(("new @cid", "cid"));
    }

    [Fact]
    public void Why_messages_are_not_new_to_a_member_is_counted()
    {
        Say(1, Ann);
        Say(2, Bob);
        Say(3, Ann);

        Of(Bob).Count.ShouldBe(1);
        _reasons.All.ShouldBe([(PushReason.Own, 1), (PushReason.Read, 1)]);
        Of(Cid, silenced: Ann).Count.ShouldBe(1);
        _reasons[PushReason.Blocked].ShouldBe(2);
        Of(Cid, since: 3).Count.ShouldBe(0);
        _reasons.All.Sum(reason => reason.Count).ShouldBe(4, "messages from before a member came are none of theirs");
    }

    private void Say(long seq, long sender, long? version = null) =>
        _burst.Add(new Line(version ?? seq, seq, $"m{seq}", new Actor(sender, $"name{sender}"), $"text {seq}", [], Noon.AddSeconds(seq)));

    private (long ReadSeq, int Count, long? First, long? Last) Of(long user, long since = 0, long? silenced = null)
    {
        var delta = _burst.For(new RoomMember(user, since), silenced is not null, (sender, _) => sender == silenced, _reasons);
        return (delta.ReadSeq, delta.Count, delta.First?.Seq, delta.Last?.Seq);
    }
}
