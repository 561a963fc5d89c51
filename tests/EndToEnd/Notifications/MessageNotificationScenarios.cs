using BigTech.Tests.EndToEnd.Friends;

namespace BigTech.Tests.EndToEnd.Notifications;

[Scenarios]
public sealed class MessageNotificationScenarios(SharedServer server)
{
    [Fact]
    public async Task Messages_of_a_room_collapse_into_one_unread_notification()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await ann.Send(room, "one");
        var first = await bob.Receives("message");

        (first.Title, first.Preview, first.Count, first.RoomId, first.Seq).ShouldBe((ann.Account.DisplayName, "one", 1, room, 1));
        await ann.Send(room, "two");
        var last = await ann.Send(room, "three");
        var third = await bob.Receives(n => n.Count == 3, "three messages");

        (third.Id, third.Preview, third.MessageId, third.Seq,
            third.HappenedAt).ShouldBe((first.Id, "three", last.Id, last.Seq, last.CreatedAt));
        (await bob.Notifications()).Kinds.ShouldBe(["message"]);
        (await ann.Notifications()).TotalCount.ShouldBe(0, "own messages do not notify");
    }

    [Fact]
    public async Task Reading_the_room_reads_the_notification_and_what_comes_after_is_a_new_one()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await ann.Send(room, "one");
        var two = await ann.Send(room, "two");
        var first = await bob.Receives(n => n.Count == 2, "two messages");

        await bob.Read(two);

        await Eventually.Holds(async () => await bob.UnreadNotifications() == 0, "it is read");
        await ann.Send(room, "three");
        var second = await bob.Receives("message");
        (second.Id == first.Id, second.Count).ShouldBe((false, 1));
    }

    [Fact]
    public async Task Writing_in_the_room_reads_it_too()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await ann.Send(room, "one");
        await bob.Receives("message");

        await bob.Send(room, "answer");

        await ann.Receives("message");
        await Eventually.Holds(async () => await bob.UnreadNotifications() == 0, "it is read");
    }

    [Fact]
    public async Task A_room_that_is_open_on_a_live_stream_notifies_nothing_and_the_stream_of_all_rooms_does_not_count()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var other = (await bob.CreateGroup("other", ann)).Id;
        await using var all = await bob.StreamOfAllRooms();
        await all.First();
        var open = await bob.Stream(room);
        await open.First();

        await ann.Send(room, $"seen, @{bob.Account.Username}");
        await ann.Send(other, "not seen");
        var received = await bob.Receives("message");

        received.RoomId.ShouldBe(other);
        await open.WaitForCreated(1);
        // The newest notification is the other room's in any case, so the test checks all of them.
        (await bob.Notifications()).Notifications.ShouldNotContain(
            n => n.RoomId == room && n.Kind == "message", "what the user saw does not notify");
        await open.DisposeAsync();
        await Eventually.Holds(async () =>
        {
            await ann.Send(room, "not seen either");
            return (await bob.Notifications()).Notifications.Any(n => n.RoomId == room);
        }, "once the stream is closed messages notify again");
        (await bob.Notifications()).Kinds.ShouldNotContain("mention", "what the user saw does not notify");
    }

    [Fact]
    public async Task A_mention_is_a_notification_of_its_own()
    {
        var people = await server.NewUsers(3);
        var (ann, bob, cid) = (people[0], people[1], people[2]);
        var room = (await ann.CreateGroup("점심 모임", bob, cid)).Id;
        var sent = await ann.Send(
            room, $"어디야 @{bob.Account.Username.ToUpperInvariant()}님? write to x@{cid.Account.Username}, @{ann.Account.Username}");

        var mention = await bob.Receives("mention");

        mention.Title.ShouldBe($"{ann.Account.DisplayName} mentioned you in 점심 모임");
        (mention.MessageId, mention.Seq, mention.RoomId, mention.Count).ShouldBe((sent.Id, sent.Seq, room, 1));
        (await cid.Receives("message")).Title.ShouldBe("점심 모임");
        (await bob.Notifications()).Kinds.ShouldBe(["mention", "group_invite"], "one mention is one unread");
        (await cid.Notifications()).Kinds.ShouldBe(["message", "group_invite"], "an e-mail address mentions no user");
        (await ann.Notifications()).TotalCount.ShouldBe(0, "a sender does not mention themselves");
        await bob.Read(sent);
        await Eventually.Holds(
            async () => (await bob.Notifications("?unread=true")).Kinds is ["group_invite"], "it is read with the room");
    }

    [Fact]
    public async Task Being_added_to_a_group_notifies_and_being_removed_takes_its_messages_away()
    {
        var people = await server.NewUsers(3);
        var (ann, bob, cid) = (people[0], people[1], people[2]);
        var room = (await ann.CreateGroup("club", bob)).Id;
        var invited = await bob.Receives("group_invite");
        (invited.Title, invited.RoomId).ShouldBe(($"{ann.Account.DisplayName} added you to club", room));

        (await bob.Api.Post($"/chat-rooms/{room}/members", new { user_ids = new[] { cid.Id } })).ShouldBe(200);
        (await cid.Receives("group_invite")).Actor!.UserId.ShouldBe(bob.Id);
        await ann.Send(room, "a secret");
        await cid.Receives("message");

        (await ann.Api.Delete($"/chat-rooms/{room}/members/{cid.Id}")).ShouldBe(204);

        (await cid.Receives("system")).Title.ShouldBe("You were removed from club");
        (await cid.Api.Get("/notifications")).Text.ShouldNotContain("a secret");
        await ann.Send(room, "another secret");
        await bob.Receives(n => n.Preview == "another secret", "the member is notified");
        (await cid.Api.Get("/notifications")).Text.ShouldNotContain("secret");
    }

    [Fact]
    public async Task Invitations_of_one_user_are_one_unread_notification()
    {
        var people = await server.NewUsers(3);
        var (ann, bob, cid) = (people[0], people[1], people[2]);
        var name = ann.Account.DisplayName;
        var first = (await ann.CreateGroup("one", bob)).Id;
        await bob.Receives("group_invite");
        var second = (await ann.CreateGroup("two", bob)).Id;
        await bob.Receives(n => n.Count == 2 && n.Title == $"{name} added you to two and another group", "two groups");
        var third = (await ann.CreateGroup("three", cid)).Id;
        (await ann.Api.Post($"/chat-rooms/{third}/members", new { user_ids = new[] { bob.Id } })).ShouldBe(200);
        await bob.Receives(n => n.Title == $"{name} added you to three and 2 other groups" && n.RoomId == third, "three groups");
        await cid.CreateGroup("another", bob);

        await Eventually.Holds(async () => await bob.UnreadNotifications() == 2, "one for each user who invited");

        (await bob.Api.Delete($"/chat-rooms/{third}/members/{bob.Id}")).ShouldBe(204);
        var shown = await bob.Receives(n => n.Actor!.UserId == ann.Id && n.Count == 2, "two groups are left");
        (shown.Title, shown.RoomId).ShouldBe(($"{name} added you to two and another group", second));
        (await ann.Api.Delete($"/chat-rooms/{first}")).ShouldBe(204);
        await bob.Receives(n => n.Title == $"{name} added you to two", "one group is left");
        await bob.ReadNotifications(shown.Id);
        await ann.CreateGroup("four", bob);
        (await bob.Receives(n => n.Title == $"{name} added you to four", "another notification")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task System_messages_do_not_notify()
    {
        var people = await server.NewUsers(3);
        var room = (await people[0].CreateGroup("club", people[1])).Id;
        (await people[0].Api.Post($"/chat-rooms/{room}/members", new { user_ids = new[] { people[2].Id } })).ShouldBe(200);
        await people[2].Receives("group_invite");

        await people[0].Send(room, "the first word");

        (await people[1].Receives("message")).Count.ShouldBe(1);
        (await people[2].Receives("message")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Edits_and_deletions_show()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var one = await ann.Send(room, "one");
        var two = await ann.Send(room, "two");
        await bob.Receives(n => n.Count == 2, "two messages");

        await ann.Edit(two, "two, better");
        await bob.Receives(n => n.Preview == "two, better", "the new words");
        await ann.Delete(two);
        (await bob.Receives(n => n.Count == 1, "one message")).Preview.ShouldBeNull();
        await ann.Delete(one);

        await Eventually.Holds(async () => (await bob.Notifications()).TotalCount == 0, "nothing is left to notify of");
    }

    [Fact]
    public async Task Nothing_in_a_shared_group_notifies_across_a_block_not_even_a_mention()
    {
        var people = await server.NewUsers(3);
        var (ann, bob, cid) = (people[0], people[1], people[2]);
        var room = (await cid.CreateGroup("club", ann, bob)).Id;
        await bob.Receives("group_invite");
        await bob.Block(ann);
        await bob.WaitForFriendEvents(server.Process);

        await ann.Send(room, $"hello @{bob.Account.Username}");
        await bob.Send(room, $"who is @{ann.Account.Username}?");
        await cid.Send(room, "hello both");

        (await bob.Receives("message")).Count.ShouldBe(1);
        (await ann.Receives("message")).Count.ShouldBe(1);
        (await bob.Notifications()).Kinds.ShouldNotContain("mention");
        (await ann.Notifications()).Kinds.ShouldNotContain("mention");
    }

    [Fact]
    public async Task Under_load_every_message_is_counted_once()
    {
        var people = await server.NewUsers(4);
        var room = (await people[0].CreateGroup("busy", people[1..])).Id;

        await Task.WhenAll(people[..2].Select(sender => sender.SendMany(room, 150, n => $"{sender.Id} {n}", connections: 8)));

        foreach (var listener in people[2..])
            (await listener.Receives(n => n.Kind == "message" && n.Count == 300, "300 messages")).Seq.ShouldBe(300);
        (await people[2].Notifications()).Kinds.ShouldBe(["message", "group_invite"]);
    }
}
