using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;

namespace BigTech.Tests.EndToEnd.Cluster;

/// <summary>One conversation over several processes: it does not matter to which replica a user is connected.</summary>
[Faults]
[Collection(nameof(ClusterCollection))]
public sealed class ConversationScenarios(Cluster cluster)
{
    [Fact]
    public async Task Messages_sent_at_one_replica_arrive_at_the_other_in_one_order()
    {
        const int each = 60;
        var (ann, bob, room) = await cluster.TwoInARoom();
        await using var atA = await Cluster.Stream(ann, cluster.ChatA, room);
        await using var atB = await Cluster.Stream(bob, cluster.ChatB, room);
        await atA.First();
        await atB.First();

        await Task.WhenAll(Say(ann, cluster.ChatA, room, each), Say(bob, cluster.ChatB, room, each));

        var receivedAtA = await atA.WaitForCreated(2 * each);
        var receivedAtB = await atB.WaitForCreated(2 * each);
        receivedAtA.Select(message => message.Seq).ShouldBe(Enumerable.Range(1, 2 * each).Select(seq => (long)seq));
        receivedAtB.Select(message => message.Id).ShouldBe(receivedAtA.Select(message => message.Id));
        (await bob.WholeHistory(room)).Select(message => message.Id).ShouldBe(receivedAtA.Select(message => message.Id));
    }

    [Fact]
    public async Task A_stream_that_is_cut_goes_on_at_the_other_replica()
    {
        const int count = 120;
        var (ann, bob, room) = await cluster.TwoInARoom();
        var received = new List<Message>();
        var saying = Say(ann, cluster.ChatA, room, count);
        string? last = null;
        for (var turn = 0; received.Count < count; turn++)
        {
            await using var stream = await Cluster.Stream(bob, turn % 2 == 0 ? cluster.ChatB : cluster.ChatA, room, last ?? "0");
            var wanted = Math.Min(25, count - received.Count);
            await stream.WaitForCreated(wanted);
            await stream.Cut();
            received.AddRange(stream.Events.Where(e => e.Type == "message.created").Select(e => e.Message));
            last = stream.LastEventId;
        }
        await saying;

        received.Select(message => message.Seq).ShouldBe(Enumerable.Range(1, count).Select(seq => (long)seq));
    }

    [Fact]
    public async Task Edits_deletions_reads_and_members_reach_the_other_replica()
    {
        var (ann, bob, _) = await cluster.TwoInARoom();
        var carol = await cluster.Gateway.NewUser();
        var room = (await ann.CreateGroup("three", bob)).Id;
        await using var stream = await Cluster.Stream(bob, cluster.ChatB, room);
        await using var ofCarol = await Cluster.StreamOfAllRooms(carol, cluster.ChatB);
        await stream.First();
        await ofCarol.First();
        var atA = Cluster.At(ann, cluster.ChatA);

        var message = (await atA.Post($"/messages/{room}", new { content = "one" })).As<Message>(201);
        (await atA.Patch($"/messages/{message.Id}", new { content = "two" })).ShouldBe(200);
        (await Cluster.At(bob, cluster.ChatA).Post("/messages/read", new { room_id = room, all = true })).ShouldBe(200);
        (await atA.Post($"/chat-rooms/{room}/members", new { user_ids = new[] { carol.Id } })).ShouldBe(200);
        (await atA.Delete($"/messages/{message.Id}")).ShouldBe(200);

        await stream.WaitFor(e => e.Type is "message.deleted" or "message.updated" && e.Message.IsDeleted, "the deletion");
        await stream.WaitFor(e => e.Type == "member", "the new member");
        await ofCarol.WaitFor(e => e.Type == "member" && e.Json.GetProperty("room_id").GetInt64() == room, "carol joined");

        (await atA.Delete($"/chat-rooms/{room}/members/{bob.Id}")).ShouldBe(204);

        await stream.WaitForEnd();
        (await Cluster.At(bob, cluster.ChatB).Get($"/messages/{room}")).ShouldBeProblem(403, "not_a_member");
    }

    [Fact]
    public async Task Names_roles_reactions_and_who_is_writing_reach_the_other_replica()
    {
        var (ann, bob, _) = await cluster.TwoInARoom();
        var room = (await ann.CreateGroup("two", bob)).Id;
        await using var stream = await Cluster.Stream(bob, cluster.ChatB, room);
        await stream.First();
        var atA = Cluster.At(ann, cluster.ChatA);

        await Eventually.Holds(
            async () =>
            {
                (await atA.Post($"/chat-rooms/{room}/typing")).ShouldBe(204);
                return await stream.Shows(e => e.Type == "typing");
            },
            "ann types");
        (await atA.Put($"/chat-rooms/{room}", new { name = "both" })).ShouldBe(200);
        (await atA.Put($"/chat-rooms/{room}/members/{bob.Id}", new { role = "admin" })).ShouldBe(200);
        var message = (await atA.Post($"/messages/{room}", new { content = "hello" })).As<Message>(201);
        (await atA.Post($"/messages/{message.Id}/reactions", new { emoji = "👍" })).ShouldBe(200);

        await stream.WaitFor(e => e.Type == "room" && e.Json.GetProperty("room").GetProperty("name").GetString() == "both", "the name");
        await stream.WaitFor(e => e.Type == "member" && e.Json.GetProperty("role").GetString() == "admin", "the role");
        // As its own event, or as the stored message when events overtook each other.
        await stream.WaitFor(
            e => e.Type == "reaction.changed" || e.Type == "message.updated" && e.Message.Reactions.Length == 1, "the reaction");
        (await Cluster.At(bob, cluster.ChatB).Put($"/chat-rooms/{room}", new { name = "bob's" })).As<Room>().Name.ShouldBe("bob's");
    }

    [Fact]
    public async Task Typing_ends_at_the_other_replica_with_the_message_and_with_the_last_stream()
    {
        var (ann, bob, room) = await cluster.TwoInARoom();
        await using var stream = await Cluster.Stream(bob, cluster.ChatB, room);
        await stream.First();
        var own = await Cluster.Stream(ann, cluster.ChatA, room);
        await own.First();
        var atA = Cluster.At(ann, cluster.ChatA);

        await Type();
        (await atA.Post($"/messages/{room}", new { content = "done" })).ShouldBe(201);
        await stream.WaitUntil(events => Count(events, isTyping: false) == 1, "the end by the message");
        await stream.WaitForCreated(1);

        await Type();
        await own.Cut();
        await stream.WaitUntil(events => Count(events, isTyping: false) == 2, "the end by the closed stream");

        async Task Type()
        {
            var before = Count(stream.Events, isTyping: true);
            await Eventually.Holds(
                async () =>
                {
                    (await atA.Post($"/chat-rooms/{room}/typing")).ShouldBe(204);
                    return await stream.Shows(_ => Count(stream.Events, isTyping: true) > before);
                },
                "ann types");
        }

        static int Count(IReadOnlyList<SseEvent> events, bool isTyping) =>
            events.Count(e => e.Type == "typing" && e.As<TypingSign>().IsTyping == isTyping);
    }

    [Fact]
    public async Task A_new_room_shows_itself_on_a_stream_of_all_rooms_at_the_other_replica()
    {
        var (ann, bob) = (await cluster.Gateway.NewUser(), await cluster.Gateway.NewUser());
        await using var stream = await Cluster.StreamOfAllRooms(bob, cluster.ChatB);
        await stream.First();

        var room = (await Cluster.At(ann, cluster.ChatA).Get($"/chat-rooms/check/{bob.Id}")).As<Room>().Id;
        (await Cluster.At(ann, cluster.ChatA).Post($"/messages/{room}", new { content = "hello" })).ShouldBe(201);

        await stream.WaitFor(e => e.Type == "room" && e.Json.GetProperty("room_id").GetInt64() == room, "the room");
        (await stream.WaitForCreated(1))[0].RoomId.ShouldBe(room);
    }

    [Fact]
    public async Task A_new_room_shows_itself_to_all_its_members_who_listen_at_the_other_replica_and_goes_on()
    {
        var users = await cluster.Gateway.NewUsers(4);
        await using var bob = await Cluster.StreamOfAllRooms(users[1], cluster.ChatB);
        await using var cid = await Cluster.StreamOfAllRooms(users[2], cluster.ChatB);
        await using var dee = await Cluster.StreamOfAllRooms(users[3], cluster.ChatB);
        SseClient[] streams = [bob, cid, dee];
        foreach (var stream in streams)
            await stream.First();
        var atA = Cluster.At(users[0], cluster.ChatA);

        var room = (
            await atA.Post("/chat-rooms", new { name = "new", participant_ids = users[1..].Select(user => user.Id) })).As<Room>(201).Id;
        foreach (var stream in streams)
            await stream.WaitFor(e => e.Type == "room" && e.Json.GetProperty("room_id").GetInt64() == room, "the room");
        (await atA.Post($"/messages/{room}", new { content = "hello" })).ShouldBe(201);

        foreach (var stream in streams)
            (await stream.WaitForCreated(1)).ShouldHaveSingleItem().RoomId.ShouldBe(room);
    }

    [Fact]
    public async Task The_same_client_id_at_both_replicas_is_one_message()
    {
        var (ann, _, room) = await cluster.TwoInARoom();
        var body = new { content = "once", client_message_id = "twice" };

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i =>
            Cluster.At(ann, i % 2 == 0 ? cluster.ChatA : cluster.ChatB).Post($"/messages/{room}", body)));

        answers.Count(answer => answer.Status == 201).ShouldBe(1);
        answers.Select(answer => answer.ShouldBe(200, 201).Json.GetProperty("id").GetString()).Distinct().ShouldHaveSingleItem();
        (await ann.History(room)).Messages.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_block_closes_the_room_at_every_replica()
    {
        var (ann, bob, room) = await cluster.TwoInARoom();
        for (var time = 1; time <= 2; time++)
        {
            (await bob.Api.Post("/friends/block", new { user_id = ann.Id })).ShouldBe(200, 201);
            await Answers(403, "the block");
            (await bob.Api.Delete($"/friends/unblock/{ann.Id}")).ShouldBe(200, 204);
            await Answers(201, "the end of the block");
        }

        async Task Answers(int status, string expectation)
        {
            foreach (var replica in new[] { cluster.ChatA, cluster.ChatB })
            {
                await Eventually.Holds(
                    async () => (await Cluster.At(ann, replica).Post($"/messages/{room}", new { content = "?" })).ShouldBe(201,
                        403).Status == status,
                    // Another scenario may have killed a replica: until the brokers notice that, its partitions have no consumer.
                    expectation, Patience.Long);
            }
        }
    }

    [Fact]
    public async Task A_sign_out_takes_effect_everywhere()
    {
        var (ann, bob, room) = await cluster.TwoInARoom();
        await using var atA = await Cluster.Stream(ann, cluster.ChatA, room);
        await using var atB = await Cluster.Stream(ann, cluster.ChatB, room);
        await atA.First();
        await atB.First();

        (await ann.Api.Post("/auth/logout")).ShouldBe(200, 204);

        await Task.WhenAll(atA.WaitForEnd(), atB.WaitForEnd());
        foreach (var (process, path) in new[]
        {
            (cluster.Users, "/profile/me"), (cluster.Friends, "/friends"), (cluster.ChatA, "/chat-rooms"), (cluster.ChatB, "/chat-rooms"),
            (cluster.Notifications, "/notifications"), (cluster.Gateway, "/profile/me"),
        })
        {
            await Eventually.Holds(
                async () => (await Cluster.At(ann, process).Get(path)).ShouldBe(200, 401).Status == 401, $"401 at {path}");
        }
        (await bob.IsSignedIn()).ShouldBeTrue();
    }

    [Fact]
    public async Task A_ticket_of_the_user_service_opens_one_stream_at_any_replica()
    {
        var (ann, _, room) = await cluster.TwoInARoom();
        var ticket = (await ann.Api.Post("/auth/stream-ticket")).As<Dictionary<string, object>>(201)["ticket"];
        var url = new Uri(cluster.ChatB.Url("chat"), $"/messages/stream/{room}?ticket={ticket}");

        await using var stream = await SseClient.Open(url, bearer: null);
        (await stream.First()).Type.ShouldBe("ready");

        (await cluster.ChatA.Anonymous.Get($"/messages/stream/{room}?ticket={ticket}")).ShouldBeProblem(401, "invalid_ticket");
    }

    [Fact]
    public async Task Friends_presence_and_notifications_go_round_all_services()
    {
        var (ann, bob, room) = await cluster.TwoInARoom();
        await using var friendStream = await SseClient.Open(bob.Api.Url("/friends/stream"), bob.Tokens.AccessToken);
        await using var notificationStream = await SseClient.Open(bob.Api.Url("/notifications/stream"), bob.Tokens.AccessToken);
        await friendStream.First();
        await notificationStream.First();

        (await ann.Api.Post("/friends/request", new { target_user_id = bob.Id })).ShouldBe(201);
        await notificationStream.WaitUntil(
            events => events.Any(e => e.Data.Contains("friend_request", StringComparison.Ordinal)), "the request");
        (await bob.Api.Post("/friends/accept", new { requester_id = ann.Id })).ShouldBe(200);

        // Ann is online while any replica has a stream of hers.
        await using (var stream = await Cluster.Stream(ann, cluster.ChatA, room))
        {
            await stream.First();
            await Eventually.Holds(async () => await SeesOnline(bob, ann), "ann is online");
        }
        (await Cluster.At(ann, cluster.ChatB).Post($"/messages/{room}", new { content = "are you there?" })).ShouldBe(201);
        await notificationStream.WaitUntil(
            events => events.Any(e => e.Data.Contains("are you there?", StringComparison.Ordinal)), "the message");
    }

    [Fact]
    public async Task Who_has_the_room_open_at_either_replica_is_not_notified()
    {
        var (ann, bob, room) = await cluster.TwoInARoom();
        var carol = await cluster.Gateway.NewUser();
        var other = (await ann.RoomWith(carol)).Id;
        await using var stream = await Cluster.Stream(bob, cluster.ChatB, room);
        await stream.First();

        (await Cluster.At(ann, cluster.ChatA).Post($"/messages/{room}", new { content = "seen" })).ShouldBe(201);
        (await Cluster.At(ann, cluster.ChatA).Post($"/messages/{other}", new { content = "not seen" })).ShouldBe(201);

        await Eventually.Holds(
            async () => (await carol.Api.Get("/notifications/unread-count")).Json.GetProperty("unread_count").GetInt64() == 1, "hers");
        (await bob.Api.Get("/notifications/unread-count")).Json.GetProperty("unread_count").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task One_trace_leads_from_the_gateway_to_the_notification()
    {
        var (ann, bob, room) = await cluster.TwoInARoom();
        using var records = Records("message.events", "notification.events");

        var answer = (await ann.TrySend(room, "trace me")).ShouldBe(201);
        // The gateway uses the trace id as the request id, and forwards it.
        var trace = answer.Headers.GetValues("X-Request-Id").Single();

        trace.Length.ShouldBe(32);
        await Eventually.Holds(() => records.TracesOf("message.events").Contains(trace), "the event of the message");
        await Eventually.Holds(() => records.TracesOf("notification.events").Contains(trace), "the event of the notification");
        (await bob.Api.Get("/notifications")).Text.ShouldContain("trace me");
    }

    private static Task Say(User user, ServerProcess replica, long room, int count)
    {
        var client = Cluster.At(user, replica);
        var options = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken };
        return Parallel.ForAsync(
            0, count, options, async (i, _) => (await client.Post($"/messages/{room}", new { content = $"{user.Id}-{i}" })).ShouldBe(201));
    }

    private static async Task<bool> SeesOnline(User viewer, User friend) =>
        (
            await viewer.Api.Get(
                $"/online-status/{friend.Id}")).Json.GetProperty("is_online") is { ValueKind: System.Text.Json.JsonValueKind.True };

    private RecordReader Records(params string[] topics) => new(cluster.Kafka.BootstrapServers, topics);

    /// <summary>Reads records from the wire, as a consumer outside the product does.</summary>
    private sealed class RecordReader : IDisposable
    {
        private readonly IConsumer<string, byte[]> _consumer;
        private readonly CancellationTokenSource _stop = new();
        private readonly ConcurrentBag<(string Topic, string Trace)> _traces = [];
        private readonly Task _reading;

        public RecordReader(string bootstrap, string[] topics)
        {
            _consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig
            {
                BootstrapServers = bootstrap,
                GroupId = $"reader-{Guid.NewGuid():N}",
                AutoOffsetReset = AutoOffsetReset.Earliest,
                EnableAutoCommit = false,
            }).Build();
            _consumer.Subscribe(topics);
            _reading = Task.Run(Read);
        }

        public IEnumerable<string> TracesOf(string topic) => _traces.Where(seen => seen.Topic == topic).Select(seen => seen.Trace);

        public void Dispose()
        {
            _stop.Cancel();
            _reading.GetAwaiter().GetResult();
            _consumer.Close();
            _consumer.Dispose();
            _stop.Dispose();
        }

        private void Read()
        {
            while (!_stop.IsCancellationRequested)
            {
                if (
                    _consumer.Consume(TimeSpan.FromMilliseconds(100)) is not { } record
                        || !record.Message.Headers.TryGetLastBytes("traceparent", out var header))
                {
                    continue;
                }
                _traces.Add((record.Topic, Encoding.ASCII.GetString(header).Split('-')[1]));
            }
        }
    }
}
