using System.Text.Json.Nodes;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Storage;
using BigTech.Notifications.Streaming;
using BigTech.Notifications.Views;
using BigTech.Tests.Integration.Redis;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Notifications;

/// <summary>Two replicas that change one store: a stream at either sends all changes, once, in order, and as the same events.</summary>
public abstract class NotificationReplicasSuite : IDisposable
{
    private const long Ann = 1;

    private readonly NotificationsStore _store;
    private readonly TestBackplane _signals;
    private readonly NotificationHub _hereHub;
    private readonly NotificationHub _thereHub;
    private readonly NotificationFeed _here;
    private readonly NotificationFeed _there;

    protected NotificationReplicasSuite(TestEngine engine, bool withDocuments = false)
    {
        _store = new NotificationsStore(engine, withDocuments);
        (_signals, var other) = TestBackplane.Pair();
        (_hereHub, _thereHub) = (new NotificationHub(_signals), new NotificationHub(other));
        (_here, _there) = (new NotificationFeed(_store.Notifications, _hereHub), new NotificationFeed(_store.Notifications, _thereHub));
    }

    [Fact]
    public async Task A_change_looks_the_same_on_both()
    {
        using InProcessStream here = Follow(_hereHub), there = Follow(_thereHub);
        await Both(here, there, "ready");
        await Add(_here, 1);
        var created = await Both(here, there, "notification.created");
        ((bool)created["alert"]!).ShouldBeTrue();
        ((long)created["unread_count"]!).ShouldBe(1);

        await Add(_there, 2);
        await Both(here, there, "notification.created");
        await _store.SqlStore.Write(work => _here.Read(work, Ann, _store.Notifications.In(work).Unread(Ann)));

        var read = await Both(here, there, "notification.read");
        read["ids"]!.AsArray().Count.ShouldBe(2);
        ((long)read["unread_count"]!).ShouldBe(0);
    }

    [Fact]
    public async Task Concurrent_writes_of_both_are_sent_in_order_and_without_gaps()
    {
        const int each = 100;
        using InProcessStream here = Follow(_hereHub), there = Follow(_thereHub);
        await Both(here, there, "ready");

        await Task.WhenAll(AddAll(_here, Enumerable.Range(0, each)), AddAll(_there, Enumerable.Range(each, each)));

        foreach (var stream in new[] { here, there })
        {
            for (var version = 1; version <= 2 * each; version++)
            {
                ((long)JsonNode.Parse((await stream.Next()).Data)!["version"]!).ShouldBe(version);
            }
        }
    }

    [Fact]
    public async Task A_signal_that_got_lost_costs_nothing_but_time()
    {
        using var there = Follow(_thereHub);
        (await there.Next()).Name.ShouldBe("ready");
        _signals.AreLost = true;
        await Add(_here, 1);
        _signals.AreLost = false;
        await Add(_here, 2);
        ((long)JsonNode.Parse((await there.Next()).Data)!["version"]!).ShouldBe(1, "the next one uncovers it");
        ((long)JsonNode.Parse((await there.Next()).Data)!["version"]!).ShouldBe(2);

        _signals.AreLost = true;
        await Add(_here, 3);
        await Add(_there, 4);
        ((long)JsonNode.Parse((await there.Next()).Data)!["version"]!).ShouldBe(3);
        ((long)JsonNode.Parse((await there.Next()).Data)!["version"]!).ShouldBe(4);
    }

    [Fact]
    public async Task A_change_without_a_signal_is_found_when_a_stream_has_been_silent_for_long()
    {
        var time = new ManualTime();
        using var there = Follow(_thereHub, time: time);
        (await there.Next()).Name.ShouldBe("ready");
        // Simulates a writer that died between its commit and the signal.
        _signals.AreLost = true;
        await Add(_here, 1);

        var received = there.Next();

        await Eventually.Holds(() =>
        {
            time.Advance(TimeSpan.FromSeconds(15));
            return received.IsCompleted;
        }, "the stream looks by itself");
        (await received).Name.ShouldBe("notification.created");
        ((long)JsonNode.Parse((await received).Data)!["version"]!).ShouldBe(1);
    }

    [Fact]
    public async Task A_reading_is_sent_whole_to_a_client_that_missed_a_change_before_it()
    {
        using var there = Follow(_thereHub);
        (await there.Next()).Name.ShouldBe("ready");
        await Add(_here, 1);
        (await there.Next()).Name.ShouldBe("notification.created");

        _signals.AreLost = true;
        await _store.SqlStore.Write(work => _here.Change(
            work, _store.Notifications.In(work).Unread(Ann)[0], (n, now) => n with { Preview = "other words", UpdatedAt = now }));
        _signals.AreLost = false;
        await _store.SqlStore.Write(work => _here.Read(work, Ann, _store.Notifications.In(work).Unread(Ann)));

        var (name, data) = await there.Next();
        name.ShouldBe("notification.updated");
        var notification = JsonNode.Parse(data)!["notification"]!;
        ((string?)notification["preview"]).ShouldBe("other words");
        ((bool)notification["is_read"]!).ShouldBeTrue();
    }

    [Fact]
    public async Task A_reading_is_sent_as_one_to_a_client_that_missed_only_changes_of_others()
    {
        using var there = Follow(_thereHub);
        (await there.Next()).Name.ShouldBe("ready");
        await Add(_here, 1);
        (await there.Next()).Name.ShouldBe("notification.created");

        _signals.AreLost = true;
        await Add(_here, 2);
        _signals.AreLost = false;
        await _store.SqlStore.Write(
            work => _here.Read(work, Ann, _store.Notifications.In(work).Unread(Ann).Where(n => n.Title == "Number 1")));

        (await there.Next()).Name.ShouldBe("notification.created");
        (await there.Next()).Name.ShouldBe("notification.read");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Each_notification_alerts_once_on_each_stream_however_the_signals_are_ordered_and_grouped(int seed)
    {
        var random = new Random(seed);
        _signals.AreHeld = true;
        var (here, there) = (Follow(_hereHub), Follow(_thereHub));
        var streams = new List<(InProcessStream Stream, long Start)> { (here, await Start(here)), (there, await Start(there)) };
        for (var number = 0; number < 40; number++)
        {
            // Sending starts when the quiet hours have ended and another change is made.
            if (random.Next(4) == 0) await SetQuiet(random.Next(2) == 0);
            await _store.SqlStore.Write(work => ChangeSome(work, random));
            if (random.Next(8) == 0)
            {
                var resumed = Follow(random.Next(2) == 0 ? _hereHub : _thereHub, lastEventId: "0");
                streams.Add((resumed, await Start(resumed)));
            }
            _signals.DeliverSome(random);
        }
        _signals.LookEverywhere();
        _thereHub.Signal(new NotificationSignal(Ann, 0, 0));

        var rows = await _store.Notifications.Read(reader => reader.Since(Ann, 0), NotificationsStore.Ct);
        rows.Where(row => row.SentVersion > 0).Select(row => row.Id).ShouldBe(await _store.Sent(), ignoreOrder: true);
        foreach (var (stream, start) in streams)
        {
            var expected = rows.Where(row => row.SentVersion > start).Select(row => row.Id);
            (await Alerts(stream, until: rows[^1].Version)).ShouldBe(expected, ignoreOrder: true);
        }
        streams.ForEach(one => one.Stream.Dispose());
    }

    [Fact]
    public async Task What_was_read_before_a_stream_came_to_it_does_not_alert()
    {
        using var there = Follow(_thereHub);
        (await there.Next()).Name.ShouldBe("ready");
        _signals.AreLost = true;
        await Add(_here, 1);
        _signals.AreLost = false;
        await _store.SqlStore.Write(work => _here.Read(work, Ann, _store.Notifications.In(work).Unread(Ann)));

        var (name, data) = await there.Next();
        name.ShouldBe("notification.created");
        ((bool)JsonNode.Parse(data)!["alert"]!).ShouldBeFalse();
    }

    [Fact]
    public async Task What_came_and_went_again_unseen_moves_a_stream_on_all_the_same()
    {
        using var there = Follow(_thereHub);
        (await there.NextId()).ShouldBe($"n:{Ann}:0");
        _signals.AreLost = true;
        await Add(_here, 1);
        _signals.AreLost = false;
        await _store.SqlStore.Write(work => _here.Change(
            work, _store.Notifications.In(work).Unread(Ann)[0], (n, now) => n with { IsRemoved = true, UpdatedAt = now }));
        (await there.NextId()).ShouldBe($"n:{Ann}:2");

        using var resumed = Follow(_hereHub, lastEventId: $"n:{Ann}:0");
        (await resumed.NextId()).ShouldBe($"n:{Ann}:0");
        (await resumed.NextId()).ShouldBe($"n:{Ann}:2");
        await Add(_here, 2);
        foreach (var stream in new[] { there, resumed }) (await stream.NextId()).ShouldBe($"n:{Ann}:3");
    }

    [Fact]
    public void News_survive_the_way()
    {
        foreach (var signal in new[] { new NotificationSignal(1, 2, 3), new NotificationSignal(1, 0, 7, IsRead: true) })
        {
            NotificationSignal.Parse(signal.ToString()).ShouldBe(signal);
        }
    }

    public void Dispose()
    {
        _store.Dispose();
        GC.SuppressFinalize(this);
    }

    private InProcessStream Follow(NotificationHub hub, string? lastEventId = null, TimeProvider? time = null) => new(
        (http, registry) => new NotificationStream(
            http, new Caller(Ann, "s", "ann"), _store.SqlStore, _store.Notifications, hub, registry).Run(), time: time,
        lastEventId: lastEventId);

    private static async Task<long> Start(InProcessStream stream)
    {
        var (name, data) = await stream.Next();
        name.ShouldBe("ready");
        return (long)JsonNode.Parse(data)!["version"]!;
    }

    /// <summary>The ids of the notifications that a stream marks as alerts, up to a version.</summary>
    private static async Task<List<string>> Alerts(InProcessStream stream, long until)
    {
        var alerts = new List<string>();
        JsonNode change;
        do
        {
            change = JsonNode.Parse((await stream.Next()).Data)!;
            if ((bool)change["alert"]!) alerts.Add((string)change["notification"]!["id"]!);
        }
        while ((long)change["version"]! < until);
        return alerts;
    }

    private void ChangeSome(UnitOfWork work, Random random)
    {
        for (var changes = random.Next(1, 6); changes > 0; changes--) ChangeOne(work, random);
    }

    /// <summary>Adds a notification, or a message to one that is unread.</summary>
    private void ChangeOne(UnitOfWork work, Random random)
    {
        var unread = _store.Notifications.In(work).Unread(Ann);
        if (unread.Count == 0 || random.Next(2) == 0)
        {
            _here.Add(
                work, new NotificationDraft(Ann, NotificationKind.System, $"test:{Guid.NewGuid()}", "Something", _store.Time.GetUtcNow()));
            return;
        }
        _here.Change(
            work, unread[random.Next(unread.Count)], (n, now) => n with { HappenedAt = n.HappenedAt.AddSeconds(1), UpdatedAt = now });
    }

    private Task SetQuiet(bool isQuiet)
    {
        var now = TimeOnly.FromDateTime(_store.Time.GetUtcNow().UtcDateTime);
        var quiet = isQuiet ? new QuietHours(now.AddHours(-1), now.AddHours(1), TimeZoneInfo.Utc) : null;
        return _store.SqlStore.Write(work => PreferenceRows.Save(work, Ann, new Preferences(0, quiet), []));
    }

    private async Task AddAll(NotificationFeed feed, IEnumerable<int> numbers)
    {
        foreach (var number in numbers) await Add(feed, number);
    }

    private Task<bool> Add(NotificationFeed feed, int number) => _store.SqlStore.Write(work => feed.Add(
        work, new NotificationDraft(Ann, NotificationKind.System, $"test:{number}", $"Number {number}", _store.Time.GetUtcNow())));

    private static async Task<JsonNode> Both(InProcessStream here, InProcessStream there, string name)
    {
        var (one, other) = (await here.Next(), await there.Next());
        one.Name.ShouldBe(name);
        other.ShouldBe(one);
        return JsonNode.Parse(one.Data)!;
    }
}

public sealed class NotificationReplicasTests() : NotificationReplicasSuite(TestEngine.Sqlite);

[Engines]
public sealed class NotificationReplicasMariaDbTests() : NotificationReplicasSuite(TestEngine.MariaDb);

[Engines]
public sealed class NotificationReplicasMongoTests() : NotificationReplicasSuite(TestEngine.Sqlite, withDocuments: true);
