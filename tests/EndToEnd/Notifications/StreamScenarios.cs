using BigTech.Tests.EndToEnd.Friends;

namespace BigTech.Tests.EndToEnd.Notifications;

public sealed record NotificationChange(long Version, long UnreadCount, bool Alert, Notification Notification);

public sealed record NotificationsRead(long Version, long UnreadCount, string[] Ids, DateTimeOffset ReadAt);

public sealed record NotificationRemoved(long Version, long UnreadCount, string Id);

[Scenarios]
public sealed class StreamScenarios(SharedServer server)
{
    [Fact]
    public async Task Every_change_arrives_live_with_an_id_and_the_unread_count()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await using var stream = await bob.StreamOfNotifications();
        var ready = await stream.First();
        (ready.Type, ready.Json.GetProperty("resumed").GetBoolean(),
            ready.Json.GetProperty("unread_count").GetInt64()).ShouldBe(("ready", false, 0));

        await ann.Send(room, "one");
        var created = (await stream.WaitFor(e => e.Type == "notification.created", "the first message")).As<NotificationChange>();
        await ann.Send(room, "two");
        var updated = (await stream.WaitFor(e => e.Type == "notification.updated", "the second")).As<NotificationChange>();
        await bob.ReadAllNotifications();
        var read = (await stream.WaitFor(e => e.Type == "notification.read", "the reading")).As<NotificationsRead>();
        var asked = await ann.Ask(bob);
        await stream.WaitFor(
            e => e.Type == "notification.created" && e.As<NotificationChange>().Notification.Kind == "friend_request", "the request");
        (await bob.Api.Post($"/friends/{asked.Id}/reject")).ShouldBe(200);
        var removed = (await stream.WaitFor(e => e.Type == "notification.removed", "its end")).As<NotificationRemoved>();

        (created.Notification.Preview, created.UnreadCount, created.Alert).ShouldBe(("one", 1, true));
        (updated.Notification.Id, updated.Notification.Count, updated.UnreadCount,
            updated.Alert).ShouldBe((created.Notification.Id, 2, 1, false));
        (read.Ids, read.UnreadCount)
            .ShouldSatisfyAllConditions(r => r.Ids.ShouldBe([created.Notification.Id]), r => r.UnreadCount.ShouldBe(0));
        removed.UnreadCount.ShouldBe(0);
        var events = stream.Events;
        events.ShouldAllBe(e => e.Id != null);
        events.Skip(1).Select(e => e.Json.GetProperty("version").GetInt64()).ShouldBe([1, 2, 3, 4, 5]);
        events.Skip(1).Select(e => e.Id).ShouldBe(Enumerable.Range(1, 5).Select(n => $"n:{bob.Id}:{n}"));
    }

    [Fact]
    public async Task All_devices_of_a_user_receive_a_reading_and_no_other_user_receives_anything()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var again = await bob.SignInAgain();
        await using var phone = await bob.StreamOfNotifications();
        await using var laptop = await again.StreamOfNotifications();
        await using var stranger = await ann.StreamOfNotifications();
        await ann.Send(room, "hello");
        // A stream that reads the store only after the notification was read shows it as read, without a separate read event.
        foreach (var stream in new[] { phone, laptop }) await stream.WaitFor(e => e.Type == "notification.created", "the message");

        await again.ReadAllNotifications();

        await phone.WaitFor(e => e.Type == "notification.read", "the reading");
        await laptop.WaitFor(e => e.Type == "notification.read", "the reading");
        await bob.Send(room, "answer");
        await stranger.WaitFor(e => e.Type == "notification.created", "the answer");
        stranger.Events.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_client_that_comes_back_gets_what_it_missed_once_in_its_present_form()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var page = await bob.Notifications();
        await ann.Send(room, "one");
        var known = await bob.Receives("message");
        var first = await bob.StreamOfNotifications(page.LastEventId);
        await first.WaitFor(e => e.Type == "notification.created", "what the page lacked");
        await first.Cut();
        await ann.Send(room, "two");
        var cid = await server.NewUser();
        var gone = await cid.Ask(bob);
        await bob.Receives("friend_request");
        (await cid.Api.Delete($"/friends/request/{bob.Id}")).ShouldBe(204);
        await Eventually.Holds(async () => (await bob.Notifications()).Kinds is ["message"], "the request is gone");

        await using var back = await bob.StreamOfNotifications(first.LastEventId);
        var events = await back.WaitUntil(all => all.Count >= 2, "what was missed");

        events[0].Json.GetProperty("resumed").GetBoolean().ShouldBeTrue();
        var missed = events.Skip(1).ShouldHaveSingleItem().As<NotificationChange>();
        (events[1].Type, missed.Notification.Id, missed.Notification.Count,
            missed.Alert).ShouldBe(("notification.updated", known.Id, 2, false));
        gone.Status.ShouldBe("pending");
    }

    [Fact]
    public async Task Zero_is_the_beginning()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await ann.Send(room, "one");
        await bob.Receives("message");
        await bob.ReadAllNotifications();
        await (await server.NewUser()).Ask(bob);
        await bob.Receives("friend_request");

        await using var stream = await bob.StreamOfNotifications("0");
        var events = await stream.WaitUntil(all => all.Count >= 3, "everything");

        events.Skip(1).ShouldAllBe(e => e.Type == "notification.created");
        events.Skip(1).Select(e => e.As<NotificationChange>().Notification.Kind).ShouldBe(["message", "friend_request"]);
    }

    [Theory]
    [InlineData("rubbish", "unknown_id")]
    [InlineData("1:2:3", "unknown_id")]
    [InlineData("ME:1", "unknown_id")]
    [InlineData("n:ME:99", "future_id")]
    [InlineData("n:OTHER:0", "foreign_id")]
    public async Task An_id_that_leads_nowhere_gets_one_reset_and_the_stream_goes_on_live(string id, string reason)
    {
        var (ann, bob, room) = await server.TwoInARoom();
        id = id.Replace("ME", $"{bob.Id}", StringComparison.Ordinal).Replace("OTHER", $"{ann.Id}", StringComparison.Ordinal);

        await using var stream = await bob.StreamOfNotifications(id);

        var first = await stream.First();
        (first.Type, first.Json.GetProperty("reason").GetString(), first.Json.GetProperty("start_over").GetString())
            .ShouldBe(("reset", reason, "/notifications"));
        first.Id.ShouldNotBeNull();
        await ann.Send(room, "hello");
        await stream.WaitFor(e => e.Type == "notification.created", "it is live");
    }

    [Fact]
    public async Task It_takes_a_ticket_and_ends_with_the_session()
    {
        var bob = await server.NewUser();
        (await server.Anonymous.Get("/notifications/stream")).ShouldBeProblem(401);
        (await server.Anonymous.Get("/notifications/stream?ticket=wrong")).ShouldBeProblem(401, "invalid_ticket");
        var ticket = (await bob.Api.Post("/auth/stream-ticket")).As<StreamTicket>(201).Ticket;

        await using var stream = await SseClient.Open(
            server.Anonymous.Url($"/notifications/stream?ticket={ticket}&last_event_id=0"), bearer: null);

        (await stream.First()).Type.ShouldBe("ready");
        stream.ContentType?.MediaType.ShouldBe("text/event-stream");
        (await bob.Api.Post("/auth/logout")).ShouldBe(200, 204);
        await stream.WaitForEnd();
    }

    [Fact]
    public async Task Nothing_is_lost_or_doubled_by_a_client_that_is_cut_again_and_again()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var lastId = (await bob.Notifications()).LastEventId;
        var versions = new List<long>();
        var sending = ann.SendMany(room, 300, n => $"text {n}", connections: 4);
        while (!sending.IsCompleted)
        {
            var stream = await bob.StreamOfNotifications(lastId);
            await stream.WaitUntil(all => all.Count >= 2 || sending.IsCompleted, "something");
            await stream.Cut();
            versions.AddRange(stream.Events.Skip(1).Select(e => e.Json.GetProperty("version").GetInt64()));
            lastId = stream.LastEventId ?? lastId;
        }
        await sending;
        await using var last = await bob.StreamOfNotifications(lastId);
        await bob.Receives(n => n.Count == 300, "300 messages");
        var page = await bob.Notifications();
        await Eventually.Holds(() => (last.LastEventId ?? lastId) == page.LastEventId, "the stream is where the page is");
        versions.AddRange(last.Events.Skip(1).Select(e => e.Json.GetProperty("version").GetInt64()));

        versions.ShouldBe(versions.Distinct().Order().ToList(), "no version twice, none out of order");
        versions[^1].ShouldBe(page.Version);
    }
}
