using BigTech.Tests.EndToEnd.Friends;
using BigTech.Tests.EndToEnd.Notifications;

namespace BigTech.Tests.EndToEnd.Operations;

/// <summary>What a server counts while people use it.</summary>
public sealed class MetricScenarios
{
    private const string Requests = "http_server_request_duration_seconds_count";

    [Fact]
    public async Task Users_rooms_and_friend_requests_are_counted_as_they_happen()
    {
        await using var server = await ServerProcess.Start();
        var (ann, bob, _) = await server.TwoInARoom();
        var (cleo, dan) = (await server.NewUser(), await server.NewUser());
        await ann.RoomWith(bob);
        await ann.CreateGroup("three", bob, cleo);
        await ann.Ask(bob);
        await bob.Ask(ann);
        await cleo.Ask(ann);
        (await ann.Api.Post("/friends/reject", new { requester_id = cleo.Id })).ShouldBe(200);
        await dan.Ask(ann);
        (await dan.Api.Delete($"/friends/request/{ann.Id}")).ShouldBe(204);
        (await dan.Api.Delete($"/friends/request/{ann.Id}")).ShouldBeProblem(409);

        var shown = await server.Metrics();

        shown.Sum("bigtech_users_registered_total").ShouldBe(4);
        shown.Sum("bigtech_chat_rooms_created_total", ("type", "direct")).ShouldBe(1);
        shown.Sum("bigtech_chat_rooms_created_total", ("type", "group")).ShouldBe(1);
        const string outcomes = "bigtech_friend_requests_total";
        shown.Sum(outcomes, ("outcome", "sent")).ShouldBe(3);
        shown.Sum(outcomes, ("outcome", "accepted")).ShouldBe(1, "the one that crossed another");
        shown.Sum(outcomes, ("outcome", "rejected")).ShouldBe(1);
        shown.Sum(outcomes, ("outcome", "cancelled")).ShouldBe(1);
    }

    [Fact]
    public async Task Why_a_message_did_or_did_not_become_a_notification_is_counted_for_each_member()
    {
        await using var server = await ServerProcess.Start();
        var users = await server.NewUsers(7);
        var (ann, bob, cleo, dan, eve, fay) = (users[0], users[1], users[2], users[3], users[4], users[5]);
        var room = (await ann.CreateGroup("seven", [.. users[1..]])).Id;
        await Decided(server, "group_invite", "created", 6);
        await bob.Prefer(new { muted_rooms = new[] { new { room_id = room } } });
        await cleo.Prefer(new { quiet_hours = new { start = "00:00", end = "23:59", time_zone = ZoneAwayFromMidnight() } });
        await dan.Prefer(new { kinds = new { message = false } });
        await eve.Block(ann);
        await eve.WaitForFriendEvents(server);
        await using var open = await fay.Stream(room);
        await open.First();

        await ann.Send(room, "one");
        await Decided(server, "message", "created", 1);
        await ann.Send(room, "two");

        await Decided(server, "message", "own", 2);
        await Decided(server, "message", "muted", 4);
        await Decided(server, "message", "quiet_hours", 1);
        await Decided(server, "message", "blocked", 2);
        await Decided(server, "message", "open", 2);
        await Decided(server, "message", "collapsed", 2);
        await ann.Send(room, $"@{users[6].Account.Username} and @{fay.Account.Username}");
        await Decided(server, "mention", "created", 1);
        await Decided(server, "mention", "open", 1);
        await Decided(server, "message", "created", 1);
    }

    [Fact]
    public async Task Why_a_request_or_an_invitation_did_not_become_a_notification_is_counted()
    {
        await using var server = await ServerProcess.Start();
        var (ann, bob, _) = await server.TwoInARoom();
        await bob.Prefer(new { kinds = new { friend_request = false, group_invite = false } });
        await ann.Ask(bob);
        await Decided(server, "friend_request", "unwanted", 1);
        await ann.CreateGroup("one", bob);
        await Decided(server, "group_invite", "unwanted", 1);
        await bob.Prefer(new { kinds = new { group_invite = true } });
        await ann.CreateGroup("two", bob);
        await Decided(server, "group_invite", "created", 1);
        await ann.CreateGroup("three", bob);
        await Decided(server, "group_invite", "collapsed", 1);
    }

    [Fact]
    public async Task Streams_have_metrics_of_their_own_and_are_no_requests()
    {
        await using var server = await ServerProcess.Start(("Streams__MaxPerUser", "3"));
        var (ann, bob, room) = await server.TwoInARoom();
        await using var live = await bob.Stream(room);
        await using var resumed = await bob.StreamOfAllRooms("0");
        await using var reset = await bob.Stream(room, "of another stream");
        await live.First();
        await resumed.First();
        await reset.First();
        (await bob.Api.Get($"/messages/stream/{room}")).ShouldBeProblem(429, "too_many_streams");
        await ann.Send(room, "one");
        await live.WaitForCreated(1);

        PrometheusText? shown = null;
        await Eventually.Holds(
            async () => (shown = await server.Metrics()).Sum("bigtech_stream_deliveries_total") == 3, "what each stream has delivered");

        shown!.Sum("bigtech_streams_open", ("kind", "room")).ShouldBe(2);
        shown.Sum("bigtech_streams_open", ("kind", "all_rooms")).ShouldBe(1);
        shown.Sum("bigtech_stream_deliveries_total", ("kind", "room")).ShouldBe(2);
        shown.Sum("bigtech_stream_delivery_duration_seconds_count", ("kind", "room")).ShouldBe(2);
        shown.Sum("bigtech_stream_resumes_total", ("kind", "all_rooms")).ShouldBe(1);
        shown.Sum("bigtech_stream_resets_total", ("kind", "room"), ("reason", "unknown_id")).ShouldBe(1);
        shown.Sum("bigtech_stream_rejections_total", ("kind", "room"), ("reason", "too_many_streams")).ShouldBe(1);
        await live.DisposeAsync();
        await Eventually.Holds(
            async () => (shown = await server.Metrics()).Sum("bigtech_streams_open", ("kind", "room")) == 1, "the stream has ended");
        shown.Sum(Requests, ("http_route", "/messages/stream/{room_id:long}"), ("http_response_status_code", "200")).ShouldBe(0);
        shown.Sum(Requests, ("http_route", "/messages/stream/{room_id:long}"), ("http_response_status_code", "429")).ShouldBe(1);
    }

    [Fact]
    public async Task Every_database_operation_has_a_system_and_one_of_few_names()
    {
        await using var server = await ServerProcess.Start();
        var (ann, bob, room) = await server.TwoInARoom();
        await bob.Read(await ann.Send(room, "one"));
        await bob.History(room);

        var shown = await server.Metrics();

        const string operations = "db_client_operation_duration_seconds_count";
        shown.Values(operations, "db_system_name").ShouldBe(["sqlite"]);
        shown.Values(operations, "db_operation_name").Order().ShouldBe(["BEGIN", "COMMIT", "SELECT"]);
        shown.Sum("bigtech_db_pool_connections", ("db_system_name", "sqlite"), ("state", "used")).ShouldBe(4, "a writer for each context");
        shown.Values("bigtech_store_reader_waiting", "store").Order().ShouldBe(["chat", "friends", "notifications", "users"]);
    }

    private static async Task Decided(ServerProcess server, string kind, string reason, double count)
    {
        var shown = double.NaN;
        await Eventually.Holds(
            async () => (shown = (await server.Metrics()).Sum(
                "bigtech_notification_decisions_total", ("kind", kind), ("reason", reason))) >= count,
            $"{kind}, {reason}: {count}");
        shown.ShouldBe(count, $"{kind}, {reason}");
    }

    /// <summary>The quiet hours of a whole day leave a minute out.</summary>
    private static string ZoneAwayFromMidnight() => DateTime.UtcNow.Hour is > 5 and < 18 ? "Etc/UTC" : "Etc/GMT-12";
}
