using BigTech.Chat.Domain;

namespace BigTech.Tests.Unit.Chat;

public sealed class ReactionTests
{
    private static readonly Message Plain = new(
        "019aa65c-8c00-7000-8000-000000000001", 5, 1, 1, 1, 1, 1, MessageTypes.Text, "hello", null, null, DateTimeOffset.UnixEpoch, null,
        null);

    [Fact]
    public void Emoji_and_people_stand_in_the_order_in_which_they_came()
    {
        var message = Plain.React(3, "👍").React(2, "🎉").React(1, "👍");

        message.Reactions.Select(reaction => reaction.Emoji).ShouldBe(["👍", "🎉"]);
        message.Reactions[0].UserIds.ShouldBe([3, 1]);
        message.React(1, "👍").ShouldBeSameAs(message);
        Plain.Reactions.ShouldBeEmpty();
    }

    [Fact]
    public void An_emoji_goes_with_the_last_who_put_it_there()
    {
        var message = Plain.React(3, "👍").React(1, "👍").React(2, "🎉");

        var less = message.TakeBack(3, "👍");
        less.Reactions[0].UserIds.ShouldBe([1]);
        less.TakeBack(1, "👍").Reactions.Select(reaction => reaction.Emoji).ShouldBe(["🎉"]);
        less.TakeBack(3, "👍").ShouldBeSameAs(less);
        less.TakeBack(3, "👀").ShouldBeSameAs(less);
    }

    [Fact]
    public void A_message_takes_twenty_emoji_from_any_number_of_people()
    {
        var full = Enumerable.Range(0, Message.MaxReactions)
            .Aggregate(Plain, (message, i) => message.React(i, char.ConvertFromUtf32(0x1F600 + i)));

        full.MayTake("👍").ShouldBeFalse();
        full.MayTake(char.ConvertFromUtf32(0x1F600)).ShouldBeTrue();
    }

    [Fact]
    public void An_edit_leaves_them_and_a_deletion_takes_them()
    {
        var message = Plain.React(3, "👍");

        message.Edit("hi", 2, DateTimeOffset.UnixEpoch).Reactions.ShouldBe(message.Reactions);
        message.Delete(2, DateTimeOffset.UnixEpoch).Reactions.ShouldBeEmpty();
    }
}
