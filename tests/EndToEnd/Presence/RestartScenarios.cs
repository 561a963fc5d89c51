namespace BigTech.Tests.EndToEnd.Presence;

public sealed class RestartScenarios
{
    // Those who come back have to do so within this time on a busy machine too, and one who does not is awaited for as long.
    private static readonly string Grace = $"{Patience.Limit.TotalSeconds / 6:0}";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_restart_who_comes_back_never_went_and_who_does_not_was_last_seen_before(bool isCrash)
    {
        await using var server = await ServerProcess.Start(("Presence__GraceSeconds", Grace));
        var users = await server.NewUsers(3);
        var (ann, bob, cid) = (users[0], users[1], users[2]);
        await ann.BefriendAndWait(bob);
        await ann.BefriendAndWait(cid);
        await using var seen = await ann.PresenceStream();
        var before = DateTimeOffset.UtcNow;
        var (bobs, cids) = (await bob.StreamOfAllRooms(), await cid.StreamOfAllRooms());
        await seen.WaitForStatus(bob, status => status.IsOnline, "bob came");
        await seen.WaitForStatus(cid, status => status.IsOnline, "cid came");
        var last = seen.LastEventId;

        await Stop(server, isCrash);
        var stoppedAt = DateTimeOffset.UtcNow;
        await bobs.DisposeAsync();
        await cids.DisposeAsync();
        await server.Restart();
        bobs = await bob.StreamOfAllRooms();
        await using var back = await ann.PresenceStream(last);
        var gone = await back.WaitForStatus(cid, status => !status.IsOnline, "cid did not come back");

        await ann.LastSaw(cid, before, stoppedAt);
        (await ann.StatusOf(cid)).ShouldBe(gone);
        (await ann.StatusOf(bob)).IsOnline.ShouldBeTrue();
        back.Events.Of(bob).ShouldBeEmpty("bob was there all the time");
        await bobs.DisposeAsync();
    }

    [Fact]
    public async Task An_invisible_user_is_invisible_after_a_restart_and_a_friendship_still_shows()
    {
        await using var server = await ServerProcess.Start(("Presence__GraceSeconds", Grace));
        var users = await server.NewUsers(3);
        var (ann, bob, cid) = (users[0], users[1], users[2]);
        await ann.BefriendAndWait(bob);
        await ann.BefriendAndWait(cid);
        await bob.Heartbeat();
        await bob.SetInvisible(true);
        var before = await ann.StatusOf(bob);

        await Stop(server, isCrash: true);
        await server.Restart();
        await bob.Heartbeat();
        await cid.Heartbeat();

        (await ann.StatusOf(cid)).IsOnline.ShouldBeTrue();
        (await ann.StatusOf(bob)).ShouldBe(before);
        (await bob.OwnStatus()).Invisible.ShouldBeTrue();
    }

    private static async Task Stop(ServerProcess server, bool isCrash)
    {
        if (isCrash)
        {
            await server.Kill9();
            return;
        }
        server.Terminate();
        (await server.Ended()).ShouldBe(0);
    }
}
