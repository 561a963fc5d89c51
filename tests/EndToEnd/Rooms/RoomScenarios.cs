namespace BigTech.Tests.EndToEnd.Rooms;

[Scenarios]
public sealed class RoomScenarios(SharedServer server)
{
    private const long Unknown = 999_999_999;

    [Fact]
    public async Task The_room_of_two_is_created_once_and_is_the_same_for_both()
    {
        var (ann, bob) = await Two();

        var answer = await ann.Api.Get($"/chat-rooms/check/{bob.Id}");

        var room = answer.As<Room>();
        room.RoomType.ShouldBe("direct");
        room.MemberCount.ShouldBe(2);
        room.Members.Select(member => member.UserId).ShouldBe([ann.Id, bob.Id], ignoreOrder: true);
        room.Of(bob).Username.ShouldBe(bob.Account.Username);
        room.LastMessage.ShouldBeNull();
        room.LastSeq.ShouldBe(0);
        room.UnreadCount.ShouldBe(0);
        (await ann.RoomWith(bob)).Id.ShouldBe(room.Id);
        (await bob.RoomWith(ann)).Id.ShouldBe(room.Id);
    }

    [Fact]
    public async Task Twenty_who_ask_for_the_room_at_once_get_the_same()
    {
        var (ann, bob) = await Two();

        var rooms = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? ann.RoomWith(bob) : bob.RoomWith(ann)));

        rooms.Select(room => room.Id).Distinct().Count().ShouldBe(1);
        (await List(ann)).Rooms.Length.ShouldBe(1);
        (await List(bob)).TotalCount.ShouldBe(1);
    }

    [Fact]
    public async Task A_room_with_no_other_user_or_with_oneself_is_refused()
    {
        var ann = await server.NewUser();

        (await ann.Api.Get($"/chat-rooms/check/{Unknown}")).ShouldBeProblem(404);
        var self = await ann.Api.Get($"/chat-rooms/check/{ann.Id}");
        self.ShouldBeProblem(self.ShouldBe(400, 422).Status);
        (await List(ann)).Rooms.ShouldBeEmpty();
    }

    [Fact]
    public async Task Rooms_are_listed_by_latest_activity_with_last_message_and_unread_count()
    {
        var ann = await server.NewUser();
        var friends = await server.NewUsers(3);
        var rooms = new List<Room>();
        foreach (var friend in friends)
            rooms.Add(await ann.RoomWith(friend));
        foreach (var index in new[] { 1, 0, 2, 0 })
            await friends[index].Send(rooms[index].Id, $"from {index}");

        var list = await List(ann);

        list.TotalCount.ShouldBe(3);
        list.NextCursor.ShouldBeNull();
        list.Rooms.Select(room => room.Id).ShouldBe([rooms[0].Id, rooms[2].Id, rooms[1].Id]);
        list.Rooms.Select(room => room.LastMessage.ShouldNotBeNull().Content).ShouldBe(["from 0", "from 2", "from 1"]);
        list.Rooms.Select(room => room.UnreadCount).ShouldBe([2, 1, 1]);
        list.Rooms.Select(room => room.LastSeq).ShouldBe([2, 1, 1]);
        (await List(friends[0])).Rooms.Single().UnreadCount.ShouldBe(0, "what one wrote oneself is read");
    }

    [Fact]
    public async Task Pages_of_the_list_show_every_room_once()
    {
        var ann = await server.NewUser();
        foreach (var friend in await server.NewUsers(5))
            await friend.Send((await friend.RoomWith(ann)).Id, "hello");
        var all = (await List(ann)).Rooms.Select(room => room.Id).ToArray();
        all.Length.ShouldBe(5);

        var first = await List(ann, "?limit=3");
        var second = await List(ann, $"?limit=3&before={Uri.EscapeDataString(first.NextCursor.ToString().ShouldNotBeNull())}");

        first.Rooms.Concat(second.Rooms).Select(room => room.Id).ShouldBe(all);
        second.NextCursor.ShouldBeNull();
        (await List(ann, "?skip=2&limit=2")).Rooms.Select(room => room.Id).ShouldBe(all[2..4]);
        (await List(ann, "?offset=2&limit=2")).Rooms.Select(room => room.Id).ShouldBe(all[2..4]);
    }

    [Fact]
    public async Task The_members_are_also_named_as_participants()
    {
        var (ann, bob) = await Two();
        var room = await ann.RoomWith(bob);

        var participants = (await bob.Api.Get($"/chat-rooms/{room.Id}")).ShouldBe(200).Json.GetProperty("participants").EnumerateArray()
            .Select(one => (one.GetProperty("id").GetInt64(), one.GetProperty("username").GetString()));

        participants.ShouldBe([(ann.Id, ann.Account.Username), (bob.Id, bob.Account.Username)], ignoreOrder: true);
    }

    [Fact]
    public async Task A_room_is_open_to_members_only_and_an_unknown_one_is_404()
    {
        var (ann, bob) = await Two();
        var stranger = await server.NewUser();
        var room = await ann.RoomWith(bob);

        (await bob.GetRoom(room.Id)).Id.ShouldBe(room.Id);
        (await stranger.Api.Get($"/chat-rooms/{room.Id}")).ShouldBeProblem(403);
        (await ann.Api.Get($"/chat-rooms/{Unknown}")).ShouldBeProblem(404);
        (await List(stranger)).Rooms.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_group_starts_with_its_creator_as_owner()
    {
        var (ann, bob) = await Two();
        var cid = await server.NewUser();

        var room = await ann.CreateGroup("동호회", bob, cid);

        room.RoomType.ShouldBe("group");
        room.Name.ShouldBe("동호회");
        room.MemberCount.ShouldBe(3);
        room.Of(ann).Role.ShouldBe("owner");
        room.Of(bob).Role.ShouldBe("member");
        (await List(cid)).Rooms.Select(listed => listed.Id).ShouldBe([room.Id]);
        (await ann.CreateGroup("동호회", bob, cid)).Id.ShouldNotBe(room.Id);
    }

    [Fact]
    public async Task One_participant_and_no_name_is_the_room_of_two()
    {
        var (ann, bob) = await Two();
        var room = await ann.RoomWith(bob);

        var answer = await ann.Api.Post("/chat-rooms", new { participant_ids = new[] { bob.Id } });

        answer.ShouldBe(200, 201);
        answer.As<Room>(answer.Status).Id.ShouldBe(room.Id);
    }

    [Fact]
    public async Task A_group_with_an_unknown_member_is_refused()
    {
        var ann = await server.NewUser();

        var answer = await ann.Api.Post("/chat-rooms", new { name = "x", participant_ids = new[] { Unknown } });

        answer.ShouldBeProblem(answer.ShouldBe(404, 422).Status);
        (await List(ann)).Rooms.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_added_member_reads_and_writes_and_a_system_message_announces_them()
    {
        var (ann, bob) = await Two();
        var cid = await server.NewUser();
        var room = await ann.CreateGroup("group", bob);
        await ann.Send(room.Id, "before");

        (await ann.Api.Post($"/chat-rooms/{room.Id}/members", new { user_ids = new[] { cid.Id } })).ShouldBe(200, 201);

        (await cid.GetRoom(room.Id)).MemberCount.ShouldBe(3);
        (await cid.Send(room.Id, "hello")).Seq.ShouldBe(3);
        var history = await bob.History(room.Id);
        history.Messages.Select(message => message.MessageType).ShouldBe(["text", "system", "text"]);
        history.Seqs.ShouldBe([3, 2, 1]);
    }

    [Fact]
    public async Task A_removed_member_can_neither_read_nor_write_nor_see_the_room()
    {
        var (ann, bob) = await Two();
        var cid = await server.NewUser();
        var room = await ann.CreateGroup("group", bob, cid);
        var message = await bob.Send(room.Id, "mine");

        (await ann.Api.Delete($"/chat-rooms/{room.Id}/members/{bob.Id}")).ShouldBe(204);

        (await bob.Api.Get($"/messages/{room.Id}")).ShouldBeProblem(403);
        (await bob.TrySend(room.Id, "still here?")).ShouldBeProblem(403);
        (await bob.Api.Get($"/chat-rooms/{room.Id}")).ShouldBeProblem(403);
        (await bob.Api.Get($"/messages/stream/{room.Id}")).ShouldBeProblem(403);
        (await bob.Api.Get($"/messages/room/{room.Id}/unread-count")).ShouldBeProblem(403);
        (await bob.Api.Post("/messages/read", new { room_id = room.Id, up_to_message_id = message.Id })).ShouldBeProblem(403);
        var edit = await bob.Api.Patch($"/messages/{message.Id}", new { content = "changed" });
        edit.ShouldBeProblem(edit.ShouldBe(403, 404).Status);
        (await List(bob)).Rooms.ShouldBeEmpty();
        (await ann.GetRoom(room.Id)).MemberCount.ShouldBe(2);
        (await ann.History(room.Id)).Messages[0].MessageType.ShouldBe("system");
    }

    [Fact]
    public async Task A_member_may_leave_but_not_remove_others()
    {
        var (ann, bob) = await Two();
        var cid = await server.NewUser();
        var room = await ann.CreateGroup("group", bob, cid);

        (await bob.Api.Delete($"/chat-rooms/{room.Id}/members/{cid.Id}")).ShouldBeProblem(403);
        (await bob.Api.Delete($"/chat-rooms/{room.Id}/members/{bob.Id}")).ShouldBe(204);

        (await cid.GetRoom(room.Id)).Members.Select(member => member.UserId).ShouldBe([ann.Id, cid.Id], ignoreOrder: true);
    }

    [Fact]
    public async Task A_group_gets_another_name_and_every_member_receives_it()
    {
        var (ann, bob) = await Two();
        var room = (await ann.CreateGroup("점심", bob)).Id;
        await using var live = await bob.Stream(room);
        var away = await bob.StreamOfAllRooms();
        await live.First();
        await away.First();
        await away.Cut();

        var named = (await ann.Api.Put($"/chat-rooms/{room}", new { name = " 저녁 " })).As<Room>();

        named.Name.ShouldBe("저녁");
        named.Version.ShouldBe(2, "the name, and its system message");
        (await bob.GetRoom(room)).Name.ShouldBe("저녁");
        var line = (await bob.History(room)).Messages[0];
        (line.MessageType, line.Content).ShouldBe(("system", $"{ann.Account.Username} named the group 저녁"));
        await using var back = await bob.StreamOfAllRooms(away.LastEventId);
        foreach (var stream in new[] { live, back })
        {
            var received = await stream.WaitFor(e => e.Type == "room", "the new name");
            received.Json.GetProperty("version").GetInt64().ShouldBe(1);
            received.Json.GetProperty("room").GetProperty("name").GetString().ShouldBe("저녁");
            await stream.WaitForCreated(1);
        }
        (await ann.Api.Put($"/chat-rooms/{room}", new { name = "저녁" })).As<Room>().Version.ShouldBe(2, "it has that name already");
    }

    [Fact]
    public async Task A_name_is_as_long_in_a_change_as_in_the_beginning()
    {
        var (ann, bob) = await Two();
        var room = (await ann.CreateGroup("group", bob)).Id;

        (await ann.Api.Put($"/chat-rooms/{room}", new { name = new string('가', 100) })).ShouldBe(200);
        (await ann.Api.Put($"/chat-rooms/{room}", new { name = new string('가', 101) })).ShouldBlame("name");
    }

    [Fact]
    public async Task The_owner_makes_an_admin_who_may_do_what_admins_do()
    {
        var (ann, bob) = await Two();
        var cid = await server.NewUser();
        var room = (await ann.CreateGroup("group", bob, cid)).Id;
        await using var stream = await cid.Stream(room);
        await stream.First();

        (await ann.GiveRole(room, bob, "admin")).Of(bob).Role.ShouldBe("admin");

        var received = await stream.WaitFor(e => e.Type == "member", "the new role");
        received.Json.GetProperty("user_id").GetInt64().ShouldBe(bob.Id);
        (received.Json.GetProperty("change").GetString(), received.Json.GetProperty("role").GetString()).ShouldBe(("role", "admin"));
        (await stream.WaitForCreated(1))[0].Content.ShouldBe($"{ann.Account.Username} made {bob.Account.Username} an admin");
        (await bob.Api.Put($"/chat-rooms/{room}", new { name = "bob's" })).ShouldBe(200);
        (await bob.Api.Delete($"/chat-rooms/{room}/members/{cid.Id}")).ShouldBe(204);
        (await ann.GiveRole(room, bob, "member")).Of(bob).Role.ShouldBe("member");
        (await bob.Api.Put($"/chat-rooms/{room}", new { name = "again" })).ShouldBeProblem(403, "not_an_admin");
    }

    [Fact]
    public async Task A_group_that_changes_hands_has_one_owner_at_any_time()
    {
        var users = await server.NewUsers(5);
        var room = (await users[0].CreateGroup("group", users[1..])).Id;
        await users[0].GiveRole(room, users[1], "owner");
        var handed = await users[2].GetRoom(room);
        (handed.Of(users[0]).Role, handed.Of(users[1]).Role).ShouldBe(("admin", "owner"));

        // The owner transfers ownership to two members concurrently, and other members try to take it.
        var answers = await Task.WhenAll(
            users[1].Api.Put($"/chat-rooms/{room}/members/{users[2].Id}", new { role = "owner" }),
            users[1].Api.Put($"/chat-rooms/{room}/members/{users[3].Id}", new { role = "owner" }),
            users[4].Api.Put($"/chat-rooms/{room}/members/{users[4].Id}", new { role = "owner" }));

        answers.Count(answer => answer.Status == 200).ShouldBe(1);
        answers.Count(answer => answer.Status == 403).ShouldBe(2);
        var fresh = await users[0].GetRoom(room);
        fresh.Members.Count(member => member.Role == "owner").ShouldBe(1);
        fresh.Of(users[4]).Role.ShouldBe("member");
    }

    [Fact]
    public async Task A_stranger_changes_no_members()
    {
        var (ann, bob) = await Two();
        var stranger = await server.NewUser();
        var room = await ann.CreateGroup("group", bob);

        (await stranger.Api.Post($"/chat-rooms/{room.Id}/members", new { user_ids = new[] { stranger.Id } })).ShouldBeProblem(403);
        (await stranger.Api.Delete($"/chat-rooms/{room.Id}/members/{bob.Id}")).ShouldBeProblem(403);

        (await ann.GetRoom(room.Id)).MemberCount.ShouldBe(2);
    }

    [Fact]
    public async Task No_user_can_be_added_to_the_room_of_two()
    {
        var (ann, bob) = await Two();
        var cid = await server.NewUser();
        var room = await ann.RoomWith(bob);

        var answer = await ann.Api.Post($"/chat-rooms/{room.Id}/members", new { user_ids = new[] { cid.Id } });

        answer.ShouldBeProblem(answer.ShouldBe(400, 403, 409, 422).Status);
        (await ann.GetRoom(room.Id)).MemberCount.ShouldBe(2);
    }

    private static async Task<RoomList> List(User user, string query = "") => (await user.Api.Get($"/chat-rooms{query}")).As<RoomList>();

    private async Task<(User Ann, User Bob)> Two()
    {
        var users = await server.NewUsers(2);
        return (users[0], users[1]);
    }
}
