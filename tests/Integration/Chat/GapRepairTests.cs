using BigTech.BuildingBlocks.Events;
using BigTech.Chat.Streaming;
using BigTech.Contracts;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Chat;

/// <summary>Gap repair must survive every failure to read the store.</summary>
public sealed class GapRepairTests : IAsyncDisposable
{
    private readonly ChatHost _host = new();
    private readonly GapRepair _late;

    public GapRepairTests() => _late = new GapRepair(
        _host.Hub, new RoomReplay(_host.Store, _host.Names), TimeProvider.System, NullLogger<GapRepair>.Instance);

    public async ValueTask DisposeAsync()
    {
        await _late.StopAsync(CancellationToken.None);
        _late.Dispose();
        _host.Dispose();
    }

    [Fact]
    public async Task A_room_that_cannot_be_read_is_read_when_it_can_whatever_was_wrong()
    {
        await _late.StartAsync(Ct);
        var rooms = new List<(long Room, Listener Listener)>();
        // More than are read concurrently: each failure could have cost a reader.
        for (var i = 0; i < 6; i++)
        {
            var room = await _host.CreateGroup(1, 2);
            var listener = new Listener(2);
            _host.Hub.Join(room, listener);
            _host.Hub.SetBaseline(room, (await _host.Find(room)).Version);
            rooms.Add((room, listener));
        }
        await Damage("UPDATE rooms SET type = 'unheard of'");
        foreach (var (room, _) in rooms) _host.Hub.ReportVersion(room, 1);
        foreach (var (room, _) in rooms) await Should.ThrowAsync<Exception>(_host.Since(room, 0));

        await Damage("UPDATE rooms SET type = 'group'");

        foreach (var (room, listener) in rooms)
        {
            await _host.Send(room, 1, "hello");
            await Eventually.Holds(() => listener.Changes.Any(e => e.Version == 1), "the change arrives");
        }
    }

    [Fact]
    public async Task Messages_of_another_replica_whose_events_were_lost_are_read_from_the_store()
    {
        var bus = new FollowersOnlyBus();
        using var remote = new ReplicaEventFollower(
            bus, _host.Hub, _host.Store, TimeProvider.System, NullLogger<ReplicaEventFollower>.Instance);
        await remote.StartAsync(Ct);
        await _late.StartAsync(Ct);
        var room = await _host.CreateGroup(1, 2);
        await _host.Send(room, 1, "hello");
        // A stream that read the room before that, and missed the event.
        var listener = new Listener(2);
        _host.Hub.Join(room, listener);
        _host.Hub.SetBaseline(room, 0);

        bus.LoseEvents(Topics.Message);

        await Eventually.Holds(() => listener.Changes.Any(e => e.Version == 1), "the message arrives");
        await remote.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Rooms_of_another_replica_whose_events_were_lost_are_looked_for_until_the_store_answers()
    {
        var bus = new FollowersOnlyBus();
        using var remote = new ReplicaEventFollower(
            bus, _host.Hub, _host.Store, TimeProvider.System, NullLogger<ReplicaEventFollower>.Instance);
        await remote.StartAsync(Ct);
        var room = await _host.CreateGroup(1, 2);
        _host.Hub.Follow(new Listener(2));
        await Damage("ALTER TABLE members RENAME TO gone");
        bus.LoseEvents(Topics.Chat);
        await Should.ThrowAsync<Exception>(_host.Load(room));
        _host.Hub.HasListeners(room).ShouldBeFalse();

        await Damage("ALTER TABLE gone RENAME TO members");

        await Eventually.Holds(() => _host.Hub.HasListeners(room), "the stream is in the room");
        await remote.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_store_that_does_not_answer_holds_up_no_topic()
    {
        var bus = new FollowersOnlyBus();
        using var remote = new ReplicaEventFollower(
            bus, _host.Hub, _host.Store, TimeProvider.System, NullLogger<ReplicaEventFollower>.Instance);
        await remote.StartAsync(Ct);
        var room = await _host.CreateGroup(1, 2);
        _host.Cache.Drop();
        _host.Hub.Follow(new Listener(2));
        var created = await _host.SqlStore.Log.Read(Topics.Chat, 0, 1, Ct);
        using var answer = new ManualResetEventSlim();
        var readers = Math.Max(4, Environment.ProcessorCount * 2);
        var reading = 0;
        var stuck = Enumerable.Range(0, readers).Select(_ => Task.Factory.StartNew(
            () => _host.SqlStore.Read(
                _ =>
                {
                    Interlocked.Increment(ref reading);
                    answer.Wait(Ct);
                    return ValueTask.FromResult(true);
                }, Ct).AsTask(), Ct, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()).ToList();
        await Eventually.Holds(() => Volatile.Read(ref reading) == readers, "all readers are taken");

        var handled = Task.Factory.StartNew(() => bus.Bring(created[0]), Ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        await Eventually.Holds(() => handled.IsCompleted, "the topic goes on");
        _host.Hub.HasListeners(room).ShouldBeFalse();
        answer.Set();
        await Eventually.Holds(() => _host.Hub.HasListeners(room), "the stream is in the room");
        await Task.WhenAll(stuck);
        await remote.StopAsync(CancellationToken.None);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private async Task Damage(string sql) => await _host.SqlStore.Write(work => work.Execute(sql));
}
