using System.Text.Json.Nodes;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Storage;
using BigTech.Notifications.Streaming;
using BigTech.Tests.Integration.Redis;
using BigTech.Tests.Integration.Sql;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Integration.Notifications;

/// <summary>A stream of notifications whose reader is too slow: it ends with a reset, and never sends a list with gaps.</summary>
public sealed class NotificationStreamTests : IDisposable
{
    private const long Ann = 1;

    private readonly NotificationsStore _store = new(TestEngine.Sqlite);

    [Fact]
    public async Task A_reader_that_stops_reading_receives_how_far_they_came_and_where_to_start_over()
    {
        // More than the stream writes before it waits for its reader.
        const int notifications = 500;
        using var stream = Follow(_store.Hub, queueLength: 8);
        (await stream.Next()).Name.ShouldBe("ready");

        await Add(_store.Feed, notifications);

        var (before, reset) = await stream.ReadToReset();
        before.Count.ShouldBeLessThan(notifications);
        before.ConvertAll(change => (int)change["version"]!).ShouldBe(Enumerable.Range(1, before.Count), "what was sent has no gap");
        ((string)reset["reason"]!).ShouldBe("slow_consumer");
        ((int)reset["version"]!).ShouldBe(before.Count);
        ((string)reset["start_over"]!).ShouldBe("/notifications");
    }

    [Fact]
    public async Task A_gap_larger_than_one_read_of_the_store_is_a_reset_too()
    {
        const int largestGap = 10_000;
        var (signals, _) = TestBackplane.Pair();
        var hub = new NotificationHub(signals);
        using var stream = Follow(hub);
        (await stream.Next()).Name.ShouldBe("ready");
        await Add(_store.Feed, largestGap + 1);

        signals.LookEverywhere();

        var (before, reset) = await stream.ReadToReset();
        before.ShouldBeEmpty();
        ((string)reset["reason"]!).ShouldBe("slow_consumer");
        ((int)reset["version"]!).ShouldBe(0);
        ((string)reset["start_over"]!).ShouldBe("/notifications");
    }

    [Fact]
    public async Task A_replay_that_is_too_large_ends_with_a_reset_and_the_stream_goes_on_live()
    {
        const int notifications = 500;
        await Add(_store.Feed, notifications);
        using var stream = Follow(_store.Hub, lastEventId: "0", maxReplayBytes: 64 * 1024);
        (await stream.Next()).Name.ShouldBe("ready");

        var (name, data, replayed) = ("", "", 0);
        while (name != "reset")
        {
            (name, data) = await stream.Next();
            replayed++;
        }

        var reset = JsonNode.Parse(data)!;
        ((string)reset["reason"]!, (int)reset["version"]!, (string)reset["start_over"]!).ShouldBe(
            ("too_large", notifications, "/notifications"));
        replayed.ShouldBeInRange(2, notifications - 1);
        await _store.SqlStore.Write(work => _store.Feed.Add(work, Draft("live")));
        ((int)JsonNode.Parse((await stream.Next()).Data)!["version"]!).ShouldBe(notifications + 1);
    }

    [Fact]
    public async Task What_is_sent_while_a_stream_resumes_alerts_on_it_and_what_was_sent_before_does_not()
    {
        await Add(_store.Feed, 1);
        var notifications = new ChangingBeforeRead(
            _store.Notifications, () => _store.SqlStore.Write(work => _store.Feed.Add(work, Draft("while it resumes"))));
        using var stream = Follow(_store.Hub, notifications: notifications, lastEventId: "0");

        (await stream.Next()).Name.ShouldBe("ready");
        foreach (var alerts in new[] { false, true })
        {
            var (name, data) = await stream.Next();
            name.ShouldBe("notification.created");
            ((bool)JsonNode.Parse(data)!["alert"]!).ShouldBe(alerts);
        }
    }

    [Fact]
    [Engines]
    public async Task A_store_that_is_away_when_the_stream_wants_to_read_it_makes_the_news_late_and_not_the_end_of_the_stream()
    {
        using var way = new TcpProxy(MariaDbServer.Shared.Port);
        using var store = new NotificationsStore(new ServerHome(MariaDbServer.Shared, way.Port), mongo: null);
        using var other = new NotificationsStore(store.Home, mongo: null, isReplica: true);
        var (signals, _) = TestBackplane.Pair();
        var hub = new NotificationHub(signals);
        using var stream = Follow(hub, store: store);
        (await stream.Next()).Name.ShouldBe("ready");
        await other.SqlStore.Write(
            work => other.Feed.Add(work, new NotificationDraft(Ann, NotificationKind.System, "test", "Late", other.Time.GetUtcNow())));

        way.Cut();
        var before = way.Accepted;
        signals.LookEverywhere();
        await Eventually.Holds(() => way.Accepted > before, "the stream tries to read");
        way.Heal();

        (await stream.Next()).Data.ShouldContain("Late");
    }

    public void Dispose() => _store.Dispose();

    private InProcessStream Follow(
        NotificationHub hub, int? queueLength = null, INotifications? notifications = null, string? lastEventId = null,
        NotificationsStore? store = null, long? maxReplayBytes = null) => new(
        (http, registry) => new NotificationStream(
            http, new Caller(Ann, "s", "ann"), (store ?? _store).SqlStore, notifications ?? (store ?? _store).Notifications,
            hub, registry).Run(), queueLength, lastEventId: lastEventId, maxReplayBytes: maxReplayBytes);

    private Task Add(NotificationFeed feed, int notifications) => _store.SqlStore.Write(work =>
    {
        for (var i = 1; i <= notifications; i++)
        {
            feed.Add(work, Draft($"test:{i}"));
        }
    });

    private NotificationDraft Draft(string source) => new(Ann, NotificationKind.System, source, "Something", _store.Time.GetUtcNow());

    /// <summary>Notifications that change once, directly before the first read.</summary>
    private sealed class ChangingBeforeRead(INotifications store, Func<Task> change) : INotifications
    {
        private Func<Task>? _change = change;

        public async ValueTask<T> Read<T>(Func<INotificationReader, ValueTask<T>> read, CancellationToken ct)
        {
            if (Interlocked.Exchange(ref _change, null) is { } pending) await pending();
            return await store.Read(read, ct);
        }

        public INotificationWriter In(UnitOfWork work) => store.In(work);

        public IAsyncEnumerable<List<TrimmedRow>> ReadBefore(DateTimeOffset before, CancellationToken ct) => store.ReadBefore(before, ct);

        public IAsyncEnumerable<List<TrimmedRow>> BeyondLimit(int limit, CancellationToken ct) => store.BeyondLimit(limit, ct);
    }
}
