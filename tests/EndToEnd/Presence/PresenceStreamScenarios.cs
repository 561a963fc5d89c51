using BigTech.Tests.EndToEnd.Friends;

namespace BigTech.Tests.EndToEnd.Presence;

public sealed class PresenceStreamScenarios(PresenceScenarios.QuickServer server) : IClassFixture<PresenceScenarios.QuickServer>
{
    [Fact]
    public async Task A_stream_begins_with_ready_and_every_event_has_an_id()
    {
        var (ann, bob) = await server.TwoFriends();
        await using var stream = await ann.PresenceStream();
        await bob.Heartbeat();
        await stream.WaitForStatus(bob, status => status.IsOnline, "bob came");

        stream.ContentType.ShouldNotBeNull().MediaType.ShouldBe("text/event-stream");
        var ready = await stream.First();
        (ready.Type, ready.Json.GetProperty("resumed").GetBoolean()).ShouldBe(("ready", false));
        stream.Events.ShouldAllBe(e => e.Id != null);
        stream.Events.Select(e => e.Id).ShouldBeUnique();
    }

    [Fact]
    public async Task A_client_that_comes_back_gets_what_it_missed_once_and_as_it_is_now()
    {
        var (ann, bob) = await server.TwoFriends();
        var (cid, dan) = (await server.Process.NewUser(), await server.Process.NewUser());
        await ann.BefriendAndWait(cid);
        var stream = await ann.PresenceStream();
        var bobs = await bob.StreamOfAllRooms();
        await stream.WaitForStatus(bob, status => status.IsOnline, "bob came");
        var last = stream.LastEventId;
        await stream.DisposeAsync();

        await bobs.DisposeAsync();
        await ann.SeesOffline(bob);
        await cid.Heartbeat();
        await ann.BefriendAndWait(dan);
        await ann.Unfriend(cid);
        await Eventually.Holds(async () => (await ann.StatusOf(cid)).IsHidden, "cid is lost");
        var expected = (await ann.StatusesOf(bob, cid, dan)).Statuses;

        await using var back = await ann.PresenceStream(last);
        await back.WaitForStatus(cid, _ => true, "the lost friend");
        var events = back.Events;
        (events[0].Type, events[0].Json.GetProperty("resumed").GetBoolean(), events[0].Id).ShouldBe(("ready", true, last));
        events.Skip(1).Select(e => e.As<OnlineStatus>()).ShouldBe(expected, ignoreOrder: true, "each once, as it is now");

        await using var nothing = await ann.PresenceStream(back.LastEventId);
        await bob.Heartbeat();
        await nothing.WaitForStatus(bob, status => status.IsOnline, "what is new");
        nothing.Events.Select(e => e.Type).ShouldBe(["ready", "presence"]);
    }

    [Fact]
    public async Task A_client_goes_on_from_a_snapshot_and_0_sends_every_friend()
    {
        var (ann, bob) = await server.TwoFriends();
        var snapshot = await ann.StatusesOf(bob);
        await bob.Heartbeat();

        await using var stream = await ann.PresenceStream(snapshot.LastEventId);
        await using var fromStart = await ann.PresenceStream("0");

        (await stream.WaitForStatus(bob, _ => true, "what came after the snapshot")).IsOnline.ShouldBeTrue();
        (await fromStart.WaitForStatus(bob, _ => true, "every friend")).IsOnline.ShouldBeTrue();
    }

    [Fact]
    public async Task A_client_that_resumes_receives_nothing_of_a_former_friend()
    {
        var (ann, bob) = await server.TwoFriends();
        await bob.Heartbeat();
        (await bob.Unfriend(ann)).ShouldBe(204);
        await Eventually.Holds(async () => (await ann.StatusOf(bob)).IsHidden, "hidden");
        var last = (await ann.StatusesOf(bob)).LastEventId;
        await bob.Heartbeat();
        (await bob.OwnStatus()).IsOnline.ShouldBeTrue();
        var dan = await server.Process.NewUser();
        await ann.BefriendAndWait(dan);

        await using var back = await ann.PresenceStream(last);

        await back.WaitForStatus(dan, _ => true, "the new friend");
        back.Events.Of(bob).ShouldBeEmpty();
        await using var fromStart = await ann.PresenceStream("0");
        (await fromStart.WaitForStatus(bob, _ => true, "the lost friend")).IsHidden.ShouldBeTrue();
    }

    [Theory]
    [InlineData("rubbish", "unknown_id")]
    [InlineData("1:2:3", "unknown_id")]
    [InlineData("p:-1:5", "unknown_id")]
    [InlineData("other", "foreign_id")]
    [InlineData("future", "future_id")]
    public async Task An_id_that_cannot_be_resumed_is_answered_with_a_reset_and_the_stream_goes_on(string id, string reason)
    {
        var (ann, bob) = await server.TwoFriends();
        var sent = id switch
        {
            "other" => (await bob.StatusesOf(ann)).LastEventId,
            "future" => $"p:{ann.Id}:{long.MaxValue}",
            _ => id,
        };

        await using var stream = await ann.PresenceStream(sent);

        var reset = await stream.First();
        (reset.Type, reset.Json.GetProperty("reason").GetString()).ShouldBe(("reset", reason));
        reset.Json.GetProperty("start_over").GetString().ShouldBe("/online-status");
        await bob.Heartbeat();
        await stream.WaitForStatus(bob, status => status.IsOnline, "what is new");
        await using var again = await ann.PresenceStream(reset.Id.ShouldNotBeNull());
        (await again.First()).Type.ShouldBe("ready");
        (await again.WaitForStatus(bob, _ => true, "what came after the reset")).IsOnline.ShouldBeTrue();
    }

    [Fact]
    public async Task A_ticket_opens_the_stream_once()
    {
        var user = await server.Process.NewUser();
        var ticket = (await user.Api.Post("/auth/stream-ticket")).As<StreamTicket>(201).Ticket;

        await using var stream = await SseClient.Open(user.Api.Url($"/online-status/stream?ticket={ticket}"), bearer: null);

        (await stream.First()).Type.ShouldBe("ready");
        (await server.Process.Anonymous.Get($"/online-status/stream?ticket={ticket}")).ShouldBeProblem(401);
    }

    [Fact]
    public async Task The_end_of_the_session_ends_the_stream_and_with_it_the_presence()
    {
        var (ann, bob) = await server.TwoFriends();
        await using var stream = await bob.PresenceStream();
        await ann.SeesOnline(bob);

        (await bob.Api.Post("/auth/logout")).ShouldBe(204);

        await stream.WaitForEnd();
        await ann.SeesOffline(bob);
    }
}
