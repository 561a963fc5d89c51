using System.Text.Json.Nodes;
using BigTech.Contracts.Friends;
using BigTech.Platform.Auth;
using BigTech.Platform.Cache;
using BigTech.Tests.Integration.Cache;
using BigTech.Tests.Integration.Sql;
using BigTech.Users.Consumers;
using BigTech.Users.Domain;
using BigTech.Users.Live;
using BigTech.Users.Storage;

namespace BigTech.Tests.Integration.Users;

/// <summary>A stream of friends' presence whose reader falls behind.</summary>
public sealed class PresenceStreamTests : IDisposable
{
    private readonly UsersStore _store = new(TestEngine.Sqlite);
    private readonly PresenceHub _hub = new(new NoOtherReplicas());
    private readonly PresenceStore _presence;

    public PresenceStreamTests() => _presence = new PresenceStore(_store.Database, _hub, _store.Clock);

    [Fact]
    public async Task A_reader_that_stops_reading_is_told_how_far_he_came_and_where_to_start_over()
    {
        // More than the stream writes before it waits for its reader.
        const int changes = 1000;
        var (ann, bob) = ((await _store.Add("ann")).Id, (await _store.Add("bob")).Id);
        var friendships = new Friendships(new FriendTies(_hub));
        await _store.Database.Write(session => friendships.On(new FriendRequestAccepted(1, ann, bob, _store.Now), session));
        using var stream = new OpenedStream(
            (http, registry) => new PresenceStream(http, new Caller(ann, "s", "ann"), _presence, _hub, registry).Run(), queueLength: 8);
        var version = (int)JsonNode.Parse((await stream.Next()).Data)!["version"]!;

        await Task.WhenAll(Enumerable.Range(0, changes).Select(i => _presence.Settle([bob], _ => new Sighting(i % 2 == 0, _store.Now))));

        var (before, reset) = await stream.ReadToReset();
        before.Count.ShouldBeLessThan(changes);
        before.ConvertAll(status => (bool)status["is_online"]!).ShouldBe(Enumerable.Range(0, before.Count).Select(i => i % 2 == 0), "what was told has no hole");
        ((string)reset["reason"]!).ShouldBe("slow_consumer");
        ((int)reset["version"]!).ShouldBe(version + before.Count);
        ((string)reset["start_over"]!).ShouldBe("/online-status");
    }

    public void Dispose() => _store.Dispose();
}
