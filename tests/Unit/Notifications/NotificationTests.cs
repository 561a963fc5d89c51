using BigTech.Notifications.Domain;

namespace BigTech.Tests.Unit.Notifications;

public sealed class NotificationTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = Noon.AddMinutes(1);
    private static readonly Actor Ann = new(1, "Ann");
    private static readonly Actor Bob = new(2, "Bob");

    [Fact]
    public void Collapsing_counts_on_and_shows_the_newest_message()
    {
        var more = OfMessages(count: 2, first: 4, last: 5).Collapse(News(6, 8, 9), "club", Later);

        (more.Count, more.Preview, more.Actor, more.Title).ShouldBe((5, "text 9", Bob, "club"));
        more.Counted.ToString().ShouldBe("4-6,8-9");
        more.Place.ShouldBe(new MessagePlace(7, "m9", 4, 9));
        (more.HappenedAt, more.UpdatedAt, more.IsUnread).ShouldBe((Noon.AddSeconds(9), Later, true));
    }

    [Fact]
    public void Nothing_new_changes_nothing()
    {
        var row = OfMessages(count: 2, first: 4, last: 5);

        row.Collapse(UnreadDelta.Read(0), "club", Later).ShouldBeSameAs(row);
        row.ReadUpTo(3, Later).ShouldBeSameAs(row);
        row.Read(Later).Read(Later.AddHours(1)).ReadAt.ShouldBe(Later);
        row.Remove(Later).Remove(Later.AddHours(1)).UpdatedAt.ShouldBe(Later);
    }

    [Fact]
    public void Reading_the_last_message_reads_it_and_reading_fewer_leaves_the_rest()
    {
        var row = OfMessages(count: 5, first: 16, last: 20);

        row.ReadUpTo(20, Later).IsUnread.ShouldBeFalse();
        row.ReadUpTo(25, Later).IsUnread.ShouldBeFalse();
        var part = row.ReadUpTo(18, Later);
        (part.IsUnread, part.Count, part.Place!.FirstSeq).ShouldBe((true, 2, 19));
        (row with { Counted = NumberSet.Parse("10-12,20") }).ReadUpTo(18, Later).Count.ShouldBe(1, "system lines have places too");
        row.ReadUpTo(12, Later).ShouldBeSameAs(row, "they are all behind it");
    }

    [Fact]
    public void A_deleted_message_counts_no_more_and_its_words_are_gone()
    {
        var row = OfMessages(count: 2, first: 4, last: 5);

        var other = row.Forget("m4", 4, Later);
        (other.Count, other.Preview, other.IsRemoved).ShouldBe((1, "text 5", false));
        var shown = row.Forget("m5", 5, Later);
        (shown.Count, shown.Preview, shown.IsRemoved).ShouldBe((1, null, false));
        var last = shown.Forget("m4", 4, Later);
        (last.IsRemoved, last.IsUnread).ShouldBe((true, false));
    }

    [Fact]
    public void A_deleted_message_that_was_not_counted_changes_nothing()
    {
        var row = OfMessages(count: 2, first: 4, last: 7) with { Counted = NumberSet.Parse("4,7") };

        row.Forget("m5", 5, Later).ShouldBeSameAs(row);
        var one = row.Forget("m4", 4, Later);
        (one.Count, one.IsRemoved, one.Counted.ToString()).ShouldBe((1, false, "7"));
    }

    [Fact]
    public void Of_what_was_read_only_the_words_go()
    {
        var read = OfMessages(count: 1, first: 5, last: 5).Read(Noon).Forget("m5", 5, Later);

        (read.IsRemoved, read.Preview, read.Count, read.ReadAt).ShouldBe((false, null, 1, Noon));
    }

    [Fact]
    public void A_mention_goes_with_its_message()
    {
        var mention = OfMessages(count: 1, first: 5, last: 5) with { Kind = NotificationKind.Mention };

        mention.Forget("m5", 5, Later).IsRemoved.ShouldBeTrue();
        mention.Read(Noon).Forget("m5", 5, Later).IsRemoved.ShouldBeTrue();
    }

    [Fact]
    public void New_words_show_in_place_of_the_old_ones_and_equal_ones_change_nothing()
    {
        var row = OfMessages(count: 1, first: 5, last: 5);

        row.Rewrite("new", Later).Preview.ShouldBe("new");
        row.Rewrite("text 5", Later).ShouldBeSameAs(row);
        row.Remove(Noon).Rewrite("new", Later).Preview.ShouldBeNull();
    }

    [Fact]
    public void A_room_explains_what_follows_or_what_it_has_the_rest_of()
    {
        var room = new RoomReadModel(7, true, "club", RoomVersion: 5, MessageVersion: 3);

        room.Explains(4).ShouldBeTrue("it is the next");
        room.Explains(5).ShouldBeTrue();
        room.Explains(6).ShouldBeTrue("4 and 5 were changes of the room");
        room.Explains(7).ShouldBeFalse("6 is on its way");
        new RoomReadModel(7, true, null, 0, 0).Explains(1).ShouldBeTrue();
        new RoomReadModel(7, true, null, 0, 0).Explains(2).ShouldBeFalse();
    }

    private static Notification OfMessages(int count, long first, long last) => new(
        "n1", 3, NotificationKind.Message, "s", "club", $"text {last}", count, Ann, new MessagePlace(7, $"m{last}", first, last), null,
        Noon, Noon, Noon,
        null, Noon, 1, 1, 1, false)
    { Counted = NumberSet.Of(last - count + 1, last) };

    private static UnreadDelta News(params long[] seqs) => new(0, NumberSet.Of(seqs), Line(seqs[0]), Line(seqs[^1]));

    private static Line Line(long seq) => new(seq, seq, $"m{seq}", Bob, $"text {seq}", [], Noon.AddSeconds(seq));
}
