using BigTech.Tests.EndToEnd.Friends;

namespace BigTech.Tests.EndToEnd.Notifications;

public sealed class RetentionScenarios
{
    [Fact]
    public async Task A_client_that_missed_what_was_deleted_for_its_age_receives_a_reset()
    {
        await using var server = await ServerProcess.Start(("Notifications__MaxPerUser", "10"));
        var bob = await server.NewUser();
        var others = await server.NewUsers(14);
        await others[0].Ask(bob);
        await bob.Receives("friend_request");
        var old = (await bob.Notifications()).LastEventId;
        foreach (var other in others[1..])
            await other.Ask(bob);
        await Eventually.Holds(async () => (await bob.Notifications()).TotalCount == 14, "14 notifications");
        var current = (await bob.Notifications()).LastEventId;
        await server.Kill9();

        // It cleans up when it starts, and then every hour.
        await server.Restart();

        await Eventually.Holds(async () => (await bob.Notifications()).TotalCount == 10, "the oldest are deleted");
        await using var late = await bob.StreamOfNotifications(old);
        (await late.First()).Json.GetProperty("reason").GetString().ShouldBe("too_far");
        await using var upToDate = await bob.StreamOfNotifications(current);
        (await upToDate.First()).Type.ShouldBe("ready");
        await using var fromZero = await bob.StreamOfNotifications("0");
        (await fromZero.WaitUntil(all => all.Count == 11, "all that is left"))[0].Type.ShouldBe("ready");
    }
}
