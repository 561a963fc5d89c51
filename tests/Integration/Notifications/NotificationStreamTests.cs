using BigTech.Notifications.Domain;
using BigTech.Notifications.Live;
using BigTech.Notifications.Storage;
using BigTech.Platform.Auth;
using BigTech.Tests.Integration.Cache;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Notifications;

/// <summary>A stream of notifications whose reader falls behind: he is told so, and never given a list with holes.</summary>
public sealed class NotificationStreamTests : IDisposable
{
    private const long Ann = 1;

    private readonly NotificationsStore _store = new(TestEngine.Sqlite);

    [Fact]
    public async Task A_reader_that_stops_reading_is_told_how_far_he_came_and_where_to_start_over()
    {
        // More than the stream writes before it waits for its reader.
        const int notifications = 500;
        using var stream = Follow(_store.Hub, queueLength: 8);
        (await stream.Next()).Name.ShouldBe("ready");

        await Add(_store.Inbox, notifications);

        var (before, reset) = await stream.ReadToReset();
        before.Count.ShouldBeLessThan(notifications);
        before.ConvertAll(change => (int)change["version"]!).ShouldBe(Enumerable.Range(1, before.Count), "what was told has no hole");
        ((string)reset["reason"]!).ShouldBe("slow_consumer");
        ((int)reset["version"]!).ShouldBe(before.Count);
        ((string)reset["start_over"]!).ShouldBe("/notifications");
    }

    [Fact]
    public async Task More_than_a_look_into_the_store_may_bring_is_told_as_a_reset_too()
    {
        const int largestGap = 10_000;
        var (signals, _) = TestSignals.Pair();
        var hub = new NotificationHub(signals);
        using var stream = Follow(hub);
        (await stream.Next()).Name.ShouldBe("ready");
        await Add(_store.Inbox, largestGap + 1);

        signals.LookEverywhere();

        var (before, reset) = await stream.ReadToReset();
        before.ShouldBeEmpty();
        ((string)reset["reason"]!).ShouldBe("slow_consumer");
        ((int)reset["version"]!).ShouldBe(0);
        ((string)reset["start_over"]!).ShouldBe("/notifications");
    }

    public void Dispose() => _store.Dispose();

    private OpenedStream Follow(NotificationHub hub, int? queueLength = null) => new(
        (http, registry) => new NotificationStream(
            http, new Caller(Ann, "s", "ann"), null, _store.Database, _store.Notifications, hub, registry).Run(), queueLength);

    private Task Add(Inbox inbox, int notifications) => _store.Database.Write(session =>
    {
        for (var i = 1; i <= notifications; i++)
        {
            inbox.Add(session, new Draft(Ann, NotificationKind.System, $"test:{i}", $"Number {i}", _store.Time.GetUtcNow()));
        }
    });
}
