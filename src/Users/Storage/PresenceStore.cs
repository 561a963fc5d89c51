using BigTech.Contracts.Users;
using BigTech.Platform.Redis;
using BigTech.Platform.Sql;
using BigTech.Platform.Streams;
using BigTech.Users.Domain;
using BigTech.Users.Streaming;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Users.Storage;

/// <summary>What viewers see of some users at one moment, and the version of that moment.</summary>
internal sealed record PresencePage(List<OnlineStatus> Statuses, Presence Own, long Version);

/// <summary>
/// Everybody's presence as others see it. It follows from who is there at the moment of the transaction, not from what happened in between:
/// settling somebody twice, late or for nothing does no harm. A change and its event are one transaction.
/// </summary>
/// <param name="redis">Where several processes count who is there. While it is away nobody knows, and rows that may be wrong are not shown.</param>
internal sealed class PresenceStore(
    [FromKeyedServices(UsersModule.StoreName)] Store store, PresenceHub hub, TimeProvider time, RedisConnection? redis = null) : IPresenceDirectory
{
    /// <summary>Brings what others see of these users in line with who is there, in one transaction.</summary>
    /// <param name="look">Asked inside the transaction, perhaps more than once.</param>
    /// <returns>Those of them who are gone.</returns>
    public Task<List<long>> Reconcile(IReadOnlyCollection<long> users, Func<long, PresenceSnapshot> look) => store.Write(work =>
    {
        var gone = new List<long>();
        foreach (var userId in users)
        {
            var sighting = look(userId);
            if (!sighting.IsOnline) gone.Add(userId);
            var before = PresenceRows.Find(work, userId).Now();
            Save(work, before, before.After(sighting));
        }
        return gone;
    });

    /// <summary>Hides or shows a user.</summary>
    public Task<Presence> SetInvisible(long userId, bool isInvisible, Func<long, PresenceSnapshot> look) => store.Write(work =>
    {
        var before = PresenceRows.Find(work, userId).Now();
        var after = isInvisible ? before.Hide(time.GetDbNow()) : before.Show(look(userId));
        Save(work, before, after);
        return after;
    });

    public ValueTask<Presence> Find(long userId, CancellationToken ct) => store.Read(reader => PresenceRows.Find(reader, userId), ct);

    /// <summary>What a viewer may know of some users and what he is to himself, as of one moment.</summary>
    public ValueTask<PresencePage> Find(long viewerId, IReadOnlyList<long> ids, CancellationToken ct) => store.Read(
        async reader => new PresencePage(
            (await PresenceRows.Seen(reader, viewerId, ids)).ConvertAll(Show), await PresenceRows.Find(reader, viewerId), await PresenceRows.Version(reader)), ct);

    /// <summary>A user's presence as he and his friends may see it now.</summary>
    public OnlineStatus Show(Presence presence) => Show(new OnlineStatus(presence.UserId, presence.IsOnline, presence.LastSeenAt));

    /// <summary>Whom a user is or was friends with.</summary>
    public ValueTask<List<Tie>> TiesOf(long userId, CancellationToken ct) => store.Read(reader => PresenceRows.TiesOf(reader, userId), ct);

    /// <summary>What changed for a viewer behind a version: the state of each friend once, as it is now; of one who was lost, that he is hidden.</summary>
    public ValueTask<VersionedReplay> Missed(long viewerId, long since, CancellationToken ct) => store.Read(
        async reader => new VersionedReplay(
            await PresenceRows.Version(reader),
            (await PresenceRows.ChangedSince(reader, viewerId, since)).ConvertAll(changed => PresenceHub.Change(changed.Status, changed.Version))), ct);

    async Task<IReadOnlyList<OnlineStatus>> IPresenceDirectory.Find(long viewerId, IReadOnlyCollection<long> ids, CancellationToken ct)
    {
        if (ids.Count == 0) return [];
        return await store.Read(
            async reader => (await PresenceRows.Seen(reader, viewerId, ids)).ConvertAll(Show), ct);
    }

    /// <summary>Notes that the program runs: after a crash, those who do not come back were last seen then.</summary>
    public Task HeartbeatCheckpoint() => store.Write(work => work.Execute(
        "UPDATE presence_state SET alive_at = @now WHERE id = 1", new { now = time.GetUtcNow().ToDb() }));

    /// <inheritdoc cref="PresenceRows.LeftOnline"/>
    public ValueTask<List<(long UserId, DateTimeOffset SeenAt)>> FindLeftOnline(CancellationToken ct) => store.Read<List<(long UserId, DateTimeOffset SeenAt)>>(PresenceRows.LeftOnline, ct);

    private OnlineStatus Show(OnlineStatus status) =>
        redis is null or { IsUp: true } ? status : status with { IsOnline = null, LastSeenAt = null };

    private void Save(UnitOfWork work, Presence before, Presence after)
    {
        if (before == after) return;
        if (after.LooksLike(before))
        {
            PresenceRows.SaveWish(work, after);
            return;
        }
        var now = time.GetDbNow();
        var version = PresenceRows.NextVersion(work);
        PresenceRows.Save(work, after, version, now);
        work.Append(new UserOnlineStatusChanged(after.UserId, after.IsOnline, after.LastSeenAt, version, now));
        work.AfterCommit(() => hub.Publish(after, version));
    }
}
