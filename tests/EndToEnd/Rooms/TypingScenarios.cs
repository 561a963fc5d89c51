using BigTech.Tests.EndToEnd.Friends;

namespace BigTech.Tests.EndToEnd.Rooms;

[Scenarios]
public sealed class TypingScenarios(SharedServer server)
{
    [Fact]
    public async Task The_others_see_who_types_and_until_when_and_nothing_is_kept_of_it()
    {
        var (ann, bob, cid) = await Three();
        var room = (await ann.CreateGroup("group", bob, cid)).Id;
        await ann.Send(room, "hello");
        await using var one = await bob.Stream(room);
        await using var all = await cid.StreamOfAllRooms();
        await using var own = await ann.Stream(room);
        foreach (var stream in new[] { one, all, own })
            await stream.First();

        var before = DateTimeOffset.UtcNow;
        await ann.Type(room, one, all);

        foreach (var stream in new[] { one, all })
        {
            var sign = (await stream.WaitFor(IsTyping(ann), "the sign")).As<TypingSign>();
            (sign.RoomId, sign.Version, sign.Username).ShouldBe((room, 1, ann.Account.Username));
            sign.ExpiresAt.ShouldNotBeNull().ShouldBeGreaterThan(before);
        }
        (await ann.GetRoom(room)).Version.ShouldBe(1);
        await ann.Send(room, "next");
        await own.WaitForCreated(1);
        own.Events.ShouldNotContain(e => e.Type == "typing");
        await using var late = await bob.Stream(room, "0");
        await late.WaitForCreated(2);
        late.Events.ShouldNotContain(e => e.Type == "typing");
    }

    [Fact]
    public async Task A_client_that_resumes_after_a_typing_event_misses_nothing_and_sees_nothing_twice()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var one = await bob.Stream(room);
        var all = await bob.StreamOfAllRooms();
        await ann.Send(room, "1");
        foreach (var stream in new[] { one, all })
            await stream.WaitForCreated(1);
        await ann.Type(room, one, all);
        foreach (var stream in new[] { one, all })
        {
            var (events, last) = stream.Now;
            events[^1].Id.ShouldBe(last);
            await stream.Cut();
        }
        await ann.Send(room, "2");

        await using var oneAgain = await bob.Stream(room, one.LastEventId);
        await using var allAgain = await bob.StreamOfAllRooms(all.LastEventId);

        foreach (var stream in new[] { oneAgain, allAgain })
            (await stream.WaitForCreated(1)).Select(message => message.Content).ShouldBe(["2"]);
    }

    [Fact]
    public async Task A_message_ends_the_typing_of_its_author_alone()
    {
        var (ann, bob, cid) = await Three();
        var room = (await ann.CreateGroup("group", bob, cid)).Id;
        await using var stream = await cid.Stream(room);
        await stream.First();
        await ann.Type(room, stream);
        await bob.Type(room, stream);

        await ann.Send(room, "done");

        var ended = await stream.WaitFor(HasEnded(ann), "the end");
        ended.As<TypingSign>().ExpiresAt.ShouldBeNull();
        await stream.WaitForCreated(1);
        stream.Events.ShouldNotContain(e => HasEnded(bob)(e));
    }

    [Fact]
    public async Task Who_leaves_or_is_removed_no_longer_types()
    {
        var (ann, bob, cid) = await Three();
        var room = (await ann.CreateGroup("group", bob, cid)).Id;
        await using var stream = await ann.Stream(room);
        await stream.First();
        await bob.Type(room, stream);
        await cid.Type(room, stream);

        (await bob.Api.Delete($"/chat-rooms/{room}/members/{bob.Id}")).ShouldBe(204);
        (await ann.Api.Delete($"/chat-rooms/{room}/members/{cid.Id}")).ShouldBe(204);

        foreach (var user in new[] { bob, cid })
        {
            await stream.WaitFor(HasEnded(user), "the end");
            var left = await stream.WaitFor(e => e.Type == "member" && e.Json.GetProperty("user_id").GetInt64() == user.Id, "the removal");
            (await user.Api.Post($"/chat-rooms/{room}/typing")).ShouldBeProblem(403, "not_a_member");
            var events = stream.Events.ToList();
            events.FindLastIndex(e => IsAbout(user, e)).ShouldBeLessThan(events.IndexOf(left));
        }
    }

    [Fact]
    public async Task Who_closes_the_last_stream_of_the_room_no_longer_types()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await using var stream = await ann.Stream(room);
        await stream.First();
        var own = await bob.Stream(room);
        await own.First();
        await bob.Type(room, stream);

        await own.Cut();

        await stream.WaitFor(HasEnded(bob), "the end");
    }

    [Fact]
    [OneProcess("A replica knows only of its own streams (ADR 0062).")]
    public async Task Who_still_has_a_stream_of_all_rooms_goes_on_typing()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await using var stream = await ann.Stream(room);
        await stream.First();
        await using var all = await bob.StreamOfAllRooms();
        await all.First();
        var own = await bob.Stream(room);
        await own.First();
        await bob.Type(room, stream);

        await own.Cut();
        await ann.Send(room, "still there?");
        await all.WaitForCreated(1);
        await bob.Send(room, "yes");

        var events = await stream.WaitUntil(events => events.Count(e => e.Type == "message.created") == 2, "two messages");
        // The message ended the indicator, not the stream that closed before the other message.
        events.Where(e => HasEnded(bob)(e) || e.IsMessage).Select(e => e.Type).ShouldBe(["message.created", "typing", "message.created"]);
    }

    [Fact]
    public async Task Two_of_whom_one_blocks_the_other_do_not_see_each_other_type()
    {
        var (ann, bob, cid) = await Three();
        var ofTwo = (await ann.RoomWith(bob)).Id;
        var room = (await cid.CreateGroup("group", ann, bob)).Id;
        await bob.Block(ann);
        await Eventually.Holds(async () => (await ann.TrySend(ofTwo, "?")).Status == 403, "the block works in Chat");

        (await ann.Api.Post($"/chat-rooms/{ofTwo}/typing")).ShouldBeProblem(403, "blocked");
        (await bob.Api.Post($"/chat-rooms/{ofTwo}/typing")).ShouldBeProblem(403, "blocked");
        await using var ofAnn = await ann.Stream(room);
        await using var ofBob = await bob.StreamOfAllRooms();
        await using var ofCid = await cid.Stream(room);
        foreach (var stream in new[] { ofAnn, ofBob, ofCid })
            await stream.First();
        await ann.Type(room, ofCid);
        await bob.Type(room, ofCid);
        await cid.Type(room, ofAnn, ofBob);
        await ann.Send(room, "from ann");
        await bob.Send(room, "from bob");
        foreach (var stream in new[] { ofAnn, ofBob })
            await stream.WaitForCreated(2);

        ofAnn.Events.ShouldNotContain(e => IsAbout(bob, e));
        ofBob.Events.ShouldNotContain(e => IsAbout(ann, e));
    }

    [Fact]
    public async Task A_user_may_ask_only_so_often_a_minute_in_all_rooms_together()
    {
        await using var limited = await ServerProcess.Start(("Chat__TypingPerMinute", "3"));
        var (ann, bob, room) = await limited.TwoInARoom();
        var other = (await ann.CreateGroup("group", bob)).Id;
        for (var left = 2; left >= 0; left--)
        {
            var answer = (await ann.Api.Post($"/chat-rooms/{(left == 1 ? other : room)}/typing")).ShouldBe(204);
            answer.Headers.GetValues("RateLimit-Remaining").ShouldBe([$"{left}"]);
        }

        var refused = await ann.Api.Post($"/chat-rooms/{room}/typing");

        refused.ShouldBeProblem(429, "rate_limited");
        refused.Headers.GetValues("RateLimit-Limit").ShouldBe(["3"]);
        refused.Headers.RetryAfter.ShouldNotBeNull();
        (await bob.Api.Post($"/chat-rooms/{room}/typing")).ShouldBe(204);
        (await ann.TrySend(room, "hello")).ShouldBe(201);
    }

    private static Func<SseEvent, bool> IsTyping(User user) => e => IsAbout(user, e) && e.As<TypingSign>().IsTyping;

    private static Func<SseEvent, bool> HasEnded(User user) => e => IsAbout(user, e) && !e.As<TypingSign>().IsTyping;

    private static bool IsAbout(User user, SseEvent e) => e.Type == "typing" && e.As<TypingSign>().UserId == user.Id;

    private async Task<(User Ann, User Bob, User Cid)> Three()
    {
        var users = await server.NewUsers(3);
        return (users[0], users[1], users[2]);
    }
}
