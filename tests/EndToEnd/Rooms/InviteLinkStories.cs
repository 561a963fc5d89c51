using BigTech.Tests.EndToEnd.Friends;

namespace BigTech.Tests.EndToEnd.Rooms;

[Scenarios]
public sealed class InviteLinkStories(SharedServer server)
{
    [Fact]
    public async Task Whoever_has_a_link_comes_in_and_is_seen_to_come()
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
            var told = await stream.WaitFor(e => e.Type == "member", "the newcomer");
            (told.Json.GetProperty("user_id").GetInt64(), told.Json.GetProperty("change").GetString()).ShouldBe((cid.Id, "joined"));
            (await stream.WaitForCreated(1))[0].Content.ShouldBe($"{cid.Account.Username} joined by a link");
        }
        (await cid.Send(room, "hello")).Seq.ShouldBe(3);
    }

    [Fact]
    public async Task A_link_is_listed_with_its_uses_until_it_is_revoked()
    {
        var (ann, bob, cid) = await Three();
        var room = (await ann.CreateGroup("group", bob)).Id;
        var (first, second) = (await ann.NewInviteLink(room), await ann.NewInviteLink(room, maxUses: 5, expiresInSeconds: 60));
        (first.MaxUses, first.Uses, first.ExpiresAt - first.CreatedAt).ShouldBe((null, 0, TimeSpan.FromDays(7)));
        (second.MaxUses, second.RoomId, second.CreatedBy, second.ExpiresAt - second.CreatedAt).ShouldBe((5, room, ann.Id, TimeSpan.FromMinutes(1)));
        await cid.Join(second);

        (await Links(ann, room)).ShouldBe([second with { Uses = 1 }, first]);
        (await ann.Api.Delete($"/chat-rooms/{room}/invite-links/{first.Code}")).ShouldBe(204);

        (await Links(ann, room)).ShouldHaveSingleItem().Code.ShouldBe(second.Code);
        (await (await server.NewUser()).Join(first)).ShouldBeProblem(404, "invite_link_not_found");
        (await ann.Api.Delete($"/chat-rooms/{room}/invite-links/{first.Code}")).ShouldBeProblem(404, "invite_link_not_found");
    }

    [Fact]
    public async Task The_admin_of_one_group_takes_back_no_link_of_another()
    {
        var (ann, bob, cid) = await Three();
        var (room, other) = ((await ann.CreateGroup("group", bob)).Id, (await cid.CreateGroup("other", bob)).Id);
        var link = await ann.NewInviteLink(room);

        (await cid.Api.Delete($"/chat-rooms/{other}/invite-links/{link.Code}")).ShouldBeProblem(404, "invite_link_not_found");

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
    public async Task Who_is_in_already_uses_up_nothing()
    {
        var (ann, bob, cid) = await Three();
        var room = (await ann.CreateGroup("group", bob)).Id;
        var link = await ann.NewInviteLink(room, maxUses: 1);

        (await bob.Join(link)).As<Room>().Version.ShouldBe(0);
        (await cid.Join(link)).ShouldBe(200);
        (await cid.Join(link)).ShouldBeProblem(404, "invite_link_not_found");
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
        await cid.Join(once);
        await ann.NewInviteLink(room);
        (await Links(ann, room)).Length.ShouldBe(50);
    }

    private static async Task<InviteLink[]> Links(User admin, long room) =>
        (await admin.Api.Get($"/chat-rooms/{room}/invite-links")).As<InviteLinks>().Links;

    private async Task<(User Ann, User Bob, User Cid)> Three()
    {
        var users = await server.NewUsers(3);
        return (users[0], users[1], users[2]);
    }
}
