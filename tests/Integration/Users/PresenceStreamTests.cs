using System.Text.Json.Nodes;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Contracts.Friends;
using BigTech.Tests.Integration.Redis;
using BigTech.Tests.Integration.Sql;
using BigTech.Users.Presence;

namespace BigTech.Tests.Integration.Users;

/// <summary>A stream of friends' presence whose reader is too slow, or that receives no signals.</summary>
public sealed class PresenceStreamTests : IDisposable
{
    private readonly UsersStore _store = new(TestEngine.Sqlite);
    private readonly PresenceHub _hub = new(new NullBackplane());
    private readonly PresenceStore _presence;

    public PresenceStreamTests() => _presence = new PresenceStore(_store.SqlStore, _hub, _store.Time);

    [Fact]
    public async Task A_reader_that_stops_reading_receives_how_far_they_came_and_where_to_start_over()
    {
        // More than the stream writes before it waits for its reader.
        const int changes = 1000;
        var (ann, bob) = ((await _store.Add("ann")).Id, (await _store.Add("bob")).Id);
        var friendships = new FriendshipReadModel(_hub);
        await _store.SqlStore.Write(work => friendships.On(new FriendRequestAccepted(1, ann, bob, _store.Now), work));
        using var stream = new InProcessStream(
            (http, registry) => new PresenceStream(http, new Caller(ann, "s", "ann"), _presence, _hub, registry).Run(), queueLength: 8);
        var version = (int)JsonNode.Parse((await stream.Next()).Data)!["version"]!;

        await Task.WhenAll(
            Enumerable.Range(0, changes).Select(i => _presence.Reconcile([bob], _ => new PresenceSnapshot(i % 2 == 0, _store.Now))));

        var (before, reset) = await stream.ReadToReset();
        before.Count.ShouldBeLessThan(changes);
        before.ConvertAll(status => (bool)status["is_online"]!)
            .ShouldBe(Enumerable.Range(0, before.Count).Select(i => i % 2 == 0), "what was sent has no gap");
        ((string)reset["reason"]!).ShouldBe("slow_consumer");
        ((int)reset["version"]!).ShouldBe(version + before.Count);
        ((string)reset["start_over"]!).ShouldBe("/online-status");
    }

    [Fact]
    public async Task A_change_without_a_signal_is_found_when_a_stream_has_been_silent_for_long()
    {
        var (ann, bob, cem) = ((await _store.Add("ann")).Id, (await _store.Add("bob")).Id, (await _store.Add("cem")).Id);
        var (signals, others) = TestBackplane.Pair();
        var (here, there) = (new PresenceHub(signals), new PresenceHub(others));
        var presence = new PresenceStore(_store.SqlStore, here, _store.Time);
        var friendships = new FriendshipReadModel(here);
        await _store.SqlStore.Write(work => friendships.On(new FriendRequestAccepted(1, ann, bob, _store.Now), work));
        var time = new ManualTime();
        using var stream = new InProcessStream(
            (http, registry) => new PresenceStream(
                http, new Caller(ann, "s", "ann"), new PresenceStore(_store.SqlStore, there, _store.Time), there,
                registry).Run(), time: time);
        (await stream.Next()).Name.ShouldBe("ready");

        // Simulates a writer that died between its commits and the signals.
        signals.AreLost = true;
        await presence.Reconcile([bob], _ => new PresenceSnapshot(true, _store.Now));
        Of(await AfterSilence()).ShouldBe((bob, true));
        await _store.SqlStore.Write(work => friendships.On(new FriendRequestAccepted(2, ann, cem, _store.Now), work));
        Of(await AfterSilence()).ShouldBe((cem, false));
        signals.AreLost = false;
        await presence.Reconcile([cem], _ => new PresenceSnapshot(true, _store.Now));

        Of(await stream.Next()).ShouldBe((cem, true), "it listens to the new friend as well");

        async Task<(string Name, string Data)> AfterSilence()
        {
            var received = stream.Next();
            await Eventually.Holds(() =>
            {
                time.Advance(TimeSpan.FromSeconds(15));
                return received.IsCompleted;
            }, "the stream looks by itself");
            return await received;
        }

        static (long UserId, bool IsOnline) Of((string Name, string Data) received)
        {
            received.Name.ShouldBe("presence");
            var status = JsonNode.Parse(received.Data)!;
            return ((long)status["user_id"]!, (bool)status["is_online"]!);
        }
    }

    public void Dispose() => _store.Dispose();
}
