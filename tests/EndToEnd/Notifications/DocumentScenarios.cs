using BigTech.Tests.EndToEnd.Friends;
using BigTech.Tests.Testing;

namespace BigTech.Tests.EndToEnd.Notifications;

/// <summary>A server that stores messages and notifications in MongoDB, as its users see it: without any difference.</summary>
public sealed class DocumentScenarios : IDisposable
{
    private readonly MemoryMongo _mongo = new();

    public void Dispose() => _mongo.Dispose();

    [Fact]
    public async Task A_bell_rings_is_read_and_goes_on_where_it_was_left_after_kill_9()
    {
        await using var server = await Start();
        var (ann, bob, room) = await server.TwoInARoom();
        var stream = await bob.StreamOfNotifications();
        await stream.WaitFor(e => e.Type == "ready", "ready");
        await ann.Send(room, "one");
        await ann.Send(room, $"two, @{bob.Account.Username}");
        (await bob.Receives("mention")).Preview.ShouldBe($"two, @{bob.Account.Username}");
        (await bob.Receives(n => n is { Kind: "message", Count: 1 }, "the other is counted")).Preview.ShouldBe("one");
        await stream.WaitFor(e => e.Type == "notification.created", "notification.created");
        await stream.Cut();

        await server.Kill9();
        await server.Restart();

        (await bob.UnreadNotifications()).ShouldBe(2);
        await ann.Send(room, "three");
        await bob.Receives(n => n is { Kind: "message", Count: 2 }, "the third is counted with it");
        (await bob.ReadAllNotifications()).ShouldBe(new ReadAnswer(2, 0));
        var page = await bob.Notifications();
        (page.TotalCount, page.UnreadCount).ShouldBe((2, 0));
        page.Kinds.ShouldBe(["mention", "message"], ignoreOrder: true);
        var one = await bob.Notifications("?limit=1");
        (await bob.Notifications($"?limit=1&before={one.Cursor}")).Notifications.Single().Id.ShouldBe(page.Notifications[1].Id);
        await using var resumed = await bob.StreamOfNotifications(stream.LastEventId);
        await resumed.WaitFor(e => e.Type == "ready", "ready");
        await ann.Send(room, "four");
        await bob.Receives(n => n is { Kind: "message", Count: 1, IsRead: false }, "what comes after notifies anew");
    }

    [Fact]
    public async Task While_MongoDB_is_away_lists_are_503_and_afterwards_nothing_is_missing()
    {
        await using var server = await Start();
        var (ann, bob) = (await server.NewUser(), await server.NewUser());
        await ann.Ask(bob);
        await bob.Receives("friend_request");
        _mongo.Stop();
        (await bob.Api.Get("/notifications")).ShouldBe(503);
        await Eventually.Holds(async () => (await server.Anonymous.Get("/health/ready")).Status == 503, "not ready");
        var cid = await server.NewUser();
        await cid.Ask(bob);

        _mongo.Start();

        await Eventually.Holds(async () => (await bob.Api.Get("/notifications")).Status == 200, "lists again");
        await bob.Receives(n => n.Actor?.UserId == cid.Id, "what happened meanwhile");
        (await bob.UnreadNotifications()).ShouldBe(2);
    }

    private Task<ServerProcess> Start() => ServerProcess.Start(
        ("Notifications__Store", "mongo"), ("Chat__MessageStore", "mongo"), ("Mongo__Uri", _mongo.Uri),
        ("Mongo__TimeoutMilliseconds", "5000"));
}
