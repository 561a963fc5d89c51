using System.Collections.Concurrent;
using BigTech.Tests.EndToEnd.Friends;

namespace BigTech.Tests.EndToEnd.Notifications;

public sealed class CrashScenarios
{
    [Fact]
    public async Task After_kill_9_under_load_no_message_is_missing_in_the_count_and_none_counts_twice()
    {
        const int rounds = 3;
        await using var server = await ServerProcess.Start();
        var people = await server.NewUsers(3);
        var (ann, bob, cid) = (people[0], people[1], people[2]);
        var room = (await ann.CreateGroup("busy", bob, cid)).Id;
        for (var round = 1; round <= rounds; round++)
        {
            var acknowledged = new ConcurrentBag<Message>();
            var sending = Enumerable.Range(0, 8)
                .Select(sender => SendUntilItBreaks(sender % 2 == 0 ? ann : bob, room, acknowledged)).ToList();
            await Eventually.Holds(() => acknowledged.Count >= 150, "150 acknowledged messages");
            await server.Kill9();
            await Task.WhenAll(sending);
            await server.Restart();
        }
        var last = (await ann.WholeHistory(room))[^1];

        var received = await cid.Receives(n => n.Kind == "message" && n.Seq == last.Seq, "every message notifies");

        received.Count.ShouldBe((int)last.Seq);
        (await cid.Notifications()).Kinds.ShouldBe(["message", "group_invite"]);
    }

    [Fact]
    public async Task After_kill_9_every_request_notifies_once()
    {
        await using var server = await ServerProcess.Start();
        var bob = await server.NewUser();
        var others = await server.NewUsers(40);
        var asked = new ConcurrentBag<long>();
        var asking = Task.WhenAll(others.Select(other => AskUntilItBreaks(other, bob, asked)));
        await Eventually.Holds(() => asked.Count >= 5, "some have asked");
        await server.Kill9();
        await asking;
        await server.Restart();
        foreach (var other in others)
            (await other.TryAsk(bob)).ShouldBe(201, 409);

        await Eventually.Holds(async () => await bob.UnreadNotifications() == others.Length, "every request notifies");

        (await bob.Notifications("?limit=100")).Notifications.Select(n => n.Actor!.UserId).Order()
            .ShouldBe(others.Select(other => other.Id).Order());
        await bob.ReadAllNotifications();
        await server.Kill9();
        await server.Restart();
        (await bob.UnreadNotifications()).ShouldBe(0, "what was answered is on disk");
    }

    private static async Task SendUntilItBreaks(User user, long room, ConcurrentBag<Message> acknowledged)
    {
        try
        {
            while (true)
                acknowledged.Add(await user.Send(room, "hello"));
        }
        catch (HttpRequestException)
        {
            // The server was killed.
        }
    }

    private static async Task AskUntilItBreaks(User other, User bob, ConcurrentBag<long> asked)
    {
        try
        {
            await other.Ask(bob);
            asked.Add(other.Id);
        }
        catch (HttpRequestException)
        {
            // The server was killed.
        }
    }
}
