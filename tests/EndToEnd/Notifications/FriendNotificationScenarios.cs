using BigTech.Tests.EndToEnd.Friends;

namespace BigTech.Tests.EndToEnd.Notifications;

[Scenarios]
public sealed class FriendNotificationScenarios(SharedServer server)
{
    [Fact]
    public async Task A_request_notifies_the_addressee_and_its_acceptance_the_requester()
    {
        var ann = await server.NewUser("Ann Lee");
        var bob = await server.NewUser("Bob Kim");

        var asked = await ann.Ask(bob, "we met\nyesterday");
        var request = await bob.Receives("friend_request");

        request.Title.ShouldBe("Ann Lee wants to be your friend");
        (request.Preview, request.Count, request.Actor,
            request.FriendshipId).ShouldBe(("we met yesterday", 1, new Actor(ann.Id, "Ann Lee"), asked.Id));
        (request.RoomId, request.MessageId, request.Seq, request.ReadAt).ShouldBe((null, null, null, null));
        request.HappenedAt.ShouldBe(asked.CreatedAt);
        (await bob.UnreadNotifications()).ShouldBe(1);
        (await ann.Notifications()).TotalCount.ShouldBe(0, "own actions do not notify");

        await bob.Accept(asked);
        var accepted = await ann.Receives("friend_accepted");

        (accepted.Title, accepted.Actor).ShouldBe(("Bob Kim accepted your friend request", new Actor(bob.Id, "Bob Kim")));
        var answered = (await bob.Notifications()).Notifications.ShouldHaveSingleItem();
        (answered.Id, answered.IsRead).ShouldBe((request.Id, true), "what is answered needs no more attention");
    }

    [Theory]
    [InlineData("reject")]
    [InlineData("cancel")]
    [InlineData("block")]
    public async Task A_request_that_ends_takes_its_notification_with_it(string end)
    {
        var (ann, bob) = await Two();
        var asked = await ann.Ask(bob);
        await bob.Receives("friend_request");

        await End(end, ann, bob, asked);

        await Eventually.Holds(async () => (await bob.Notifications()).TotalCount == 0, "the notification is gone");
        (await bob.UnreadNotifications()).ShouldBe(0);
        (await ann.Notifications()).TotalCount.ShouldBe(0, "a rejection does not notify");
    }

    [Theory]
    [InlineData("unfriend")]
    [InlineData("block")]
    public async Task A_friendship_that_ends_takes_the_unread_news_of_it_along(string end)
    {
        var (ann, bob) = await Two();
        var asked = await ann.Ask(bob);
        (await bob.Api.Post($"/friends/{asked.Id}/accept")).ShouldBe(200);
        await ann.Receives("friend_accepted");

        if (end == "block") (await bob.Api.Post("/friends/block", new { user_id = ann.Id })).ShouldBe(200, 201, 204);
        else (await bob.Api.Delete($"/friends/{ann.Id}")).ShouldBe(204);

        await Eventually.Holds(async () => (await ann.Notifications()).TotalCount == 0, "the notification is gone");
        (await ann.UnreadNotifications()).ShouldBe(0);
    }

    [Fact]
    public async Task A_new_request_after_an_end_is_a_new_notification_with_the_same_friendship()
    {
        var (ann, bob) = await Two();
        var asked = await ann.Ask(bob, "first");
        var first = await bob.Receives("friend_request");
        (await bob.Api.Post($"/friends/{asked.Id}/reject")).ShouldBe(200);

        (await ann.Ask(bob, "second")).Id.ShouldBe(asked.Id);

        var second = await bob.Receives(n => n.Preview == "second", "the second request");
        second.Id.ShouldNotBe(first.Id);
        (await bob.Notifications()).Notifications.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_crossing_request_is_a_yes()
    {
        var (ann, bob) = await Two();
        await ann.Ask(bob);
        await bob.Receives("friend_request");

        await bob.Ask(ann);

        await ann.Receives("friend_accepted");
        (await ann.Notifications()).Kinds.ShouldBe(["friend_accepted"]);
    }

    [Fact]
    public async Task A_user_who_changes_their_name_appears_under_the_new_one_from_then_on()
    {
        var (ann, bob) = await Two();
        var cid = await server.NewUser();
        await ann.Ask(bob);
        var before = await bob.Receives("friend_request");

        (await ann.Api.Patch("/profile/me", new { display_name = "New Ann" })).ShouldBe(200);
        await Eventually.Holds(async () =>
        {
            await ann.Ask(cid);
            var received = await cid.Receives("friend_request");
            (await ann.Api.Delete($"/friends/request/{cid.Id}")).ShouldBe(204);
            await Eventually.Holds(async () => (await cid.Notifications()).TotalCount == 0, "the end of the request");
            return received.Title == "New Ann wants to be your friend";
        }, "the new name");

        (await bob.Notifications()).Notifications.Single().Title.ShouldBe(before.Title);
    }

    private static async Task End(string end, User ann, User bob, Friendship asked)
    {
        if (end == "reject") (await bob.Api.Post($"/friends/{asked.Id}/reject")).ShouldBe(200);
        else if (end == "cancel") (await ann.Api.Delete($"/friends/request/{bob.Id}")).ShouldBe(204);
        else await bob.Block(ann);
    }

    private async Task<(User Ann, User Bob)> Two()
    {
        var users = await server.NewUsers(2);
        return (users[0], users[1]);
    }
}
