using BigTech.Tests.EndToEnd.Friends;

namespace BigTech.Tests.EndToEnd.Notifications;

/// <summary>The sync property: an old list of notifications plus the events since then equals a fresh list.</summary>
[Scenarios]
public sealed class NotificationSyncScenarios(SharedServer server)
{
    [Theory]
    [InlineData(1)]
    [InlineData(20261121)]
    [InlineData(987654321)]
    public async Task Whether_a_client_stays_connected_or_resumes_its_old_list_and_the_events_equal_a_fresh_one(int seed)
    {
        var random = new Random(seed);
        var people = await server.NewUsers(4);
        var me = people[0];
        var rooms =
            new List<long> { (await people[1].CreateGroup("one", people[0], people[2], people[3])).Id, (await people[2].RoomWith(me)).Id };
        await Act(people, rooms, random, steps: 8);
        var live = await FeedCopy.Of(me);
        var beginning = live.LastEventId;
        await using var stream = await me.StreamOfNotifications(beginning);
        var cut = await FeedCopy.Of(me);

        for (var round = 0; round < 4; round++)
        {
            var acting = Act(people, rooms, random, steps: 12);
            var part = await me.StreamOfNotifications(cut.LastEventId);
            var enough = random.Next(1, 6);
            await part.WaitUntil(all => all.Count >= enough || acting.IsCompleted, "some events");
            await part.Cut();
            part.Events.ShouldAscendFrom(cut.LastEventId);
            cut.Apply(part.Now.Events, part.Now.LastEventId);
            await acting;
        }

        // The consumers lag behind the commands: when these two notifications arrive, all earlier ones have arrived.
        await me.WaitForFriendEvents(server.Process);
        await people[1].Send(rooms[0], $"@{me.Account.Username} the end");
        await me.Receives(n => n.Kind == "mention" && n.Preview!.EndsWith("the end", StringComparison.Ordinal), "the end");
        await using var last = await me.StreamOfNotifications(cut.LastEventId);
        await ShouldBecomeFresh(me, live, stream);
        await ShouldBecomeFresh(me, cut, last);
        stream.Events.ShouldAscendFrom(beginning);
    }

    private static async Task ShouldBecomeFresh(User me, FeedCopy copy, SseClient stream)
    {
        var applied = 0;
        FeedCopy? fresh = null;
        await Eventually.Holds(async () =>
        {
            fresh = await FeedCopy.Of(me);
            var now = stream.Now;
            copy.Apply(now.Events.Skip(applied), now.LastEventId);
            applied = now.Events.Count;
            return copy.LastEventId == fresh.LastEventId;
        }, "the copy is where the list is");
        copy.Describe().ShouldBe(fresh!.Describe());
    }

    private static async Task Act(User[] people, List<long> rooms, Random random, int steps) =>
        await Task.WhenAll(people.Select(async user =>
        {
            var own = new Random(random.Next());
            for (var step = 0; step < steps; step++)
                await ActOnce(user, people, rooms, own);
        }).ToList());

    private static async Task ActOnce(User user, User[] people, List<long> rooms, Random random)
    {
        var me = people[0];
        var room = rooms[random.Next(rooms.Count)];
        var other = people[random.Next(people.Length)];
        switch (random.Next(12))
        {
            case < 4:
                await user.TrySend(
                room, random.Next(3) == 0 ? $"@{me.Account.Username} {random.Next()}" : $"text {random.Next()}"); break;
            case < 6: await ChangeOwnMessage(user, room, random); break;
            case < 7: await user.Api.Post("/messages/read", new { room_id = room, all = true }); break;
            case < 8 when user == me: await me.ReadAllNotifications(); break;
            case < 9 when user == me: await ReadOne(me, random); break;
            case < 10 when user != other: await user.TryAsk(other); break;
            case < 11 when user != other: await user.Api.Delete($"/friends/request/{other.Id}"); break;
            default: await user.Api.Post("/friends/accept", new { requester_id = other.Id }); break;
        }
    }

    private static async Task ChangeOwnMessage(User user, long room, Random random)
    {
        var answer = await user.Api.Get($"/messages/{room}?limit=5");
        if (answer.Status != 200)
            return;
        var own = answer.As<History>().Messages.FirstOrDefault(message => message.UserId == user.Id && !message.IsDeleted);
        if (own is null)
            return;
        if (random.Next(2) == 0) await user.Edit(own, $"edited {random.Next()}");
        else await user.Delete(own);
    }

    private static async Task ReadOne(User me, Random random)
    {
        var all = (await me.Notifications()).Notifications;
        if (all.Length > 0)
            await me.ReadNotifications(all[random.Next(all.Length)].Id);
    }

    /// <summary>The client's copy.</summary>
    private sealed class FeedCopy
    {
        private readonly Dictionary<string, Notification> _notifications = [];
        private long _unreadCount;

        public string LastEventId { get; private set; } = "";

        public static async Task<FeedCopy> Of(User user)
        {
            var page = await user.Notifications("?limit=100");
            page.NextCursor.ShouldBeNull("one page holds all");
            var copy = new FeedCopy { LastEventId = page.LastEventId, _unreadCount = page.UnreadCount };
            foreach (var notification in page.Notifications)
                copy._notifications[notification.Id] = notification;
            return copy;
        }

        public void Apply(IEnumerable<SseEvent> events, string? lastEventId)
        {
            foreach (var e in events)
            {
                if (e.Type.StartsWith("notification.", StringComparison.Ordinal))
                    ApplyChange(e);
                else
                    e.Type.ShouldBe("ready");
                e.Id.ShouldNotBeNull();
            }
            LastEventId = lastEventId ?? LastEventId;
        }

        public string Describe()
        {
            var newestFirst = _notifications.Values.OrderByDescending(n => n.HappenedAt)
                .ThenByDescending(n => n.Id, StringComparer.Ordinal);
            return string.Join('\n', newestFirst.Select(Wire.Write).Prepend($"{_unreadCount} unread"));
        }

        private void ApplyChange(SseEvent e)
        {
            _unreadCount = e.Json.GetProperty("unread_count").GetInt64();
            if (e.Type == "notification.read")
            {
                var read = e.As<NotificationsRead>();
                foreach (var id in read.Ids)
                    _notifications[id] = _notifications[id] with { IsRead = true, ReadAt = read.ReadAt, UpdatedAt = read.ReadAt };
            }
            else if (e.Type == "notification.removed")
            {
                // A replay that was cut may not have reached it.
                _notifications.Remove(e.As<NotificationRemoved>().Id);
            }
            else
            {
                var change = e.As<NotificationChange>();
                if (e.Type == "notification.created")
                    _notifications.ShouldNotContainKey(change.Notification.Id, "it is new once");
                _notifications[change.Notification.Id] = change.Notification;
            }
        }
    }
}
