using BigTech.Chat.Client;
using BigTech.WebClient.State;

namespace BigTech.Tests.Unit.WebClient;

/// <summary>The part of a history that is shown: without gaps, and no longer than its limit.</summary>
public sealed class MessageWindowTests
{
    private readonly MessageWindow _window = new();

    [Fact]
    public void New_messages_are_added_at_the_end_and_the_oldest_are_dropped()
    {
        _window.Replace(Page(1, 50), hasOlder: false, hasNewer: false);
        for (var seq = 51; seq <= 1000; seq++) _window.Put(New(seq), isAtEnd: true);

        Seqs().ShouldBe(Enumerable.Range(1000 - MessageWindow.Limit + 1, MessageWindow.Limit));
        _window.HasOlder.ShouldBeTrue();
        _window.HasNewer.ShouldBeFalse();
    }

    [Fact]
    public void What_the_user_reads_stays_while_new_messages_come()
    {
        _window.Replace(Page(901, 1000), hasOlder: true, hasNewer: false);
        for (var seq = 1001; seq <= 2000; seq++) _window.Put(New(seq), isAtEnd: false);

        Seqs()[0].ShouldBe(901);
        _window.Messages.Count.ShouldBeLessThanOrEqualTo(2 * MessageWindow.Limit);
        _window.HasNewer.ShouldBeTrue();
        Seqs().ShouldBe(Enumerable.Range(901, _window.Messages.Count), "without a gap");
    }

    [Fact]
    public void A_message_after_a_gap_is_not_added()
    {
        _window.Replace(Page(1, 10), hasOlder: false, hasNewer: true);

        _window.Put(New(12), isAtEnd: true);

        Seqs().ShouldBe(Enumerable.Range(1, 10));
    }

    [Fact]
    public void A_walk_through_the_history_keeps_a_part_of_it()
    {
        _window.Replace(Page(951, 1000), hasOlder: true, hasNewer: false);
        for (var first = 901; first >= 1; first -= 50) _window.AddOlder(Page(first, first + 49), hasOlder: first > 1);

        Seqs().ShouldBe(Enumerable.Range(1, MessageWindow.Limit));
        (_window.HasOlder, _window.HasNewer).ShouldBe((false, true));

        for (var first = MessageWindow.Limit + 1; first <= 951; first += 50)
            _window.AddNewer(Page(first, first + 49), hasNewer: first < 951);

        Seqs()[^1].ShouldBe(1000);
        _window.Messages.Count.ShouldBe(MessageWindow.Limit);
        (_window.HasOlder, _window.HasNewer).ShouldBe((true, false));
    }

    [Fact]
    public void Of_two_versions_of_a_message_the_higher_one_stays()
    {
        _window.Replace([New(1) with { Version = 5, Content = "new" }], hasOlder: false, hasNewer: false);

        _window.Put(New(1) with { Version = 4, Content = "old" }, isAtEnd: true);
        _window.Messages[0].Content.ShouldBe("new");
        _window.Put(New(1) with { Version = 6, Content = "newer" }, isAtEnd: true);
        _window.Messages[0].Content.ShouldBe("newer");
    }

    [Fact]
    public void A_reaction_is_applied_once()
    {
        _window.Replace([New(1) with { Version = 1 }], hasOlder: false, hasNewer: false);
        var added = new ReactionChanged { MessageId = "1", Version = 2, UserId = 7, Emoji = "👍", Change = "added" };

        _window.Apply(added);
        _window.Apply(added);
        _window.Messages[0].Reactions.ShouldHaveSingleItem().UserIds.ShouldBe([7]);
        _window.Apply(added with { Version = 3, Change = "removed" });
        _window.Messages[0].Reactions.ShouldBeEmpty();
    }

    private int[] Seqs() => [.. _window.Messages.Select(message => (int)message.Seq)];

    private static IEnumerable<Message> Page(int first, int last) =>
        Enumerable.Range(first, last - first + 1).Reverse().Select(New);

    private static Message New(int seq) => new() { Id = $"{seq}", Seq = seq, Version = seq };
}
