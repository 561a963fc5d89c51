namespace BigTech.Tests.EndToEnd.Notifications;

/// <summary>A notification does not outlive what it is about, and one message is one unread.</summary>
[Scenarios]
public sealed class MentionScenarios(SharedServer server)
{
    [Fact]
    public async Task A_mention_beside_messages_is_counted_once()
    {
        var (ann, bob, room) = await server.TwoInARoom();

        await ann.Send(room, "one");
        await ann.Send(room, $"two, @{bob.Account.Username}");
        await ann.Send(room, "three");

        await ShouldHave(bob, ("mention", 1, "two, @" + bob.Account.Username), ("message", 2, "three"));
        (await bob.UnreadIn(room)).ShouldBe(3, "the room counts messages");
    }

    [Fact]
    public async Task A_mention_that_is_unwanted_is_one_of_the_messages()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await bob.Prefer(new { kinds = new { mention = false } });

        await ann.Send(room, $"@{bob.Account.Username}");
        await ann.Send(room, "two");

        await ShouldHave(bob, ("message", 2, "two"));
    }

    [Fact]
    public async Task A_mention_that_is_edited_away_goes_and_leaves_the_message()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var first = await ann.Send(room, $"@{bob.Account.Username}, one");
        await bob.Receives("mention");

        await ann.Edit(first, "one");

        await ShouldHave(bob, ("message", 1, "one"));
        await ann.Edit(first, $"one, @{bob.Account.Username}");
        await ShouldHave(bob, ("mention", 1, $"one, @{bob.Account.Username}"));
        var second = await ann.Send(room, "two");
        await ShouldHave(bob, ("mention", 1, $"one, @{bob.Account.Username}"), ("message", 1, "two"));
        await ann.Edit(first, "just one");
        await ShouldHave(bob, ("message", 2, "two"));
        await ann.Delete(first);
        await ShouldHave(bob, ("message", 1, "two"));
        await ann.Delete(second);
        await ShouldHave(bob);
    }

    [Fact]
    public async Task A_mention_that_is_edited_away_in_a_muted_room_leaves_nothing()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await bob.Prefer(new { muted_rooms = new[] { new { room_id = room } } });
        var message = await ann.Send(room, $"@{bob.Account.Username}");
        await bob.Receives("mention");

        await ann.Edit(message, "never mind");

        await ShouldHave(bob);
    }

    [Fact]
    public async Task A_mention_that_an_edit_adds_is_told_once_even_of_a_message_that_was_read()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await using var stream = await bob.StreamOfNotifications();
        var message = await ann.Send(room, "one");
        await bob.Receives("message");
        await bob.Read(message);
        await ShouldHave(bob);

        await ann.Edit(message, $"@{bob.Account.Username}, one");

        await ShouldHave(bob, ("mention", 1, $"@{bob.Account.Username}, one"));
        await stream.WaitFor(
            e => e.Type == "notification.created" && e.As<NotificationChange>() is { Alert: true, Notification.Kind: "mention" },
            "the alert");
        await ann.Edit(message, $"@{bob.Account.Username}, one more time");
        await ShouldHave(bob, ("mention", 1, $"@{bob.Account.Username}, one more time"));
        await bob.Read(await ann.Send(room, "two"));
        await ShouldHave(bob);
    }

    [Fact]
    public async Task Code_rings_for_no_one()
    {
        var (ann, bob, room) = await server.TwoInARoom();

        await ann.Send(room, $"run `@{bob.Account.Username}`");
        await ann.Send(room, $"```\n@{bob.Account.Username}\n```");

        await ShouldHave(bob, ("message", 2, $"``` @{bob.Account.Username} ```"));
    }

    [Fact]
    public async Task An_invitation_goes_when_its_user_leaves_or_is_removed_or_the_group_is_deleted()
    {
        var (ann, bob, _) = await server.TwoInARoom();
        var left = (await ann.CreateGroup("left", bob)).Id;
        await ShouldHaveKinds(bob, "group_invite");
        (await bob.Api.Delete($"/chat-rooms/{left}/members/{bob.Id}")).ShouldBe(204);
        await ShouldHaveKinds(bob);

        var removed = (await ann.CreateGroup("removed", bob)).Id;
        await ann.GiveRole(removed, bob, "admin");
        await ShouldHaveKinds(bob, "system", "group_invite");
        (await ann.Api.Delete($"/chat-rooms/{removed}/members/{bob.Id}")).ShouldBe(204);
        await ShouldHaveKinds(bob, "system");
        (await bob.Receives("system")).Title.ShouldBe("You were removed from removed");

        var deleted = (await ann.CreateGroup("deleted", bob)).Id;
        await ShouldHaveKinds(bob, "group_invite", "system");
        (await ann.Api.Delete($"/chat-rooms/{deleted}")).ShouldBe(204);
        await ShouldHaveKinds(bob, "system", "system");
    }

    private static Task ShouldHaveKinds(User user, params string[] kinds) => Eventually.Holds(
        async () => (await user.Notifications("?unread=true")).Kinds.SequenceEqual(kinds), $"unread are {string.Join(", ", kinds)}");

    /// <summary>Waits until exactly these are unread, in any order.</summary>
    private static async Task ShouldHave(User user, params (string Kind, int Count, string Preview)[] expected)
    {
        var text = string.Join(", ", expected.Order());
        var seen = "";
        await Eventually.Holds(
            async () => text == (seen = string.Join(", ", (await user.Notifications("?unread=true")).Notifications
                .Select(n => (n.Kind, n.Count, n.Preview ?? "")).Order())),
            $"unread are {text}");
        (await user.UnreadNotifications()).ShouldBe(expected.Length, seen);
    }
}
