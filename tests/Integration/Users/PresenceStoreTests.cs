using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.Contracts;
using BigTech.Contracts.Friends;
using BigTech.Contracts.Json;
using BigTech.Contracts.Users;
using BigTech.Tests.Integration.Sql;
using BigTech.Users.Presence;

namespace BigTech.Tests.Integration.Users;

public abstract class PresenceStoreSuite : IDisposable
{
    private protected readonly UsersStore _store;
    private readonly PresenceHub _hub = new(new NullBackplane());
    private readonly PresenceStore _presence;
    private readonly FriendshipReadModel _friendships;
    private readonly Dictionary<long, PresenceSnapshot> _there = [];
    private readonly long _ann;
    private readonly long _bob;
    private readonly long _cid;

    protected PresenceStoreSuite(TestEngine engine)
    {
        _store = new(engine);
        _presence = new PresenceStore(_store.SqlStore, _hub, _store.Time);
        _friendships = new FriendshipReadModel(_hub);
        (_ann, _bob, _cid) = (_store.Add("ann").GetAwaiter().GetResult().Id, _store.Add("bob").GetAwaiter().GetResult().Id,
            _store.Add("cid").GetAwaiter().GetResult().Id);
    }

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DateTimeOffset T0 => _store.Now;

    [Fact]
    public async Task A_change_and_its_event_are_one_and_settling_again_changes_nothing()
    {
        Come(_bob);
        Come(_cid);
        (await _presence.Reconcile([_ann, _bob, _cid], Look)).ShouldBe([_ann]);
        (await _presence.Reconcile([_ann, _bob, _cid], Look)).ShouldBe([_ann]);
        var wentAt = T0;
        Go(_cid, wentAt);
        _store.Time.Advance(TimeSpan.FromSeconds(5));
        await _presence.Reconcile([_bob, _cid], Look);

        var events = await Events();
        events.ShouldBe([
            new UserOnlineStatusChanged(_bob, true, null, 1, wentAt),
            new UserOnlineStatusChanged(_cid, true, null, 2, wentAt),
            new UserOnlineStatusChanged(_cid, false, wentAt, 3, T0),
        ]);
        (await _presence.Find(_cid, Ct)).ShouldBe(new PresenceState(_cid, false, wentAt, false));
    }

    [Fact]
    public async Task Work_that_was_rolled_back_publishes_nothing()
    {
        Come(_bob);
        await Should.ThrowAsync<InvalidOperationException>(() => _presence.Reconcile([_bob, _ann], id =>
            id == _ann ? throw new InvalidOperationException("after the write") : Look(id)));

        (await Events()).ShouldBeEmpty();
        (await _presence.Find(_bob, Ct)).IsOnline.ShouldBeFalse();
    }

    [Fact]
    public async Task Only_friends_see_it()
    {
        Come(_bob);
        await _presence.Reconcile([_bob], Look);
        (await Sees(_ann, _bob)).ShouldBeNull();

        await Befriend(_ann, _bob, T0);

        (await Sees(_ann, _bob)).ShouldBe(true);
        (await Sees(_cid, _bob)).ShouldBeNull();
        (await Sees(_bob, _bob)).ShouldBe(true, "oneself");
    }

    [Fact]
    public async Task A_friendship_that_ended_stays_ended_whatever_comes_again_or_late()
    {
        Come(_bob);
        await _presence.Reconcile([_bob], Look);
        var (accepted, deleted) = (new FriendRequestAccepted(9, _ann, _bob, T0), new FriendDeleted(9, _bob, _ann, T0.AddMicroseconds(1)));
        await _store.SqlStore.Write(work => _friendships.On(accepted, work));
        await _store.SqlStore.Write(work => _friendships.On(deleted, work));
        var version = await Version();

        await _store.SqlStore.Write(work => _friendships.On(accepted, work));
        await _store.SqlStore.Write(work => _friendships.On(deleted, work));

        (await Sees(_ann, _bob)).ShouldBeNull();
        (await Version()).ShouldBe(version, "what was published before is no change");
        await Befriend(_ann, _bob, T0.AddSeconds(1));
        (await Sees(_ann, _bob)).ShouldBe(true, "friends anew");
    }

    [Fact]
    public async Task An_end_that_comes_before_the_beginning_holds()
    {
        await _store.SqlStore.Write(work => _friendships.On(new FriendDeleted(9, _bob, _ann, T0.AddSeconds(1)), work));
        await Befriend(_ann, _bob, T0);

        Come(_bob);
        await _presence.Reconcile([_bob], Look);
        (await Sees(_ann, _bob)).ShouldBeNull();
    }

    [Fact]
    public async Task A_block_hides_even_before_the_end_of_the_friendship_is_consumed()
    {
        Come(_bob);
        await _presence.Reconcile([_bob], Look);
        await Befriend(_ann, _bob, T0);
        var before = await Version();

        await _store.SqlStore.Write(work => _friendships.On(new UserBlocked(_ann, _bob, T0), work));

        (await Sees(_ann, _bob)).ShouldBeNull();
        (await Sees(_bob, _ann)).ShouldBeNull();
        foreach (var viewer in new[] { _ann, _bob })
        {
            var missed = await _store.SqlStore.Read(reader => PresenceRows.ChangedSince(reader, viewer, before), Ct);
            missed.Single().Status.ShouldBe(new OnlineStatus(viewer == _ann ? _bob : _ann, false, null));
        }
    }

    [Fact]
    public async Task What_was_missed_is_each_friend_once_and_of_the_hidden_only_that_they_are()
    {
        await Befriend(_ann, _bob, T0);
        await Befriend(_ann, _cid, T0);
        var since = await Version();
        Come(_bob);
        Come(_cid);
        await _presence.Reconcile([_bob, _cid], Look);
        await _store.SqlStore.Write(work => _friendships.On(new FriendDeleted(9, _ann, _cid, T0.AddSeconds(1)), work));
        var hiddenAt = await Version();
        Go(_bob, T0);
        Go(_cid, T0);
        await _presence.Reconcile([_bob, _cid], Look);

        var missed = await _store.SqlStore.Read(reader => PresenceRows.ChangedSince(reader, _ann, since), Ct);

        missed.Select(change => change.Status).ShouldBe([new OnlineStatus(_cid, false, null), new OnlineStatus(_bob, false, T0)]);
        missed[0].Version.ShouldBe(hiddenAt);
        (await _store.SqlStore.Read(reader => PresenceRows.ChangedSince(reader, _ann, hiddenAt), Ct)).Single().Status.UserId.ShouldBe(_bob);
    }

    [Fact]
    public async Task Invisible_is_remembered_and_published_only_when_it_shows()
    {
        await _presence.SetInvisible(_ann, true, Look);
        await _presence.SetInvisible(_ann, true, Look);
        (await Events()).ShouldBeEmpty("ann was offline");
        Come(_ann);
        await _presence.Reconcile([_ann], Look);
        (await Events()).ShouldBeEmpty("and no other user is to know that ann came");
        _store.Reopen();
        var again = new PresenceStore(_store.SqlStore, _hub, _store.Time);

        (await again.Find(_ann, Ct)).IsInvisible.ShouldBeTrue();
        (await again.SetInvisible(_ann, false, Look)).ShouldBe(new PresenceState(_ann, true, null, false));
        (await Events()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_user_online_at_a_crash_was_last_seen_when_the_program_was_or_when_they_came_if_that_is_later()
    {
        Come(_ann);
        await _presence.Reconcile([_ann], Look);
        _store.Time.Advance(TimeSpan.FromMinutes(10));
        var pulse = T0;
        await _presence.WriteCheckpoint();
        _store.Time.Advance(TimeSpan.FromSeconds(10));
        Come(_bob);
        await _presence.Reconcile([_bob], Look);
        var came = T0;
        _store.Time.Advance(TimeSpan.FromHours(3));

        (await _presence.FindLeftOnline(Ct)).ShouldBe([(_ann, pulse), (_bob, came)], ignoreOrder: true);
    }

    public void Dispose()
    {
        _store.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Come(long userId) => _there[userId] = new PresenceSnapshot(true, T0);

    private void Go(long userId, DateTimeOffset at) => _there[userId] = new PresenceSnapshot(false, at);

    private PresenceSnapshot Look(long userId) => _there.GetValueOrDefault(userId, new PresenceSnapshot(false, T0));

    private Task Befriend(long a, long b, DateTimeOffset at) =>
        _store.SqlStore.Write(work => _friendships.On(new FriendRequestAccepted(9, a, b, at), work));

    /// <summary>Whether a viewer sees the user online or offline; null when presence is hidden.</summary>
    private async Task<bool?> Sees(long viewer, long user)
    {
        var status = (await _presence.Find(viewer, [user], Ct)).Statuses.Single();
        return status is { IsOnline: false, LastSeenAt: null } ? null : status.IsOnline;
    }

    private ValueTask<long> Version() => _store.SqlStore.Read(PresenceRows.Version, Ct);

    private async Task<List<UserOnlineStatusChanged>> Events() =>
        (await _store.SqlStore.Log.Read(Topics.OnlineStatus, 0, 1000,
            Ct)).ConvertAll(e => EventJson.Deserialize<UserOnlineStatusChanged>(e.Data));
}

public sealed class PresenceStoreTests() : PresenceStoreSuite(TestEngine.Sqlite)
{
    [Theory]
    [InlineData("FriendshipsSql")]
    [InlineData("ChangedSql")]
    [InlineData("IsVisibleSql")]
    [InlineData("LeftOnlineSql")]
    public async Task No_look_walks_a_whole_table(string query)
    {
        var field = typeof(PresenceRows).GetField(query, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static);
        var sql = field.ShouldNotBeNull().GetRawConstantValue() as string;

        var plan = await _store.SqlStore.Read(reader => reader.Query<PlanStep>($"EXPLAIN QUERY PLAN {sql}"), Ct);

        plan.ShouldNotBeEmpty();
        plan.ShouldNotContain(
            step => step.Detail.StartsWith("SCAN", StringComparison.Ordinal)
                && !step.Detail.Contains("INDEX presence_online", StringComparison.Ordinal),
            string.Join('\n', plan.Select(step => step.Detail)));
    }
}

[Engines]
public sealed class PresenceStoreMariaDbTests() : PresenceStoreSuite(TestEngine.MariaDb);
