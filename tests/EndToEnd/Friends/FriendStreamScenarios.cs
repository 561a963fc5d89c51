namespace BigTech.Tests.EndToEnd.Friends;

[Scenarios]
public sealed class FriendStreamScenarios(SharedServer server)
{
    [Fact]
    public async Task Both_users_receive_requests_and_their_ends_as_they_see_them()
    {
        var users = await server.NewUsers(2);
        var (ann, bob) = (users[0], users[1]);
        await using var anns = await ann.FriendStream();
        await using var bobs = await bob.FriendStream();

        // Waits for each change on both streams, because a stream may send only the last of several quick changes.
        var asked = await ann.Ask(bob, "안녕 👋");
        await Came(2);
        await bob.Accept(asked);
        await Came(3);
        (await ann.Unfriend(bob)).ShouldBe(204);
        await Came(4);
        var again = await bob.Ask(ann);
        await Came(5);
        (await ann.Api.Post($"/friends/{again.Id}/reject")).ShouldBe(200);
        await Came(6);

        foreach (var (stream, other) in new[] { (anns, bob), (bobs, ann) })
        {
            var events = stream.Events;
            events.Select(e => e.Type)
                .ShouldBe(["ready", "request.created", "friend.added", "friend.removed", "request.created", "request.closed"]);
            events.Select(e => e.Id).ShouldBeUnique();
            var created = events[1].As<FriendshipOpened>().Friendship;
            (created.Id, created.Status, created.Message, created.RequesterId).ShouldBe((asked.Id, "pending", "안녕 👋", ann.Id));
            (created.User.UserId, created.User.Username).ShouldBe((other.Id, other.Account.Username));
            var added = events[2].As<FriendshipOpened>().Friendship;
            (added.Id, added.Status, added.User.UserId).ShouldBe((asked.Id, "accepted", other.Id));
            var removed = events[3].As<FriendshipClosed>();
            (removed.FriendshipId, removed.UserId).ShouldBe((asked.Id, other.Id));
        }

        async Task Came(int count)
        {
            foreach (var stream in new[] { anns, bobs })
                await stream.WaitUntil(all => all.Count == count, $"{count} events");
        }
    }

    [Fact]
    public async Task A_client_that_comes_back_gets_each_friendship_it_missed_once_and_as_it_is_now()
    {
        var users = await server.NewUsers(4);
        var (ann, bob, cid, dan) = (users[0], users[1], users[2], users[3]);
        await ann.Befriend(bob);
        var stream = await ann.FriendStream();
        await cid.Ask(ann);
        await stream.WaitFor(e => e.Type == "request.created", "the request of cid");
        await stream.DisposeAsync();

        await dan.Ask(ann);
        (await ann.Unfriend(bob)).ShouldBe(204);
        (await ann.Ask(cid)).Status.ShouldBe("accepted");
        await dan.Accept(await bob.Ask(dan));

        await using var back = await ann.FriendStream(stream.LastEventId);
        var events = await back.WaitUntil(all => all.Count >= 4, "what was missed");
        events.Select(e => e.Type).ShouldBe(["ready", "request.created", "friend.removed", "friend.added"]);
        events[0].Json.GetProperty("resumed").GetBoolean().ShouldBeTrue();
        events[0].Id.ShouldBe(stream.LastEventId);
        events[3].As<FriendshipOpened>().Friendship.User.UserId.ShouldBe(cid.Id);
        await using var nothing = await ann.FriendStream(back.LastEventId);
        await ann.Ask(bob);
        await nothing.WaitFor(e => e.Type == "request.created", "what is new");
        nothing.Events.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_client_goes_on_from_a_snapshot_and_0_sends_all_that_is_open()
    {
        var users = await server.NewUsers(4);
        var (ann, bob, cid, dan) = (users[0], users[1], users[2], users[3]);
        await ann.Befriend(bob);
        await ann.Befriend(cid);
        (await ann.Unfriend(cid)).ShouldBe(204);
        var snapshots = new[] { (await ann.Friends()).LastEventId, (await ann.Requests()).LastEventId };
        await ann.Ask(dan);

        foreach (var snapshot in snapshots)
        {
            await using var stream = await ann.FriendStream(snapshot.ShouldNotBeNull());
            var events = await stream.WaitUntil(all => all.Count >= 2, "what came after the snapshot");
            events.Select(e => e.Type).ShouldBe(["ready", "request.created"]);
        }
        await using var fromStart = await ann.FriendStream("0");
        (await fromStart.WaitUntil(all => all.Count >= 3, "all that is open")).Select(e => e.Type)
            .ShouldBe(["ready", "friend.added", "request.created"]);
    }

    [Fact]
    public async Task A_block_looks_like_any_other_end_and_without_one_like_nothing()
    {
        var users = await server.NewUsers(4);
        var (ann, bob, cid, dan) = (users[0], users[1], users[2], users[3]);
        await ann.Befriend(bob);
        await cid.Ask(ann);
        await using var bobs = await bob.FriendStream();
        await using var cids = await cid.FriendStream();
        await using var dans = await dan.FriendStream();

        foreach (var blocked in new[] { bob, cid, dan })
            await ann.Block(blocked);
        await ann.Unblock(dan);
        await dan.Ask(ann);

        (await bobs.WaitUntil(all => all.Count >= 2, "the end"))[1].Type.ShouldBe("friend.removed");
        (await cids.WaitUntil(all => all.Count >= 2, "the end"))[1].Type.ShouldBe("request.closed");
        (await dans.WaitUntil(all => all.Count >= 2, "the request"))[1].Type.ShouldBe("request.created",
            "the block and its end were not sent");
        foreach (var stream in new[] { bobs, cids })
            stream.Events[1].Json.EnumerateObject().Select(field => field.Name).ShouldBe(["version", "friendship_id", "user_id"]);
    }

    [Theory]
    [InlineData("rubbish", "unknown_id")]
    [InlineData("1:2:3", "unknown_id")]
    [InlineData("other", "foreign_id")]
    [InlineData("future", "future_id")]
    public async Task An_id_that_cannot_be_resumed_is_answered_with_a_reset_and_the_stream_goes_on(string id, string reason)
    {
        var users = await server.NewUsers(2);
        var (ann, bob) = (users[0], users[1]);
        var sent = id switch
        {
            "other" => (await bob.Friends()).LastEventId,
            "future" => $"f:{ann.Id}:{long.MaxValue}",
            _ => id,
        };

        await using var stream = await ann.FriendStream(sent);

        var reset = await stream.First();
        (reset.Type, reset.Json.GetProperty("reason").GetString()).ShouldBe(("reset", reason));
        reset.Json.GetProperty("start_over").GetString().ShouldBe("/friends");
        await bob.Ask(ann);
        await stream.WaitFor(e => e.Type == "request.created", "what is new");
    }

    [Fact]
    public async Task The_stream_is_only_for_those_who_are_signed_in()
    {
        var user = await server.NewUser();
        var ticket = (await user.Api.Post("/auth/stream-ticket")).As<StreamTicket>(201).Ticket;

        await using (var stream = await SseClient.Open(user.Api.Url($"/friends/stream?ticket={ticket}"), bearer: null))
            (await stream.First()).Type.ShouldBe("ready");
        (await server.Anonymous.Get($"/friends/stream?ticket={ticket}")).ShouldBeProblem(401);
        (await server.Anonymous.Get("/friends/stream")).ShouldBeProblem(401);
    }
}
