using BigTech.Tests.EndToEnd.Friends;

namespace BigTech.Tests.EndToEnd.Presence;

/// <summary>Presence, on a server with a short grace.</summary>
public sealed class PresenceScenarios(PresenceScenarios.QuickServer server) : IClassFixture<PresenceScenarios.QuickServer>
{
    [Fact]
    public async Task A_user_is_online_while_any_of_their_streams_is_open_and_was_last_seen_when_the_last_one_closed()
    {
        var (ann, bob) = await server.TwoFriends();
        var room = (await bob.RoomWith(ann)).Id;
        (await ann.StatusOf(bob)).IsOnline.ShouldBeFalse();

        var first = await bob.StreamOfAllRooms();
        var phone = await bob.SignInAgain();
        var second = await phone.Stream(room);
        await ann.SeesOnline(bob);
        (await ann.StatusOf(bob)).LastSeenAt.ShouldBeNull("bob is online");

        var cid = await server.Process.NewUser();
        await ann.BefriendAndWait(cid);
        var later = await cid.StreamOfAllRooms();
        await ann.SeesOnline(cid);
        await first.DisposeAsync();
        await later.DisposeAsync();
        await ann.SeesOffline(cid);
        (await ann.StatusOf(bob)).IsOnline.ShouldBeTrue("whose stream closed later is gone, and the phone is still there");

        var before = DateTimeOffset.UtcNow;
        await second.DisposeAsync();
        await ann.SeesOffline(bob);
        await ann.LastSaw(bob, before, DateTimeOffset.UtcNow - QuickServer.Grace);
    }

    [Fact]
    public async Task The_stream_of_presence_is_a_stream_like_any_other()
    {
        var (ann, bob) = await server.TwoFriends();

        await using (await bob.PresenceStream())
            await ann.SeesOnline(bob);

        await ann.SeesOffline(bob);
    }

    [Fact]
    public async Task A_heartbeat_lasts_a_while()
    {
        var lasts = TimeSpan.FromSeconds(2);
        await using var quick = await ServerProcess.Start(("Presence__HeartbeatSeconds", $"{lasts.TotalSeconds}"));
        var users = await quick.NewUsers(2);
        var (ann, bob) = (users[0], users[1]);
        await ann.BefriendAndWait(bob);
        await using var seen = await ann.PresenceStream();

        await bob.Heartbeat();

        await seen.WaitForStatus(bob, status => status.IsOnline, "bob came");
        var before = DateTimeOffset.UtcNow;
        await bob.Heartbeat();
        await ann.SeesOffline(bob);
        await ann.LastSaw(bob, before, DateTimeOffset.UtcNow - lasts);
    }

    [Theory]
    [InlineData("/auth/logout")]
    [InlineData("/auth/logout-all")]
    public async Task Logging_out_ends_the_presence_of_the_sessions_that_end(string path)
    {
        var (ann, bob) = await server.TwoFriends();
        var phone = await bob.SignInAgain();
        await phone.Heartbeat();
        await bob.Heartbeat();
        await ann.SeesOnline(bob);
        await using var seen = await ann.PresenceStream();

        (await phone.Api.Post(path)).ShouldBe(204);
        if (path == "/auth/logout")
        {
            (await ann.StatusOf(bob)).IsOnline.ShouldBeTrue("the other session is there");
            (await bob.Anonymous.Post(path, new { refresh_token = bob.Tokens.RefreshToken })).ShouldBe(204);
        }

        await seen.WaitForStatus(bob, status => !status.IsOnline, "bob has left");
    }

    [Fact]
    public async Task A_reconnect_within_the_grace_is_sent_to_no_user()
    {
        // A grace period that outlasts the test on any machine.
        await using var patient = await ServerProcess.Start(("Presence__GraceSeconds", "600"));
        var users = await patient.NewUsers(2);
        var (ann, bob) = (users[0], users[1]);
        await ann.BefriendAndWait(bob);
        await using var seen = await ann.PresenceStream();
        var stream = await bob.StreamOfAllRooms();
        await seen.WaitForStatus(bob, status => status.IsOnline, "bob came");

        for (var i = 0; i < 10; i++)
        {
            await stream.DisposeAsync();
            stream = await bob.StreamOfAllRooms();
        }
        await bob.SetInvisible(true);
        await seen.WaitForStatus(bob, status => !status.IsOnline, "bob hid");
        await stream.DisposeAsync();

        seen.Events.Of(bob).Select(status => status.IsOnline).ShouldBe([true, false]);
    }

    [Fact]
    public async Task An_invisible_user_looks_offline_to_all_but_themselves()
    {
        var (ann, bob) = await server.TwoFriends();
        await using var seen = await ann.PresenceStream();
        var stream = await bob.StreamOfAllRooms();
        await seen.WaitForStatus(bob, status => status.IsOnline, "bob came");

        var before = DateTimeOffset.UtcNow;
        (await bob.SetInvisible(true)).Invisible.ShouldBeTrue();

        var gone = await seen.WaitForStatus(bob, status => !status.IsOnline, "bob hid");
        await ann.LastSaw(bob, before, DateTimeOffset.UtcNow);
        (await bob.OwnStatus()).Invisible.ShouldBeTrue();
        (await bob.Api.Get($"/online-status/{bob.Id}")).As<OwnStatus>().Invisible.ShouldBeTrue();
        await bob.Heartbeat();
        await stream.DisposeAsync();
        stream = await bob.StreamOfAllRooms();
        (await ann.StatusOf(bob)).ShouldBe(gone, "what an invisible user does leaves no trace");
        (await ann.Api.Get($"/online-status/{bob.Id}")).Text.ShouldNotContain("invisible");

        (await bob.SetInvisible(false)).ShouldBe(new OwnStatus(bob.Id, true, null, false));
        await seen.WaitUntil(events => events.Of(bob) is [.., { IsOnline: true }], "bob becomes visible");
        seen.Events.Of(bob).Select(status => status.IsOnline).ShouldBe([true, false, true]);
        await stream.DisposeAsync();
    }

    [Fact]
    public async Task A_stranger_sees_no_user_online_and_not_why()
    {
        var users = await server.Process.NewUsers(3);
        var (ann, bob, never) = (users[0], users[1], users[2]);
        await using var stream = await bob.StreamOfAllRooms();
        await using var anns = await ann.PresenceStream();
        await Eventually.Holds(async () => (await bob.OwnStatus()).IsOnline, "bob is online");

        var seen = await ann.StatusesOf(bob, never);

        seen.Statuses.ShouldBe([new OnlineStatus(bob.Id, false, null), new OnlineStatus(never.Id, false, null)]);
        (await ann.StatusOf(bob)).IsHidden.ShouldBeTrue();
        await ann.Ask(bob);
        (await ann.StatusOf(bob)).IsHidden.ShouldBeTrue("a request is not a friendship");
        anns.Events.Of(bob).ShouldBeEmpty();
    }

    [Fact]
    public async Task Friends_see_each_other_at_once_and_no_longer_after_the_end()
    {
        var users = await server.Process.NewUsers(2);
        var (ann, bob) = (users[0], users[1]);
        await using var anns = await ann.PresenceStream();
        await using var bobs = await bob.PresenceStream();

        await ann.Befriend(bob);
        await anns.WaitForStatus(bob, status => status.IsOnline, "the friend is online");
        await bobs.WaitForStatus(ann, status => status.IsOnline, "the friend is online");

        (await bob.Unfriend(ann)).ShouldBe(204);
        await anns.WaitForStatus(bob, status => status.IsHidden, "the former friend is hidden");
        await bobs.WaitForStatus(ann, status => status.IsHidden, "the former friend is hidden");
        (await ann.StatusOf(bob)).IsHidden.ShouldBeTrue();
        (await bob.StatusOf(ann)).IsHidden.ShouldBeTrue();

        var (before, cid) = (anns.Events.Count, await server.Process.NewUser());
        await bobs.DisposeAsync();
        await ann.Befriend(cid);
        await anns.WaitForStatus(cid, _ => true, "the next friend");
        anns.Events.Skip(before).Of(bob).ShouldBeEmpty("what a former friend does is sent no more");
    }

    [Fact]
    public async Task A_block_hides_both_from_each_other_and_for_good()
    {
        var (ann, bob) = await server.TwoFriends();
        await using var anns = await ann.PresenceStream();
        await using var bobs = await bob.PresenceStream();
        await ann.SeesOnline(bob);

        await bob.Block(ann);

        await Eventually.Holds(async () => (await ann.StatusOf(bob)).IsHidden && (await bob.StatusOf(ann)).IsHidden, "hidden");
        await anns.WaitForStatus(bob, status => status.IsHidden, "hidden on the open stream");
        await bobs.WaitForStatus(ann, status => status.IsHidden, "hidden on the open stream");
        await bob.Unblock(ann);
        await bob.Heartbeat();
        (await ann.StatusOf(bob)).IsHidden.ShouldBeTrue("the friendship did not come back");
        anns.Events.Of(bob)[^1].IsHidden.ShouldBeTrue();
    }

    [Fact]
    public async Task Statuses_are_listed_once_each_as_asked_for_and_unknown_users_are_left_out()
    {
        var (ann, bob) = await server.TwoFriends();
        await bob.Heartbeat();

        var answer = await ann.Api.Get($"/online-status?user_ids={bob.Id},{ann.Id}&user_ids={bob.Id},999999999");

        answer.As<OnlineStatuses>().Statuses.Select(status => status.UserId).ShouldBe([bob.Id, ann.Id]);
        answer.As<OnlineStatuses>().Statuses[0].IsOnline.ShouldBeTrue();
        answer.Json.GetProperty("statuses")[1].GetProperty("invisible").GetBoolean().ShouldBeFalse();
        (await ann.Api.On("user").Get($"/api/online-status/{bob.Id}")).As<OnlineStatus>().IsOnline.ShouldBeTrue();
    }

    [Fact]
    public async Task Wrong_requests_are_refused()
    {
        var user = await server.Process.NewUser();

        (await user.Api.Get("/online-status/999999999")).ShouldBeProblem(404, "user_not_found");
        (await user.Api.Get("/online-status")).ShouldBlame("user_ids");
        (await user.Api.Get("/online-status?user_ids=1,x")).ShouldBlame("user_ids");
        (await user.Api.Get($"/online-status?user_ids={string.Join(',', Enumerable.Range(1, 101))}")).ShouldBlame("user_ids");
        (await user.Api.Get($"/online-status?user_ids={string.Join(',', Enumerable.Range(1, 100))}")).ShouldBe(200);
        (await user.Api.Get("/online-status/unknown")).ShouldBeProblem(404);
        (await user.Api.Put("/online-status/me", new { })).ShouldBlame("invisible");
        (await user.Api.Put("/online-status/me", new { invisible = "yes" })).ShouldBeProblem(422, "invalid");
        (await user.Api.Send(HttpMethod.Put, "/online-status/me", new StringContent("{", null, "application/json"))).ShouldBeProblem(400);
        foreach (var path in new[] { "/online-status/1", "/online-status?user_ids=1", "/online-status/me", "/online-status/stream" })
            (await server.Process.Anonymous.Get(path)).ShouldBeProblem(401);
        (await server.Process.Anonymous.Post("/online-status/heartbeat")).ShouldBeProblem(401);
        (await server.Process.Anonymous.Put("/online-status/me", new { invisible = true })).ShouldBeProblem(401);
    }

    /// <summary>A server on which friends are offline soon after their last stream has closed; heartbeats last.</summary>
    public sealed class QuickServer : IAsyncLifetime
    {
        public static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(700);

        private ServerProcess? _process;

        public ServerProcess Process => _process ?? throw new InvalidOperationException("Not started.");

        public async ValueTask InitializeAsync() =>
            _process = await ServerProcess.Start(
                ("Presence__GraceSeconds", $"{Grace.TotalSeconds}"), ("Presence__HeartbeatSeconds", "3600"));

        public async ValueTask DisposeAsync()
        {
            if (_process is not null)
                await _process.DisposeAsync();
        }

        /// <summary>Two friends who are not online.</summary>
        public async Task<(User Ann, User Bob)> TwoFriends()
        {
            var users = await Process.NewUsers(2);
            await users[0].BefriendAndWait(users[1]);
            await users[1].SeesOffline(users[0]);
            return (users[0], users[1]);
        }
    }
}
