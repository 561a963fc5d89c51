namespace BigTech.Tests.EndToEnd.Friends;

[Scenarios]
public sealed class BlockScenarios(SharedServer server)
{
    [Fact]
    public async Task A_block_ends_a_friendship_and_refuses_requests_both_ways()
    {
        var (ann, bob) = await Two();
        await ann.Befriend(bob);

        var block = (await ann.TryBlock(bob)).As<Blocked>(201);

        block.UserId.ShouldBe(bob.Id);
        (await ann.BlockList()).Blocked.ShouldBe([block]);
        (await bob.BlockList()).Blocked.ShouldBeEmpty();
        (await ann.Friends()).TotalCount.ShouldBe(0);
        (await bob.Friends()).TotalCount.ShouldBe(0);
        var refused = (await bob.TryAsk(ann)).ShouldBeProblem(403, "blocked");
        (await ann.TryAsk(bob)).ShouldBeProblem(403, "blocked").Detail.ShouldBe(refused.Detail, "who blocked whom is not revealed");
        (await ann.TryBlock(bob)).As<Blocked>(200).ShouldBe(block);
    }

    [Fact]
    public async Task A_block_ends_open_requests_of_either()
    {
        var (ann, bob) = await Two();
        var asked = await ann.Ask(bob);

        await ann.Block(bob);

        (await bob.Requests()).TotalCount.ShouldBe(0);
        (await bob.TryAccept(asked.Id)).ShouldBeProblem(409, "not_pending");
        await ann.Unblock(bob);
        (await bob.Requests()).TotalCount.ShouldBe(0);
        await ann.Ask(bob);
        await bob.Block(ann);
        (await ann.Requests()).TotalCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_user_may_block_a_stranger_but_not_themselves_or_an_unknown_user()
    {
        var (ann, bob) = await Two();

        (await ann.TryBlock(ann)).ShouldBeProblem(400, "self");
        (await ann.Api.Post("/friends/block", new { user_id = 999_999_999 })).ShouldBeProblem(404, "user_not_found");
        (await ann.Api.Delete($"/friends/unblock/{bob.Id}")).ShouldBeProblem(404, "not_blocked");
        await bob.Block(ann);
        (await ann.Api.Delete($"/friends/unblock/{bob.Id}")).ShouldBeProblem(404, "not_blocked");
        await ann.Block(bob);
        await bob.Unblock(ann);
        (await bob.TryAsk(ann)).ShouldBeProblem(403, "blocked");
        await ann.Unblock(bob);
        await bob.Ask(ann);
    }

    [Fact]
    public async Task Search_hides_both_from_each_other()
    {
        var (ann, bob) = await Two();
        (await Finds(ann, bob)).ShouldBeTrue();

        await ann.Block(bob);

        await Eventually.Holds(async () => !await Finds(ann, bob) && !await Finds(bob, ann), "search hides both");
        (await bob.Api.Get($"/users/{ann.Id}")).ShouldBe(200);

        await ann.Unblock(bob);

        await Eventually.Holds(async () => await Finds(ann, bob) && await Finds(bob, ann), "search shows both");
    }

    [Fact]
    public async Task The_room_of_two_takes_nothing_from_either_while_one_blocks_the_other()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var before = await bob.Send(room, "before");
        await using var stream = await bob.Stream(room, lastEventId: "0");

        await ann.Block(bob);

        await Eventually.Holds(async () => (await bob.TrySend(room, "hello?")).Status == 403, "the room closes");
        (await bob.TrySend(room, "hello?")).ShouldBeProblem(403, "blocked");
        (await ann.TrySend(room, "go away")).ShouldBeProblem(403, "blocked");
        (await bob.Api.Post("/messages", new { room_id = room, content = "the other path" })).ShouldBeProblem(403, "blocked");
        (await bob.Api.Patch($"/messages/{before.Id}", new { content = "new words" })).ShouldBeProblem(403, "blocked");
        (await ann.Api.Get($"/chat-rooms/check/{bob.Id}")).As<Room>().Id.ShouldBe(room);
    }

    [Fact]
    public async Task Old_messages_stay_readable_and_an_old_stream_stays_open()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await ann.Send(room, "one");
        var two = await bob.Send(room, "two");
        await using var stream = await bob.Stream(room);
        await ann.Block(bob);
        await Closes(bob, room);

        var seen = (await bob.WholeHistory(room)).Select(message => message.Content).ToList();

        seen.Take(2).ShouldBe(["one", "two"]);
        (await ann.WholeHistory(room)).Select(message => message.Content).ShouldBe(seen);
        (await ann.Read(two)).ReadSeq.ShouldBe(two.Seq);
        await stream.WaitUntil(events => events.Any(e => e.Type == "read"), "the stream still sends");
        (await bob.Delete(two)).IsDeleted.ShouldBeTrue("what one wrote one may take back");
        await using var again = await bob.Stream(room, lastEventId: "0");
        await again.WaitUntil(events => events.Any(e => e.Data.Contains("one", StringComparison.Ordinal)), "a new stream shows the old");
    }

    [Fact]
    public async Task A_message_that_was_accepted_is_answered_again_after_the_block()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var first = (await bob.TrySend(room, "in time", "once")).As<Message>(201);
        await ann.Block(bob);
        await Closes(bob, room);

        (await bob.TrySend(room, "in time", "once")).As<Message>(200).Id.ShouldBe(first.Id);
        (await bob.TrySend(room, "too late", "twice")).ShouldBeProblem(403, "blocked");
    }

    [Fact]
    public async Task After_the_block_both_send_again_and_are_no_friends()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await ann.Befriend(bob);
        await ann.Block(bob);
        await Closes(bob, room);

        await ann.Unblock(bob);

        await Eventually.Holds(async () => (await bob.TrySend(room, "back")).Status == 201, "the room opens");
        await ann.Send(room, "so you are");
        (await ann.Friends()).TotalCount.ShouldBe(0);
    }

    [Fact]
    public async Task While_each_blocks_the_other_one_unblock_opens_nothing()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await ann.Block(bob);
        await bob.Block(ann);
        await Closes(bob, room);
        await ann.Unblock(bob);
        await ChatHasConsumedBlocks(ann, bob);

        (await ann.TrySend(room, "hello")).ShouldBeProblem(403, "blocked");
        await bob.Unblock(ann);
        await Eventually.Holds(async () => (await ann.TrySend(room, "hello")).Status == 201, "the room opens");
    }

    [Fact]
    public async Task No_new_room_of_two_is_opened_across_a_block()
    {
        var (ann, bob) = await Two();
        await ann.Block(bob);
        await ChatHasConsumedBlocks(ann, bob);

        (await bob.Api.Get($"/chat-rooms/check/{ann.Id}")).ShouldBeProblem(403, "blocked");
        (await bob.Api.Post("/chat-rooms", new { participant_ids = new[] { ann.Id } })).ShouldBeProblem(403, "blocked");
        (await ann.Api.Get("/chat-rooms")).As<RoomList>().Rooms.ShouldAllBe(room => room.Members.All(member => member.UserId != bob.Id));
    }

    [Fact]
    public async Task In_shared_groups_both_stay_and_write()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var cid = await server.NewUser();
        var group = await cid.CreateGroup("club", ann, bob);
        await ann.Block(bob);
        await Closes(bob, room);

        await bob.Send(group.Id, "hello all");
        await ann.Send(group.Id, "hello cid");

        (await ann.WholeHistory(group.Id)).Count(message => message.MessageType == "text").ShouldBe(2);
        (await bob.GetRoom(group.Id)).MemberCount.ShouldBe(3);
    }

    [Fact]
    public async Task Neither_brings_the_other_into_a_group()
    {
        var (ann, bob) = await Two();
        var cid = await server.NewUser();
        var club = await bob.CreateGroup("club", cid);
        await ann.Block(bob);
        await ChatHasConsumedBlocks(ann, bob);

        (await bob.Api.Post("/chat-rooms",
            new { name = "trap", room_type = "group", participant_ids = new[] { cid.Id, ann.Id } })).ShouldBeProblem(403, "blocked");
        (await ann.Api.Post("/chat-rooms",
            new { name = "trap", room_type = "group", participant_ids = new[] { bob.Id } })).ShouldBeProblem(403, "blocked");
        (await bob.Api.Post($"/chat-rooms/{club.Id}/members", new { user_ids = new[] { ann.Id } })).ShouldBeProblem(403, "blocked");
        (await ann.Api.Get("/chat-rooms")).As<RoomList>().Rooms.ShouldAllBe(room => room.RoomType == "direct");
        (await cid.Api.Post($"/chat-rooms/{club.Id}/members", new { user_ids = new[] { ann.Id } })).ShouldBe(200);
    }

    [Fact]
    [OneProcess("It kills a server of its own.")]
    public async Task A_block_outlives_a_crash()
    {
        await using var own = await ServerProcess.Start(("Users__PasswordIterations", "1000"));
        var (ann, bob, room) = await own.TwoInARoom();
        await ann.Block(bob);
        await own.Kill9();
        await own.Restart();

        await Eventually.Holds(async () => (await bob.TrySend(room, "hello")).Status == 403, "the room is closed");
        (await bob.TryAsk(ann)).ShouldBeProblem(403, "blocked");
        (await ann.BlockList()).TotalCount.ShouldBe(1);
        (await Finds(bob, ann)).ShouldBeFalse();
    }

    private async Task<(User Ann, User Bob)> Two()
    {
        var users = await server.NewUsers(2);
        return (users[0], users[1]);
    }

    /// <summary>Waits until Chat has consumed all blocks of the two: a later one under the same key (the lower id) closes a room.</summary>
    private async Task ChatHasConsumedBlocks(User one, User two)
    {
        var (lower, third) = (one.Id < two.Id ? one : two, await server.NewUser());
        var room = (await lower.RoomWith(third)).Id;
        await lower.Block(third);
        await Closes(third, room);
    }

    private static Task Closes(User sender, long room) =>
        Eventually.Holds(async () => (await sender.TrySend(room, "?")).Status == 403, "the room closes");

    private static async Task<bool> Finds(User me, User other) =>
        (await me.Api.Get($"/users/search?q={other.Account.Username}")).As<Found>().Users.Any(user => user.Id == other.Id);
}
