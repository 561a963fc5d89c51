using BigTech.Tests.EndToEnd.Friends;

namespace BigTech.Tests.EndToEnd.Rooms;

[Scenarios]
public sealed class InviteLinkScenarios(SharedServer server)
{
    [Fact]
    public async Task A_user_with_a_link_joins_and_the_members_see_it()
    {
        var (ann, bob, cid) = await Three();
        var room = (await ann.CreateGroup("group", bob)).Id;
        await ann.Send(room, "before");
        await using var ofBob = await bob.Stream(room);
        await using var ofCid = await cid.StreamOfAllRooms();
        await ofBob.First();
        await ofCid.First();
        var link = await ann.NewInviteLink(room);

        var joined = (await cid.Join(link)).As<Room>();

        joined.Id.ShouldBe(room);
        (joined.Of(cid).Role, joined.MemberCount, joined.UnreadCount).ShouldBe(("member", 3, 0));
        foreach (var stream in new[] { ofBob, ofCid })
        {
            var received = await stream.WaitFor(e => e.Type == "member", "the newcomer");
            (received.Json.GetProperty("user_id").GetInt64(), received.Json.GetProperty("change").GetString()).ShouldBe((cid.Id, "joined"));
            (await stream.WaitForCreated(1))[0].Content.ShouldBe($"{cid.Account.Username} joined by a link");
        }
        (await cid.Send(room, "hello")).Seq.ShouldBe(3);
    }

    [Fact]
    public async Task A_link_is_listed_with_its_uses_until_it_is_revoked()
    {
        var (ann, bob, cid) = await Three();
        var room = (await ann.CreateGroup("group", bob)).Id;
        var (first, second) = (await ann.NewInviteLink(room), await ann.NewInviteLink(room, maxUses: 5, expiresInHours: 1));
        (first.MaxUses, first.Uses, first.ExpiresAt - first.CreatedAt).ShouldBe((null, 0, TimeSpan.FromDays(7)));
        (second.MaxUses, second.RoomId, second.CreatedBy,
            second.ExpiresAt - second.CreatedAt).ShouldBe((5, room, ann.Id, TimeSpan.FromHours(1)));
        (await cid.Join(second)).ShouldBe(200);

        (await Links(ann, room)).ShouldBe([second with { Uses = 1 }, first]);
        (await ann.Revoke(first)).ShouldBe(204);

        (await Links(ann, room)).ShouldHaveSingleItem().Id.ShouldBe(second.Id);
        (await (await server.NewUser()).Join(first)).ShouldBeProblem(404, "invite_link_not_found");
        (await ann.Revoke(first)).ShouldBeProblem(404, "invite_link_not_found");
    }

    [Fact]
    public async Task A_link_can_be_had_without_saying_anything_of_it()
    {
        var (ann, bob, _) = await Three();
        var room = (await ann.CreateGroup("group", bob)).Id;

        var link = (await ann.Api.Post($"/chat-rooms/{room}/invite-links")).As<InviteLink>(201);

        (link.MaxUses, link.ExpiresAt - link.CreatedAt).ShouldBe((null, TimeSpan.FromDays(7)));
    }

    [Fact]
    public async Task A_group_that_all_have_left_is_deleted_and_no_link_leads_into_it()
    {
        var (ann, bob, cid) = await Three();
        var room = (await ann.CreateGroup("group", bob)).Id;
        var link = await ann.NewInviteLink(room);
        await ann.Send(room, "secret");
        await using var stream = await bob.Stream(room);
        await stream.First();

        (await ann.Api.Delete($"/chat-rooms/{room}/members/{ann.Id}")).ShouldBe(204);
        (await bob.Api.Delete($"/chat-rooms/{room}/members/{bob.Id}")).ShouldBe(204);

        (await stream.WaitFor(e => e.Type == "reset", "the end of the group")).Json.GetProperty("reason").GetString()
            .ShouldBe("room_deleted");
        foreach (var user in new[] { ann, bob, cid })
            (await user.Join(link)).ShouldBeProblem(404, "invite_link_not_found");
        (await bob.Api.Get($"/messages/{room}")).ShouldBeProblem(404, "room_not_found");
    }

    [Fact]
    public async Task The_admin_of_one_group_revokes_no_link_of_another()
    {
        var (ann, bob, cid) = await Three();
        var (room, other) = ((await ann.CreateGroup("group", bob)).Id, (await cid.CreateGroup("other", bob)).Id);
        var link = await ann.NewInviteLink(room);

        (await cid.Revoke(link with { RoomId = other })).ShouldBeProblem(404, "invite_link_not_found");

        (await cid.Join(link)).ShouldBe(200);
    }

    [Fact]
    public async Task Of_twenty_who_join_at_once_by_a_link_for_three_three_come_in()
    {
        var (ann, bob, _) = await Three();
        var room = (await ann.CreateGroup("group", bob)).Id;
        var link = await ann.NewInviteLink(room, maxUses: 3);
        var users = await server.NewUsers(20);

        var answers = await Task.WhenAll(users.Select(user => user.Join(link)));

        answers.Count(answer => answer.Status == 200).ShouldBe(3);
        foreach (var answer in answers.Where(answer => answer.Status != 200))
            answer.ShouldBeProblem(404, "invite_link_not_found");
        (await ann.GetRoom(room)).MemberCount.ShouldBe(5);
        (await Links(ann, room)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_two_who_come_for_the_last_use_at_once_one_joins()
    {
        var (ann, bob, cid) = await Three();
        var dee = await server.NewUser();
        var room = (await ann.CreateGroup("group", bob)).Id;
        var link = await ann.NewInviteLink(room, maxUses: 1);

        var answers = await Task.WhenAll(cid.Join(link), dee.Join(link));

        answers.Select(answer => answer.Status).ShouldBe([200, 404], ignoreOrder: true);
        (await ann.GetRoom(room)).MemberCount.ShouldBe(3);
    }

    [Fact]
    public async Task Joining_twice_is_joining_once_also_for_the_member_who_used_the_last_use()
    {
        var (ann, bob, cid) = await Three();
        var room = (await ann.CreateGroup("group", bob)).Id;
        var link = await ann.NewInviteLink(room, maxUses: 1);

        (await bob.Join(link)).As<Room>().Version.ShouldBe(0);
        (await Links(ann, room)).ShouldHaveSingleItem().Uses.ShouldBe(0);
        var joined = await Task.WhenAll(cid.Join(link), cid.Join(link));
        joined.Select(answer => answer.As<Room>().Id).ShouldBe([room, room]);
        var version = (await ann.GetRoom(room)).Version;
        // A new link is created, and the used-up one leaves the list: the member may still repeat the request.
        await ann.NewInviteLink(room);
        (await cid.Join(link)).As<Room>().Version.ShouldBe(version);
        (await bob.Join(link)).As<Room>().Version.ShouldBe(version);
        (await (await server.NewUser()).Join(link)).ShouldBeProblem(404, "invite_link_not_found");
    }

    [Fact]
    public async Task A_member_whom_an_admin_removed_comes_back_by_no_link_and_no_member_until_an_admin_adds_them()
    {
        var (ann, bob, cid) = await Three();
        var room = (await ann.CreateGroup("group", bob)).Id;
        var (first, second) = (await ann.NewInviteLink(room, maxUses: 2), await ann.NewInviteLink(room));
        (await cid.Join(first)).ShouldBe(200);
        (await ann.Api.Delete($"/chat-rooms/{room}/members/{cid.Id}")).ShouldBe(204);

        (await cid.Join(first)).ShouldBeProblem(403, "removed_from_room");
        (await cid.Join(second)).ShouldBeProblem(403, "removed_from_room");
        (await Links(ann, room)).Select(link => link.Uses).ShouldBe([0, 1]);
        var again = new { user_ids = new[] { (await server.NewUser()).Id, cid.Id } };
        (await bob.Api.Post($"/chat-rooms/{room}/members", again)).ShouldBeProblem(403, "removed_from_room");
        (await bob.GetRoom(room)).Members.Length.ShouldBe(2);
        (await ann.Api.Post($"/chat-rooms/{room}/members", again)).ShouldBe(200);

        // The removal is lifted: from now on the user may leave and rejoin.
        (await cid.Api.Delete($"/chat-rooms/{room}/members/{cid.Id}")).ShouldBe(204);
        (await cid.Join(second)).ShouldBe(200);
    }

    [Fact]
    public async Task A_member_who_left_by_themselves_may_come_back_by_a_link()
    {
        var (ann, bob, cid) = await Three();
        var room = (await ann.CreateGroup("group", bob, cid)).Id;
        var link = await ann.NewInviteLink(room, maxUses: 1);
        (await cid.Api.Delete($"/chat-rooms/{room}/members/{cid.Id}")).ShouldBe(204);

        (await cid.Join(link)).As<Room>().Of(cid).Role.ShouldBe("member");
    }

    [Fact]
    public async Task A_link_is_no_way_around_a_block()
    {
        var (ann, bob, cid) = await Three();
        var room = (await ann.CreateGroup("group", bob)).Id;
        var link = await ann.NewInviteLink(room);
        var ofTwo = (await ann.RoomWith(cid)).Id;
        await cid.Block(ann);
        await Eventually.Holds(async () => (await cid.TrySend(ofTwo, "?")).Status == 403, "Chat knows of the block");

        (await cid.Join(link)).ShouldBeProblem(403, "blocked");
        (await Links(ann, room)).ShouldHaveSingleItem().Uses.ShouldBe(0);
    }

    [Fact]
    public async Task A_group_has_a_limit_of_links_that_work_and_those_that_do_not_make_room()
    {
        var (ann, bob, cid) = await Three();
        var room = (await ann.CreateGroup("group", bob)).Id;
        var once = await ann.NewInviteLink(room, maxUses: 1);
        for (var i = 1; i < 50; i++)
            await ann.NewInviteLink(room);

        (await ann.Api.Post($"/chat-rooms/{room}/invite-links", new { })).ShouldBeProblem(409, "too_many_invite_links");
        (await cid.Join(once)).ShouldBe(200);
        await ann.NewInviteLink(room);
        (await Links(ann, room)).Length.ShouldBe(50);
    }

    [Fact]
    public async Task A_user_may_try_only_so_many_codes_a_minute()
    {
        await using var limited = await ServerProcess.Start(("Chat__JoinsPerMinute", "3"));
        var (ann, bob, cid) = (await limited.NewUser(), await limited.NewUser(), await limited.NewUser());
        var link = await ann.NewInviteLink((await ann.CreateGroup("group", bob)).Id);
        for (var left = 2; left >= 0; left--)
        {
            var wrong = await cid.Join(link with { Code = $"wrong-{left}" });
            wrong.ShouldBeProblem(404, "invite_link_not_found");
            wrong.Headers.GetValues("RateLimit-Remaining").ShouldBe([$"{left}"]);
        }

        var refused = await cid.Join(link);

        refused.ShouldBeProblem(429, "rate_limited");
        refused.Headers.RetryAfter.ShouldNotBeNull();
        (await (await limited.NewUser()).Join(link)).ShouldBe(200);
    }

    private static async Task<InviteLink[]> Links(User admin, long room) =>
        (await admin.Api.Get($"/chat-rooms/{room}/invite-links")).As<InviteLinks>().Links;

    private async Task<(User Ann, User Bob, User Cid)> Three()
    {
        var users = await server.NewUsers(3);
        return (users[0], users[1], users[2]);
    }
}
