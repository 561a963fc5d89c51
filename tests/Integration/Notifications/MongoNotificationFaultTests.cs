using System.Text.Json.Nodes;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Notifications;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Jobs;
using BigTech.Notifications.Storage;
using BigTech.Tests.Integration.Sql;
using BigTech.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using static BigTech.Tests.Integration.Notifications.NotificationsStore;

namespace BigTech.Tests.Integration.Notifications;

/// <summary>Every SQL commit reaches MongoDB, once and in order, after every fault between the two.</summary>
[Engines]
public sealed class MongoNotificationFaultTests : MongoNotificationFaults
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whatever_becomes_of_the_documents_of_a_commit_the_next_one_makes_it_good(bool isDone)
    {
        await Rooms(Created(Ann, Bob));
        await Messages(Sent(1), Sent(2));
        _server.OnCommand = name => name == "update" ? isDone ? Fault.DropAfter : Fault.DropBefore : Fault.None;
        await Messages(Sent(3), Sent(4));
        await Heal();
        (await MessageNotification()).Count.ShouldBe(isDone ? 4 : 2, "what is committed is on its way, or there");

        await Messages(Sent(5));

        (await MessageNotification()).ShouldSatisfyAllConditions(
            notification => notification.Count.ShouldBe(5),
            notification => notification.Place!.LastSeq.ShouldBe(5),
            notification => notification.Version.ShouldBe(4, "the invitation, and three times something new"));
        await ShouldBeSettled(sent: 2);
    }

    [Fact]
    public async Task A_server_that_steps_down_holds_a_commit_up_and_loses_nothing_of_it()
    {
        await Rooms(Created(Ann, Bob));
        _server.OnCommand = name => name == "update" ? Fault.SteppedDown : Fault.None;
        await Messages(Sent(1));
        await Heal();

        await Messages(Sent(2));

        (await MessageNotification()).Count.ShouldBe(2);
        await ShouldBeSettled(sent: 2);
    }

    [Fact]
    public async Task What_is_written_late_changes_nothing_that_has_happened_since()
    {
        await Rooms(Created(Ann, Bob));
        await Messages(Sent(1));
        using var slow = new ManualResetEventSlim();
        var held = 0;
        _server.OnCommand = name => name == "update" && Interlocked.Increment(ref held) == 1 ? _server.BreakAndWait(slow) : Fault.None;
        await Messages(Sent(2, "@name2"));
        await Messages(Read(3, 2), Sent(4, seq: 3));
        var before = await _store.Of(Bob);
        before.Count.ShouldBe(4, "the invitation, what was read, the mention, and what is new");
        var updates = _server.Done("update");

        slow.Set();
        await Eventually.Holds(() => _server.Done("update") == updates + 1, "the late write run");

        (await _store.Of(Bob)).ShouldBe(before);
        await Messages(Sent(5, seq: 4));
        (await _store.Of(Bob)).Count(n => n.IsUnread && n.Kind == NotificationKind.Message).ShouldBe(1);
        await ShouldBeSettled(sent: 4);
    }

    [Fact]
    public async Task A_commit_of_SQL_that_fails_leaves_no_trace_in_the_documents_and_the_events_count_once()
    {
        await Rooms(Created(Ann, Bob));
        var handle = await _store.Messages.Prepare([Sent(1), Sent(2, "@name2")], Ct);
        var writes = _server.Seen("update");

        await Should.ThrowAsync<AppError>(_store.SqlStore.Write(work =>
        {
            handle(work);
            work.BatchState(() => new object(), static (_, _) => throw new DiskFullException());
        }));

        _server.Seen("update").ShouldBe(writes);
        (await _store.Of(Bob)).ShouldHaveSingleItem("the invitation");
        await _store.SqlStore.Write(handle);
        (await MessageNotification()).Count.ShouldBe(1, "the other one is the mention");
        await ShouldBeSettled(sent: 3);
    }

    [Fact]
    public async Task Without_the_server_events_wait_and_answers_are_503_and_all_of_it_heals()
    {
        _store.Dispose();
        _store = new NotificationsStore(StoreHome.On(TestEngine.Sqlite), Within(milliseconds: 4000));
        await Rooms(Created(Ann, Bob));
        _server.Stop();
        (await Should.ThrowAsync<AppError>(Messages(Sent(1)))).Code.ShouldBe("store_unavailable");
        (await Should.ThrowAsync<AppError>(async () => await _store.Of(Bob))).Code.ShouldBe("store_unavailable");
        (await Should.ThrowAsync<AppError>(ReadAll)).Code.ShouldBe("store_unavailable");
        _server.Start();
        await Heal();

        await Eventually.Holds(async () => await IsDone(Messages(Sent(1))), "the message comes again until it is taken in");

        (await MessageNotification()).Count.ShouldBe(1);
        var read = 0;
        await Eventually.Holds(async () => await IsDone(Task.Run(async () => read += await ReadAll())), "the reader tries again");
        read.ShouldBe(2);
        await ShouldBeSettled(sent: 2);
    }

    [Theory]
    [InlineData("find")]
    [InlineData("update")]
    public async Task A_right_that_is_missing_is_not_the_events_fault(string command)
    {
        await Rooms(Created(Ann, Bob));
        _server.OnCommand = name => name == command ? Fault.Forbidden : Fault.None;
        // The second event finds that the first is missing.
        await Should.ThrowAsync<AppError>(async () =>
        {
            await Messages(Sent(1));
            await Messages(Sent(2));
        });
        _server.OnCommand = _ => Fault.None;

        await Messages(Sent(1), Sent(2));

        (await MessageNotification()).Count.ShouldBe(2);
        await ShouldBeSettled(sent: 2);
    }

    [Fact]
    public async Task What_a_process_left_when_it_died_is_brought_without_another_write()
    {
        var home = new FolderHome();
        using (var died = new NotificationsStore(home, _mongo, isReplica: true))
        {
            await died.Handle(died.Rooms.Prepare, Created(Ann, Bob));
            _server.OnCommand = name => name == "update" ? Fault.DropBefore : Fault.None;
            await died.Handle(died.Messages.Prepare, Sent(1));
            (await Log(died)).ShouldBe(1);
        }
        _server.OnCommand = _ => Fault.None;
        using var store = new NotificationsStore(home, _mongo);
        await Heal(store);
        (await store.Of(Bob)).ShouldHaveSingleItem("the invitation");
        using var late = new MongoProjection(
            store.SqlStore, (MongoNotifications)store.Notifications, store.Time, NullLogger<MongoProjection>.Instance);

        await late.StartAsync(Ct);

        await Eventually.Holds(async () => (await store.Of(Bob)).Count == 2, "brought");
        await Eventually.Holds(async () => await Log(store) == 0, "out of the log");
        await late.StopAsync(Ct);
    }

    [Fact]
    public async Task After_an_outage_it_is_tried_again_until_it_is_done()
    {
        await Rooms(Created(Ann, Bob));
        _server.OnCommand = name => name == "update" ? Fault.DropBefore : Fault.None;
        await Messages(Sent(1));
        using var late = new MongoProjection(
            _store.SqlStore, (MongoNotifications)_store.Notifications, _store.Time, NullLogger<MongoProjection>.Instance);
        var tries = _server.Seen("update");
        await late.StartAsync(Ct);
        await Eventually.Holds(
            () =>
            {
                _store.Time.Advance(TimeSpan.FromSeconds(1));
                return _server.Seen("update") > tries + 1;
            }, "tried twice");
        (await Log(_store)).ShouldBe(1);

        await Heal();

        await Eventually.Holds(
            async () =>
            {
                _store.Time.Advance(TimeSpan.FromSeconds(1));
                return await Log(_store) == 0;
            }, "brought");
        (await MessageNotification()).Count.ShouldBe(1);
        await late.StopAsync(Ct);
    }

    [Fact]
    public async Task A_stream_that_opens_receives_what_was_committed_before_it_even_if_the_documents_had_missed_it()
    {
        await Rooms(Created(Ann, Bob));
        _server.OnCommand = name => name == "update" ? Fault.DropBefore : Fault.None;
        await Messages(Sent(1));
        await Heal();

        using var stream = Follow(_store, "n:2:1");

        (await stream.Next()).Name.ShouldBe("ready");
        var created = await stream.Next();
        (created.Name, (long)JsonNode.Parse(created.Data)!["version"]!).ShouldBe(("notification.created", 2));
    }

    [Fact]
    public async Task Work_that_fails_takes_its_drafts_with_it_and_its_neighbours_stay()
    {
        await Rooms(Created(Ann, Bob, 3));
        // With nothing left to apply, the failing work has written no row: only its in-memory change is visible.
        await _store.SqlStore.Write(((MongoNotifications)_store.Notifications).ResolvePending);
        Task<int> failing, neighbour;
        using (var gate = await WriterGate.Close(_store.SqlStore))
        {
            failing = _store.SqlStore.Write<int>(work =>
            {
                _store.Feed.Read(work, Bob, _store.Notifications.In(work).Unread(Bob)).ShouldBe(1);
                throw new InvalidOperationException("changed its mind");
            });
            neighbour = _store.SqlStore.Write(work => _store.Feed.Read(work, 3, _store.Notifications.In(work).Unread(3)));
            await gate.Open();
        }
        await Should.ThrowAsync<InvalidOperationException>(failing);
        (await neighbour).ShouldBe(1);
        (await _store.Of(Bob)).Single().IsUnread.ShouldBeTrue();
        (await _store.Of(3)).Single().IsUnread.ShouldBeFalse();
    }

    [Fact]
    public async Task A_deletion_that_does_not_arrive_is_made_good_by_the_next_round_and_takes_nothing_that_has_changed()
    {
        await _store.SqlStore.Write(work => Add(work, 4));
        await _store.SqlStore.Write(work => _store.Feed.Read(work, Bob, _store.Notifications.In(work).Unread(Bob).Take(2)));
        _store.Time.Advance(TimeSpan.FromDays(100));
        _server.OnCommand = name => name == "delete" ? Fault.DropBefore : Fault.None;
        await CleanUp();
        await Heal();
        (await _store.Of(Bob)).Count.ShouldBe(4);
        // A notification found as old has changed before its deletion, so the other one is no longer the user's newest change.
        var rows = await _store.Notifications.ReadBefore(_store.Time.GetUtcNow(), Ct).FirstAsync(Ct);
        await _store.SqlStore.Write(work => _store.Feed.Change(
            work, _store.Notifications.In(work).Find(Bob, [rows[0].Id]).Single(), (n, now) => n with { Preview = "?", UpdatedAt = now }));
        (await _store.SqlStore.Write(work => _store.Notifications.In(work).Delete(rows))).ShouldBe(0);

        await CleanUp();

        (await _store.Of(Bob)).Count(n => !n.IsUnread).ShouldBe(1);
        (await _store.Version(Bob)).ShouldBe(7);
        (await _store.SqlStore.Read(reader => Trimming.UpTo(reader, Bob), Ct)).ShouldBe(6);
    }

    private void Add(UnitOfWork work, int count)
    {
        for (var i = 1; i <= count; i++)
        {
            _store.Feed.Add(work, new NotificationDraft(Bob, NotificationKind.System, $"s{i}", "title", T0.AddSeconds(i)));
        }
    }

    private static async Task<bool> IsDone(Task task)
    {
        try
        {
            await task;
            return true;
        }
        catch (AppError error) when (error.Kind == ErrorKind.Unavailable)
        {
            return false;
        }
    }

    private Task<int> ReadAll() => _store.SqlStore.Write(new NotificationWork<int>(
        _store.Notifications, Bob, (work, writer) => _store.Feed.Read(work, Bob, writer.Unread(Bob))));

    private async Task CleanUp()
    {
        using var housekeeping = new NotificationsHousekeeping(
            _store.SqlStore, _store.Notifications, Options.Create(new NotificationsOptions()), _store.Time,
            NullLogger<NotificationsHousekeeping>.Instance);
        await housekeeping.RunOnce(Ct);
    }

    /// <summary>Bob's notification for the room's messages.</summary>
    private async Task<Notification> MessageNotification() => (await _store.Of(Bob)).Single(n => n.Kind == NotificationKind.Message);

    private Task Heal() => Heal(_store);

    private Task Heal(NotificationsStore store) => _server.Heal(store.Documents!);
}
