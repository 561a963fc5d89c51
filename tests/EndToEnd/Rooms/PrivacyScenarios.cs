using BigTech.Tests.EndToEnd.Accounts;
using BigTech.Tests.EndToEnd.Friends;

namespace BigTech.Tests.EndToEnd.Rooms;

/// <summary>What users reserve to their friends in Chat. Bob has the rules.</summary>
[Scenarios]
public sealed class PrivacyScenarios(SharedServer server)
{
    private const string Code = "not_allowed_by_privacy";

    [Fact]
    public async Task Strangers_open_no_room_with_a_user_who_takes_messages_from_friends()
    {
        var (ann, bob) = await Two();
        await TakeMessagesOfFriends(bob);

        Names(await ann.Api.Get($"/chat-rooms/check/{bob.Id}")).ShouldBe([bob.Id]);
        Names(await ann.Api.Post("/chat-rooms", new { participant_ids = new[] { bob.Id } })).ShouldBe([bob.Id]);
        (await bob.Api.Get("/chat-rooms")).As<RoomList>().Rooms.ShouldAllBe(room => room.Members.All(member => member.UserId != ann.Id));
        await ann.Befriend(bob);
        var room = (await ann.RoomWith(bob)).Id;
        await ann.Send(room, "hello");

        (await ann.Unfriend(bob)).ShouldBe(204);

        Names(await ann.TrySend(room, "still there?")).ShouldBe([bob.Id]);
        (await ann.RoomWith(bob)).Id.ShouldBe(room, "it exists");
        (await ann.WholeHistory(room)).Count.ShouldBe(1);
        await bob.SetPrivacy(new { who_may_message = "everyone" });
        await Eventually.Holds(async () => (await ann.TrySend(room, "open again")).Status == 201, "the room opens");
    }

    [Fact]
    public async Task A_user_who_takes_messages_from_friends_is_answered_by_a_stranger_to_whom_they_wrote()
    {
        var (ann, bob) = await Two();
        await TakeMessagesOfFriends(bob);
        var room = (await bob.RoomWith(ann)).Id;
        Names(await ann.TrySend(room, "too early")).ShouldBe([bob.Id]);

        await bob.Send(room, "hello");

        await ann.Send(room, "hello back");
    }

    [Fact]
    public async Task In_an_existing_room_whatever_reaches_the_user_is_refused_to_strangers()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var sent = (await ann.TrySend(room, "in time", "once")).As<Message>(201);
        await TakeMessagesOfFriends(bob);

        Names(await ann.TrySend(room, "more")).ShouldBe([bob.Id]);
        Names(await ann.Api.Post("/messages", new { room_id = room, content = "the other path" })).ShouldBe([bob.Id]);
        Names(await ann.Api.Patch($"/messages/{sent.Id}", new { content = "new words" })).ShouldBe([bob.Id]);
        Names(await ann.React(sent, "👍")).ShouldBe([bob.Id]);
        Names(await ann.Pin(sent)).ShouldBe([bob.Id]);
        Names(await ann.Api.Post($"/chat-rooms/{room}/typing")).ShouldBe([bob.Id]);

        (await ann.TrySend(room, "in time", "once")).As<Message>(200).Id.ShouldBe(sent.Id);
        (await bob.Read(sent)).ReadSeq.ShouldBe(sent.Seq);
        (await ann.Delete(sent)).IsDeleted.ShouldBeTrue();
    }

    [Fact]
    public async Task Of_many_users_to_add_one_who_is_unwilling_keeps_all_out_and_is_named()
    {
        var (ann, bob) = await Two();
        var (cid, dee) = (await server.NewUser(), await server.NewUser());
        var group = (await ann.CreateGroup("group", cid)).Id;
        await BeAddedByFriends(bob);

        Names(await Add(ann, group, bob, dee)).ShouldBe([bob.Id]);
        var all = new { name = "other", participant_ids = new[] { cid.Id, bob.Id, dee.Id } };
        Names(await ann.Api.Post("/chat-rooms", all)).ShouldBe([bob.Id]);
        (await ann.GetRoom(group)).MemberCount.ShouldBe(2);
        (await dee.Api.Get("/chat-rooms")).As<RoomList>().Rooms.ShouldBeEmpty();

        await ann.Befriend(bob);
        (await Add(ann, group, bob, dee)).As<Room>().MemberCount.ShouldBe(4);
        Names(await cid.Api.Post("/chat-rooms", new { name = "cid's", participant_ids = new[] { bob.Id } })).ShouldBe([bob.Id]);
        await bob.SetPrivacy(new { who_may_add_to_groups = "everyone" });
        await Eventually.Holds(
            async () => (await cid.Api.Post("/chat-rooms", new { name = "cid's", participant_ids = new[] { bob.Id } })).Status == 201,
            "everyone adds again");
    }

    [Fact]
    public async Task A_group_of_two_is_a_direct_message()
    {
        var (ann, bob) = await Two();
        var cid = await server.NewUser();
        await TakeMessagesOfFriends(bob);

        Names(await New("group", bob)).ShouldBe([bob.Id]);
        Names(await New(null, bob)).ShouldBe([bob.Id]);
        var group = (await New("group", cid)).As<Room>(201).Id;
        (await cid.Api.Delete($"/chat-rooms/{group}/members/{cid.Id}")).ShouldBe(204);
        Names(await Add(ann, group, bob)).ShouldBe([bob.Id]);
        (await Add(ann, group, bob, cid)).ShouldBe(200);
        (await New("group", bob, cid)).ShouldBe(201);
        await ann.Befriend(bob);
        (await New("group", bob)).ShouldBe(201);

        Task<Answer> New(string? type, params User[] others) => ann.Api.Post(
            "/chat-rooms", new { name = "group", room_type = type, participant_ids = others.Select(user => user.Id) });
    }

    [Fact]
    public async Task A_link_is_the_own_decision_of_who_follows_it_and_groups_stay_open()
    {
        var (ann, bob) = await Two();
        var group = (await ann.CreateGroup("group", await server.NewUser())).Id;
        await BeAddedByFriends(bob);
        await TakeMessagesOfFriends(bob);

        (await bob.Join(await ann.NewInviteLink(group))).As<Room>().MemberCount.ShouldBe(3);

        await ann.Send(group, "welcome");
    }

    [Fact]
    public async Task A_block_is_told_before_the_rule_and_an_unknown_user_before_both()
    {
        var (ann, bob) = await Two();
        await BeAddedByFriends(bob);
        await bob.Block(ann);
        await Eventually.Holds(
            async () => (await ann.Api.Post("/chat-rooms", new { name = "x", participant_ids = new[] { bob.Id } })) is { } answer
                && answer.ShouldBe(403).Json.GetProperty("code").GetString() == "blocked",
            "Chat knows the block");

        (await ann.Api.Post("/chat-rooms", new { name = "x", participant_ids = new[] { bob.Id, 999_999_999 } })).ShouldBe(422);
    }

    [Fact]
    public async Task A_rule_that_is_set_while_users_are_added_finds_all_of_them_in_or_none()
    {
        var (ann, bob) = await Two();
        var others = await server.NewUsers(4);
        var group = (await ann.CreateGroup("group", others[3])).Id;

        var rule = bob.SetPrivacy(new { who_may_add_to_groups = "friends" });
        var answers = new List<Answer>();
        foreach (var other in others[..3]) answers.Add(await Add(ann, group, bob, other));
        await rule;

        var added = answers.Count(answer => answer.ShouldBe(200, 403).Status == 200);
        (await ann.GetRoom(group)).MemberCount.ShouldBe(2 + (added > 0 ? added + 1 : 0));
        await Eventually.Holds(
            async () => (await ann.Api.Post("/chat-rooms", new { name = "x", participant_ids = new[] { bob.Id } })).Status == 403,
            "the rule holds");
    }

    private async Task<(User Ann, User Bob)> Two()
    {
        var users = await server.NewUsers(2);
        return (users[0], users[1]);
    }

    /// <summary>Sets the rule, and waits until every replica of Chat has it: what comes after it under the same key is visible.</summary>
    private async Task TakeMessagesOfFriends(User user)
    {
        var probe = await server.NewUser();
        var room = (await probe.RoomWith(user)).Id;
        await user.SetPrivacy(new { who_may_message = "friends" });
        foreach (var chat in server.Ports("chat"))
        {
            await Eventually.Holds(
                async () => (await chat.With(probe.Tokens.AccessToken).Post($"/messages/{room}", new { content = "?" })).Status == 403,
                "the rule about messages holds");
        }
    }

    private async Task BeAddedByFriends(User user)
    {
        var probe = await server.NewUser();
        await user.SetPrivacy(new { who_may_add_to_groups = "friends" });
        foreach (var chat in server.Ports("chat"))
        {
            await Eventually.Holds(
                async () => (await chat.With(probe.Tokens.AccessToken).Post(
                    "/chat-rooms", new { name = "probe", participant_ids = new[] { user.Id } })).Status == 403,
                "the rule about groups holds");
        }
    }

    private static Task<Answer> Add(User actor, long room, params User[] users) =>
        actor.Api.Post($"/chat-rooms/{room}/members", new { user_ids = users.Select(user => user.Id) });

    private static long[] Names(Answer answer)
    {
        answer.ShouldBeProblem(403, Code);
        return [.. answer.Json.GetProperty("user_ids").EnumerateArray().Select(id => id.GetInt64())];
    }
}
