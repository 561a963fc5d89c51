using BigTech.Contracts.Users;
using BigTech.Platform.Cache;
using BigTech.Platform.Sql;
using BigTech.Platform.Streams;
using BigTech.Users.Domain;
using BigTech.Users.Live;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Users.Storage;

/// <summary>What viewers see of some users at one moment, and the version of that moment.</summary>
internal sealed record PresenceSnapshot(List<OnlineStatus> Statuses, Presence Own, long Version);

/// <summary>
/// Everybody's presence as others see it. It follows from who is there at the moment of the transaction, not from what happened in between:
/// settling somebody twice, late or for nothing does no harm. A change and its event are one transaction.
/// </summary>
/// <param name="redis">Where several processes count who is there. While it is away nobody knows, and rows that may be wrong are not shown.</param>
internal sealed class PresenceStore(
    [FromKeyedServices(UsersModule.StoreName)] Store database, PresenceHub hub, TimeProvider time, RedisConnection? redis = null) : IPresenceDirectory
{
    /// <summary>Brings what others see of these users in line with who is there, in one transaction.</summary>
    /// <param name="look">Asked inside the transaction, perhaps more than once.</param>
    /// <returns>Those of them who are gone.</returns>
    public Task<List<long>> Settle(IReadOnlyCollection<long> users, Func<long, Sighting> look) => database.Write(session =>
    {
        var gone = new List<long>();
        foreach (var userId in users)
        {
            var sighting = look(userId);
            if (!sighting.IsOnline) gone.Add(userId);
            var before = PresenceRows.Find(session, userId).Now();
            Save(session, before, before.After(sighting));
        }
        return gone;
    });

    /// <summary>Hides or shows a user.</summary>
    public Task<Presence> SetInvisible(long userId, bool isInvisible, Func<long, Sighting> look) => database.Write(session =>
    {
        var before = PresenceRows.Find(session, userId).Now();
        var after = isInvisible ? before.Hide(time.GetDbNow()) : before.Show(look(userId));
        Save(session, before, after);
        return after;
    });

    public ValueTask<Presence> Find(long userId, CancellationToken ct) => database.Read(session => PresenceRows.Find(session, userId), ct);

    /// <summary>What a viewer may know of some users and what he is to himself, as of one moment.</summary>
    public ValueTask<PresenceSnapshot> Find(long viewerId, IReadOnlyList<long> ids, CancellationToken ct) => database.Read(
        async session => new PresenceSnapshot(
            (await PresenceRows.Seen(session, viewerId, ids)).ConvertAll(Show), await PresenceRows.Find(session, viewerId), await PresenceRows.Version(session)), ct);

    /// <summary>A user's presence as he and his friends may see it now.</summary>
    public OnlineStatus Show(Presence presence) => Show(new OnlineStatus(presence.UserId, presence.IsOnline, presence.LastSeenAt));

    /// <summary>Whom a user is or was friends with.</summary>
    public ValueTask<List<Tie>> TiesOf(long userId, CancellationToken ct) => database.Read(session => PresenceRows.TiesOf(session, userId), ct);

    /// <summary>What changed for a viewer behind a version: the state of each friend once, as it is now; of one who was lost, that he is hidden.</summary>
    public ValueTask<MissedChanges> Missed(long viewerId, long since, CancellationToken ct) => database.Read(
        async session => new MissedChanges(
            await PresenceRows.Version(session),
            (await PresenceRows.ChangedSince(session, viewerId, since)).ConvertAll(changed => PresenceHub.Change(changed.Status, changed.Version))), ct);

    async Task<IReadOnlyList<OnlineStatus>> IPresenceDirectory.Find(long viewerId, IReadOnlyCollection<long> ids, CancellationToken ct)
    {
        if (ids.Count == 0) return [];
        return await database.Read(
            async session => (await PresenceRows.Seen(session, viewerId, ids)).ConvertAll(Show), ct);
    }

    /// <summary>Notes that the program runs: after a crash, those who do not come back were last seen then.</summary>
    public Task Pulse() => database.Write(session => session.Execute(
        "UPDATE presence_state SET alive_at = @now WHERE id = 1", new { now = time.GetUtcNow().ToDb() }));

    /// <inheritdoc cref="PresenceRows.LeftOnline"/>
    public ValueTask<List<(long UserId, DateTimeOffset SeenAt)>> FindLeftOnline(CancellationToken ct) => database.Read<List<(long UserId, DateTimeOffset SeenAt)>>(PresenceRows.LeftOnline, ct);

    private OnlineStatus Show(OnlineStatus status) =>
        redis is null or { IsUp: true } ? status : status with { IsOnline = null, LastSeenAt = null };

    private void Save(UnitOfWork session, Presence before, Presence after)
    {
        if (before == after) return;
        if (after.LooksLike(before))
        {
            PresenceRows.SaveWish(session, after);
            return;
        }
        var now = time.GetDbNow();
        var version = PresenceRows.NextVersion(session);
        PresenceRows.Save(session, after, version, now);
        session.Append(new UserOnlineStatusChanged(after.UserId, after.IsOnline, after.LastSeenAt, version, now));
        session.OnCommitted(() => hub.Publish(after, version));
    }
}
