using BigTech.Tests.EndToEnd.Friends;

namespace BigTech.Tests.EndToEnd.Rooms;

[Scenarios]
public sealed class TypingStories(SharedServer server)
{
    [Fact]
    public async Task The_others_see_who_is_writing_and_nothing_is_kept_of_it()
    {
        var users = await server.NewUsers(3);
        var (ann, bob, cid) = (users[0], users[1], users[2]);
        var room = (await ann.CreateGroup("group", bob, cid)).Id;
        await ann.Send(room, "hello");
        await using var one = await bob.Stream(room);
        await using var all = await cid.StreamOfAllRooms();
        await using var own = await ann.Stream(room);
        foreach (var stream in new[] { one, all, own })
            await stream.First();

        (await ann.Api.Post($"/chat-rooms/{room}/typing")).ShouldBe(204);

        foreach (var stream in new[] { one, all })
            (await stream.WaitFor(e => e.Type == "typing", "the sign")).As<TypingSign>().ShouldBe(new TypingSign(room, 1, ann.Id, ann.Account.Username));
        (await ann.GetRoom(room)).Version.ShouldBe(1);
        await ann.Send(room, "next");
        await own.WaitForCreated(1);
        own.Events.ShouldNotContain(e => e.Type == "typing");
        await using var late = await bob.Stream(room, "0");
        await late.WaitForCreated(2);
        late.Events.ShouldNotContain(e => e.Type == "typing");
    }

    [Fact]
    public async Task Whoever_comes_back_with_the_id_of_a_sign_misses_nothing_and_sees_nothing_twice()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var one = await bob.Stream(room);
        var all = await bob.StreamOfAllRooms();
        await ann.Send(room, "1");
        foreach (var stream in new[] { one, all })
            await stream.WaitForCreated(1);
        (await ann.Api.Post($"/chat-rooms/{room}/typing")).ShouldBe(204);
        foreach (var stream in new[] { one, all })
        {
            await stream.WaitFor(e => e.Type == "typing", "the sign");
            stream.Events[^1].Id.ShouldBe(stream.LastEventId);
            await stream.Cut();
        }
        await ann.Send(room, "2");

        await using var oneAgain = await bob.Stream(room, one.LastEventId);
        await using var allAgain = await bob.StreamOfAllRooms(all.LastEventId);

        foreach (var stream in new[] { oneAgain, allAgain })
            (await stream.WaitForCreated(1)).Select(message => message.Content).ShouldBe(["2"]);
    }

    [Fact]
    public async Task Nobody_is_seen_writing_across_a_block()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await bob.Block(ann);
        await Eventually.Holds(async () => (await ann.TrySend(room, "?")).Status == 403, "the block works in Chat");

        (await ann.Api.Post($"/chat-rooms/{room}/typing")).ShouldBeProblem(403, "blocked");
        (await bob.Api.Post($"/chat-rooms/{room}/typing")).ShouldBeProblem(403, "blocked");
    }

    private sealed record TypingSign(long RoomId, long Version, long UserId, string Username);
}
