using System.Collections.Concurrent;
using System.Text.Json;
using BigTech.Tests.EndToEnd.Friends;
using BigTech.Tests.EndToEnd.Notifications;
using BigTech.Tests.Testing;

namespace BigTech.Tests.EndToEnd.Cluster;

/// <summary>The faults that a cluster survives. Each scenario ends with all servers available, for the next one.</summary>
[Faults]
[Collection(nameof(ClusterCollection))]
public sealed class FaultScenarios(Cluster cluster)
{
    [Fact]
    public async Task A_replica_that_is_killed_under_load_costs_nothing_that_was_acknowledged()
    {
        var (ann, bob, room) = await cluster.TwoInARoom();
        await using var stream = await Cluster.Stream(bob, cluster.ChatA, room, "0");
        await stream.First();
        using var over = new CancellationTokenSource();
        var acknowledged = new ConcurrentBag<string>();
        var senders = Enumerable.Range(0, 8).Select(sender => Chatter(ann, room, sender, acknowledged, over.Token)).ToArray();
        await Eventually.Holds(() => acknowledged.Count > 100, "a load");

        await cluster.ChatB.Kill9();

        var then = acknowledged.Count;
        await Eventually.Holds(() => acknowledged.Count > then + 200, "the other replica takes over", Patience.Long);
        await cluster.ChatB.Restart();
        then = acknowledged.Count;
        await Eventually.Holds(() => acknowledged.Count > then + 100, "both replicas work", Patience.Long);
        await over.CancelAsync();
        await Task.WhenAll(senders);

        var history = await bob.WholeHistory(room);
        history.Select(message => message.Seq).ShouldBe(Enumerable.Range(1, history.Count).Select(seq => (long)seq));
        history.Select(message => message.Content).Distinct().Count().ShouldBe(history.Count);
        acknowledged.ShouldBeSubsetOf(history.Select(message => message.Id));
        var arrived = await stream.WaitForCreated(history.Count);
        arrived.Select(message => message.Id).ShouldBe(history.Select(message => message.Id));
        await using var atB = await Cluster.Stream(bob, cluster.ChatB, room, "0");
        (await atB.WaitForCreated(history.Count)).Select(message => message.Id).ShouldBe(history.Select(message => message.Id));
    }

    [Fact]
    public async Task While_Kafka_is_unavailable_sends_go_on_and_their_events_arrive_later()
    {
        const int count = 30;
        var (ann, bob, room) = await cluster.TwoInARoom();
        var carol = await cluster.Gateway.NewUser();
        var other = (await ann.RoomWith(carol)).Id;
        await using var atB = await Cluster.Stream(bob, cluster.ChatB, room);
        await atB.First();

        await cluster.TakeKafkaAway();
        try
        {
            for (var i = 0; i < count; i++)
                (await Cluster.At(ann, cluster.ChatA).Post($"/messages/{room}", new { content = $"{i}" })).ShouldBe(201);
            (await Cluster.At(ann, cluster.ChatA).Post($"/messages/{other}", new { content = "sent later" })).ShouldBe(201);
            await Eventually.Holds(
                async () => await Outbox("depth") >= count && await Outbox("age_seconds") > 0, "an outbox that shows what waits",
                Patience.Long);
            (await cluster.ChatA.Anonymous.Get("/health/ready")).ShouldBe(200);
        }
        finally
        {
            await cluster.BringKafkaBack();
        }

        var arrived = await atB.WaitForCreated(count, Patience.Long);
        arrived.Select(message => message.Seq).ShouldBe(Enumerable.Range(1, count).Select(seq => (long)seq));
        await Eventually.Holds(
            async () => await Outbox("depth") == 0 && await Outbox("age_seconds") == 0, "an empty outbox", Patience.Long);
        await Eventually.Holds(
            async () => (await carol.Api.Get("/notifications")).Text.Contains("sent later", StringComparison.Ordinal), "the notification",
            Patience.Long);
    }

    [Fact]
    public async Task While_Redis_is_unavailable_messages_go_on_without_sign_ins_and_presence()
    {
        var (ann, bob, room) = await cluster.TwoInARoom();
        await ann.Befriend(bob);
        await using var stream = await Cluster.Stream(bob, cluster.ChatB, room);
        await stream.First();

        cluster.Redis.Kill();
        try
        {
            (await Cluster.At(ann, cluster.ChatA).Post($"/messages/{room}", new { content = "still here" })).ShouldBe(201);
            await stream.WaitForCreated(1);
            await Eventually.Holds(async () => await IsFriendOnline(ann) is null, "neither online nor offline");
            await Eventually.Holds(async () => (await SignIn(ann)).Status == 503, "no sign-in");
            (await ann.Api.Post("/auth/logout")).ShouldBeProblem(503);
        }
        finally
        {
            cluster.Redis.Start();
        }

        await Eventually.Holds(async () => (await SignIn(bob)).Status == 200, "sign-in", Patience.Long);
        await Eventually.Holds(async () => await IsFriendOnline(ann) == true, "the friend is online", Patience.Long);
    }

    [Fact]
    public async Task A_replica_that_does_not_reach_Redis_learns_of_a_sign_out_when_it_does_again()
    {
        var (ann, _, room) = await cluster.TwoInARoom();
        (await Cluster.At(ann, cluster.ChatB).Get($"/messages/{room}")).ShouldBe(200);

        cluster.RedisOfB.Cut();
        (await ann.Api.Post("/auth/logout")).ShouldBe(200, 204);
        await Eventually.Holds(
            async () => (await Cluster.At(ann, cluster.ChatA).Get($"/messages/{room}")).Status == 401, "the end at the other");
        (await Cluster.At(ann, cluster.ChatB).Get($"/messages/{room}")).ShouldBe(200);
        cluster.RedisOfB.Heal();

        await Eventually.Holds(
            async () => (await Cluster.At(ann, cluster.ChatB).Get($"/messages/{room}")).Status == 401, "the end here", Patience.Long);
    }

    [Fact]
    public async Task The_database_is_killed_and_comes_back_with_everything_that_was_acknowledged()
    {
        var (ann, bob, room) = await cluster.TwoInARoom();
        using var over = new CancellationTokenSource();
        var acknowledged = new ConcurrentBag<string>();
        var senders = Enumerable.Range(0, 4).Select(sender => Chatter(ann, room, sender, acknowledged, over.Token)).ToArray();
        await Eventually.Holds(() => acknowledged.Count > 50, "a load");

        cluster.MariaDb.Kill();
        (await Cluster.At(ann, cluster.ChatA).Post($"/messages/{room}", new { content = "nowhere" })).ShouldBeProblem(503,
            "store_unavailable");
        cluster.MariaDb.Start(durable: true);

        var then = acknowledged.Count;
        await Eventually.Holds(() => acknowledged.Count > then + 50, "sends again", Patience.Long);
        await over.CancelAsync();
        await Task.WhenAll(senders);
        var history = await bob.WholeHistory(room);
        history.Select(message => message.Seq).ShouldBe(Enumerable.Range(1, history.Count).Select(seq => (long)seq));
        acknowledged.ShouldBeSubsetOf(history.Select(message => message.Id));
        history.Select(message => message.Content).Distinct().Count().ShouldBe(history.Count);
        await using var stream = await Cluster.Stream(bob, cluster.ChatB, room, "0");
        (await stream.WaitForCreated(history.Count)).Select(message => message.Id).ShouldBe(history.Select(message => message.Id));
    }

    [Fact]
    public async Task A_service_that_is_down_takes_none_of_the_others_along()
    {
        var (ann, bob, room) = await cluster.TwoInARoom();

        await cluster.Friends.Kill9();
        try
        {
            (await ann.Api.Get("/friends")).ShouldBeProblem(503, "service_unavailable");
            (await ann.TrySend(room, "without friends")).ShouldBe(201);
            await Eventually.Holds(
                async () => (await cluster.Gateway.Anonymous.Get("/health")).ShouldBe(200).Json.GetProperty("services")
                    .GetProperty("friend").GetString() == "unreachable",
                "a health that knows of it");
        }
        finally
        {
            await cluster.Friends.Restart();
        }

        await Eventually.Holds(async () => (await bob.Api.Get("/friends")).Status == 200, "friends again", Patience.Long);
    }

    [Fact]
    public async Task While_User_is_away_an_answer_to_a_friend_request_is_refused_and_not_done()
    {
        var (ann, bob, _) = await cluster.TwoInARoom();
        var request = await ann.Ask(bob);

        await cluster.Users.Kill9();
        try
        {
            // Until Friend's cached profiles expire.
            await Eventually.Holds(async () => (await bob.Api.Get("/friends/requests")).Status == 503, "the service is unavailable");
            (await bob.TryAccept(request.Id)).ShouldBeProblem(503, "service_unavailable");
            (await bob.Api.Post($"/friends/{request.Id}/reject")).ShouldBeProblem(503, "service_unavailable");
        }
        finally
        {
            await cluster.Users.Restart();
        }

        await Eventually.Holds(async () => (await bob.Api.Get("/friends/requests")).Status == 200, "User again", Patience.Long);
        (await bob.Requests()).Received.ShouldHaveSingleItem().Status.ShouldBe("pending");
        (await bob.Accept(request)).User.Username.ShouldBe(ann.Account.Username);
    }

    [Fact]
    public async Task A_while_without_any_engine_costs_nothing_that_was_acknowledged()
    {
        var (ann, bob, _) = await cluster.TwoInARoom();
        var carol = await cluster.Gateway.NewUser();
        var room = (await ann.CreateGroup("patient", bob, carol)).Id;
        await using var atA = await Cluster.Stream(bob, cluster.ChatA, room);
        await using var atB = await Cluster.Stream(bob, cluster.ChatB, room);
        await Task.WhenAll(atA.First(), atB.First());
        using var over = new CancellationTokenSource();
        var acknowledged = new ConcurrentBag<string>();
        var senders = Enumerable.Range(0, 4).Select(sender => Chatter(ann, room, sender, acknowledged, over.Token)).ToArray();
        await Eventually.Holds(() => acknowledged.Count > 20, "a load", Patience.Long);

        await cluster.TakeKafkaAway();
        cluster.Redis.Kill();
        cluster.MariaDb.Kill();
        try
        {
            await Eventually.Holds(
                async () => await RedisUp(cluster.ChatA) + await RedisUp(cluster.ChatB) == 0, "both replicas know that Redis is gone");
            // With their pauses the attempts outlast the lease of the relay. During that time no write is acknowledged.
            var refusals = 0;
            await Eventually.Holds(
                async () =>
                {
                    (await ann.TrySend(room, "not stored", "refused")).ShouldBe(503);
                    return ++refusals == 300;
                },
                "refusals only", Patience.Long);
        }
        finally
        {
            cluster.MariaDb.Start(durable: true);
            cluster.Redis.Start();
            await cluster.BringKafkaBack();
        }

        var then = acknowledged.Count;
        await Eventually.Holds(() => acknowledged.Count > then + 50, "sends again", Patience.Long);
        await over.CancelAsync();
        await Task.WhenAll(senders);
        var history = await ShouldHoldOnce(acknowledged, bob, room);
        foreach (var (stream, replica) in new[] { (atA, cluster.ChatB), (atB, cluster.ChatA) })
            (await CatchUp(stream, bob, replica, room, history.Count)).ShouldBe(history.Select(message => message.Id));
        await Eventually.Holds(
            async () => await Unread(carol, room) == history.Count, "each message in the notification, once", Patience.Long);
        await Eventually.Holds(async () => (await SignIn(bob)).Status == 200, "sign-in", Patience.Long);
    }

    [Fact]
    public async Task A_replica_whose_database_is_slow_and_then_frozen_loses_nothing_and_holds_the_other_up_only_for_a_while()
    {
        var (ann, bob, room) = await cluster.TwoInARoom();
        using var over = new CancellationTokenSource();
        var acknowledged = new ConcurrentBag<string>();
        var senders = Enumerable.Range(0, 4).Select(sender => Chatter(ann, room, sender, acknowledged, over.Token)).ToArray();
        await Eventually.Holds(() => acknowledged.Count > 20, "a load", Patience.Long);

        var then = acknowledged.Count;
        await cluster.MariaDbOfB.Stutter(() => acknowledged.Count > then + 20, "sends that are late");

        cluster.MariaDbOfB.Hold();
        try
        {
            // Longer than the command timeout: the replica gives up, and the database rolls back its transaction.
            await Eventually.Holds(
                async () => (await Cluster.At(ann, cluster.ChatB).Post($"/messages/{room}", new { content = "frozen" })).ShouldBe(201,
                    503).Status == 503, "503", Patience.Long);
            then = acknowledged.Count;
            await Eventually.Holds(() => acknowledged.Count > then + 20, "the other replica goes on", Patience.Long);
        }
        finally
        {
            cluster.MariaDbOfB.Heal();
        }

        await Eventually.Holds(
            async () => (await Cluster.At(ann, cluster.ChatB).Post($"/messages/{room}", new { content = Guid.NewGuid() })).ShouldBe(201,
                503).Status == 201, "it heals", Patience.Long);
        await over.CancelAsync();
        await Task.WhenAll(senders);
        var history = await ShouldHoldOnce(acknowledged, bob, room);
        await using var stream = await Cluster.Stream(bob, cluster.ChatB, room, "0");
        (await stream.WaitForCreated(history.Count, Patience.Long)).Select(message => message.Id)
            .ShouldBe(history.Select(message => message.Id));
    }

    [Fact]
    public async Task Two_replicas_of_one_name_are_two()
    {
        const int each = 50;
        var (ann, bob, _) = await cluster.TwoInARoom();
        var carol = await cluster.Gateway.NewUser();
        var room = (await ann.CreateGroup("twins", bob, carol)).Id;
        var twin = await cluster.TwinOfA();
        await using var atA = await Cluster.Stream(bob, cluster.ChatA, room, "0");
        await using var atTwin = await Cluster.Stream(bob, twin, room, "0");
        await Task.WhenAll(atA.First(), atTwin.First());

        await Task.WhenAll(Say(ann, cluster.ChatA, room, each), Say(bob, twin, room, each));
        // If it relays the events of both, the other replica takes over the relay.
        await twin.Kill9();
        await Say(ann, cluster.ChatA, room, each);

        var history = await bob.WholeHistory(room);
        history.Count.ShouldBe(3 * each);
        history.Select(message => message.Seq).ShouldBe(Enumerable.Range(1, history.Count).Select(seq => (long)seq));
        (await atA.WaitForCreated(history.Count, Patience.Long)).Select(message => message.Id)
            .ShouldBe(history.Select(message => message.Id));
        var atTwinCame = atTwin.Events.Where(e => e.Type == "message.created").Select(e => e.Message.Id).ToList();
        atTwinCame.ShouldBe(history.Take(atTwinCame.Count).Select(message => message.Id));
        await Eventually.Holds(async () => await Unread(carol, room) == 3 * each, "each message in the notification, once", Patience.Long);
        await Eventually.Holds(async () => await Outbox("depth") == 0, "an empty outbox", Patience.Long);
        (await Unread(carol, room)).ShouldBe(3 * each);
    }

    private static Task Say(User user, ServerProcess replica, long room, int count) =>
        Parallel.ForAsync(0, count, TestContext.Current.CancellationToken, async (i, _) =>
            (await Cluster.At(user, replica).Post($"/messages/{room}", new { content = $"{user.Id}-{i}" })).ShouldBe(201));

    /// <summary>The number of messages for which a user's notification stands.</summary>
    private static async Task<int> Unread(User user, long room) =>
        (await user.Api.Get("/notifications")).As<NotificationPage>().Notifications
        .Where(notification => notification.Kind == "message" && notification.RoomId == room).Sum(notification => notification.Count);

    /// <summary>The history, which contains every acknowledged message once and in order.</summary>
    private static async Task<List<Message>> ShouldHoldOnce(IEnumerable<string> acknowledged, User reader, long room)
    {
        var history = await reader.WholeHistory(room);
        history.Select(message => message.Seq).ShouldBe(Enumerable.Range(1, history.Count).Select(seq => (long)seq));
        acknowledged.ShouldBeSubsetOf(history.Select(message => message.Id));
        history.Where(message => message.ClientMessageId is not null).Select(message => message.ClientMessageId).ShouldBeUnique();
        return history;
    }

    /// <summary>As a client does: if the stream did not survive, it resumes after the last received event, at another replica.</summary>
    private static async Task<List<string>> CatchUp(SseClient stream, User user, ServerProcess other, long room, int count)
    {
        try
        {
            await stream.WaitForCreated(count, Patience.Long);
            return Ids(stream);
        }
        catch (ShouldAssertException) when (stream.EndedProperly is not null)
        {
            await using var next = await Cluster.Stream(user, other, room, stream.LastEventId);
            await next.WaitForCreated(count - Ids(stream).Count, Patience.Long);
            return [.. Ids(stream), .. Ids(next)];
        }
    }

    private static List<string> Ids(SseClient stream) =>
        [.. stream.Events.Where(e => e.Type == "message.created").Select(e => e.Message.Id)];

    /// <summary>Sends through the gateway until cancelled; a failed message is sent again with the same client id.</summary>
    private static async Task Chatter(User user, long room, int sender, ConcurrentBag<string> acknowledged, CancellationToken over)
    {
        for (var i = 0; !over.IsCancellationRequested; i++)
        {
            var text = $"{sender}-{i}";
            Answer? answer = null;
            await Eventually.Holds(
                async () =>
                    (answer = await user.TrySend(room, text, text)).ShouldBe(200, 201, 503).Status != 503 || over.IsCancellationRequested,
                "an acknowledgement", Patience.Long);
            if (answer!.Status != 503) acknowledged.Add(answer.As<Message>(answer.Status).Id);
        }
    }

    private static Task<Answer> SignIn(User user) =>
        user.Anonymous.Post("/auth/login", new { email = user.Account.Email, password = user.Password });

    /// <summary>The presence of the only friend in the friend list; null when it is unknown.</summary>
    private static async Task<bool?> IsFriendOnline(User user)
    {
        var shown = (await user.Api.Get("/friends")).ShouldBe(200).Json.GetProperty("friends")[0].GetProperty("is_online");
        return shown.ValueKind == JsonValueKind.Null ? null : shown.GetBoolean();
    }

    private static async Task<double> RedisUp(ServerProcess replica) =>
        (await replica.Metrics()).Sum("bigtech_redis_up");

    private async Task<double> Outbox(string measure)
    {
        var text = (await cluster.ChatA.Scrape()).Text;
        var line = text.Split('\n').FirstOrDefault(
            l => l.StartsWith($"bigtech_outbox_{measure}{{", StringComparison.Ordinal)
                && l.Contains("message.events", StringComparison.Ordinal));
        return line is null ? -1 : double.Parse(line.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
