using BigTech.Tests.EndToEnd.Notifications;

namespace BigTech.Tests.EndToEnd.Rooms;

[Scenarios]
public sealed class DeleteRoomScenarios(SharedServer server)
{
    private const string Deleted = "room_deleted";

    [Fact]
    public async Task A_deleted_group_is_gone_for_its_members_and_only_its_owner_deletes_it()
    {
        var (ann, bob, cid) = await Three();
        var room = (await ann.CreateGroup("club", bob)).Id;
        var message = await bob.Send(room, "hello");
        var link = await ann.NewInviteLink(room);
        await ann.GiveRole(room, bob, "admin");
        (await bob.Api.Delete($"/chat-rooms/{room}")).ShouldBeProblem(403, "not_the_owner");
        (await cid.Api.Delete($"/chat-rooms/{room}")).ShouldBeProblem(403, "not_a_member");
        (await ann.Api.Delete($"/chat-rooms/{(await ann.RoomWith(bob)).Id}")).ShouldBeProblem(403, "not_a_group");

        (await ann.Api.Delete($"/chat-rooms/{room}")).ShouldBe(204);

        foreach (var user in new[] { ann, bob, cid })
        {
            (await user.Api.Get($"/chat-rooms/{room}")).ShouldBeProblem(404, "room_not_found");
            (await user.Api.Get($"/messages/{room}")).ShouldBeProblem(404, "room_not_found");
            (await user.TrySend(room, "again")).ShouldBeProblem(404, "room_not_found");
            (await user.Api.Get($"/messages/stream/{room}")).ShouldBeProblem(404, "room_not_found");
            (await user.Api.Delete($"/chat-rooms/{room}")).ShouldBeProblem(404, "room_not_found");
        }
        (await bob.Api.Get("/chat-rooms")).Text.ShouldNotContain("club");
        (await cid.Join(link)).ShouldBeProblem(404, "invite_link_not_found");
        await Eventually.Holds(
            async () => (await bob.Api.Patch($"/messages/{message.Id}", new { content = "edited" })).Text.Contains("message_not_found"),
            "the message is erased");
    }

    [Fact]
    public async Task Streams_of_a_deleted_group_get_a_reset_and_those_of_all_rooms_go_on_without_it()
    {
        var (ann, bob, cid) = await Three();
        var room = (await ann.CreateGroup("club", bob, cid)).Id;
        var other = (await ann.CreateGroup("other", bob)).Id;
        await using var ofBob = await bob.Stream(room);
        await using var ofCid = await cid.Stream(room);
        await using var ofAll = await bob.StreamOfAllRooms();
        foreach (var stream in new[] { ofBob, ofCid, ofAll }) await stream.First();
        var version = (await ann.Send(room, "last words")).Version + 1;
        foreach (var stream in new[] { ofBob, ofCid, ofAll }) await stream.WaitForCreated(1);

        (await ann.Api.Delete($"/chat-rooms/{room}")).ShouldBe(204);

        foreach (var stream in new[] { ofBob, ofCid })
        {
            await stream.WaitForEnd();
            ShouldTellOfDeletion(stream.Events[^1], room, version);
        }
        ShouldTellOfDeletion(await ofAll.WaitFor(e => e.Type == "reset", "the reset"), room, version);
        await ann.Send(other, "elsewhere");
        await ofAll.WaitFor(e => e.IsMessage && e.Message.Content == "elsewhere", "a message of the other room");
    }

    [Fact]
    public async Task A_stream_that_was_away_learns_that_a_room_was_deleted_and_once_only()
    {
        var (ann, bob, _) = await Three();
        var room = (await ann.CreateGroup("club", bob)).Id;
        var other = (await ann.CreateGroup("other", bob)).Id;
        var stream = await bob.StreamOfAllRooms();
        await stream.First();
        var version = (await ann.Send(room, "last words")).Version + 1;
        await stream.WaitForCreated(1);
        await stream.Cut();

        (await ann.Api.Delete($"/chat-rooms/{room}")).ShouldBe(204);

        var resumed = await bob.StreamOfAllRooms(stream.LastEventId);
        ShouldTellOfDeletion(await resumed.WaitFor(e => e.Type == "reset", "the reset"), room, version);
        await ann.Send(other, "first");
        await resumed.WaitFor(e => e.IsMessage && e.Message.Content == "first", "a message of the other room");
        await resumed.Cut();
        await using var again = await bob.StreamOfAllRooms(resumed.LastEventId);
        await ann.Send(other, "second");
        await again.WaitFor(e => e.IsMessage && e.Message.Content == "second", "the next message of the other room");
        again.Events.ShouldNotContain(e => e.Type == "reset");
    }

    [Fact]
    public async Task The_members_are_notified_and_their_notifications_of_its_messages_go()
    {
        var (ann, bob, cid) = await Three();
        var room = (await ann.CreateGroup("club", bob, cid)).Id;
        await ann.Send(room, "a secret");
        foreach (var member in new[] { bob, cid }) await member.Receives("message");

        (await ann.Api.Delete($"/chat-rooms/{room}")).ShouldBe(204);

        foreach (var member in new[] { bob, cid })
        {
            var received = await member.Receives("system");
            (received.Title, received.Actor, received.RoomId).ShouldBe(("club was deleted", null, room));
            (await member.Api.Get("/notifications")).Text.ShouldNotContain("a secret");
        }
        (await ann.Notifications()).TotalCount.ShouldBe(0);
    }

    private static void ShouldTellOfDeletion(SseEvent reset, long room, long version)
    {
        reset.Type.ShouldBe("reset");
        var received = reset.Json;
        (received.GetProperty("reason").GetString(), received.GetProperty("room_id").GetInt64(), received.GetProperty("version").GetInt64(),
            received.GetProperty("start_over").GetString())
            .ShouldBe((Deleted, room, version, "/chat-rooms"));
    }

    private async Task<(User Ann, User Bob, User Cid)> Three()
    {
        var users = await server.NewUsers(3);
        return (users[0], users[1], users[2]);
    }
}
