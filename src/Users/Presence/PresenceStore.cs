using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Redis;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Streaming;
using BigTech.Contracts.Users;
using BigTech.Users.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Users.Presence;

/// <summary>What viewers see of several users at one point in time, and its version.</summary>
internal sealed record PresencePage(List<OnlineStatus> Statuses, PresenceState Own, long Version);

/// <summary>
/// Presence as others see it. It depends on who is online during the transaction, not on what happened before: a repeated, late or needless
/// reconcile is harmless. A change and its event are one transaction.
/// </summary>
/// <param name="redis">Tracks who is online across processes. While it is unavailable, presence is reported as unknown.</param>
internal sealed class PresenceStore(
    [FromKeyedServices(UsersDatabase.Name)] Store store, PresenceHub hub, TimeProvider time,
    RedisConnection? redis = null) : IPresenceDirectory
{
    /// <summary>Updates what others see of these users to who is online now, in one transaction.</summary>
    /// <param name="look">Called inside the transaction, possibly more than once.</param>
    /// <returns>The users who are offline.</returns>
    public Task<List<long>> Reconcile(IReadOnlyCollection<long> users, Func<long, PresenceSnapshot> look) => store.Write(work =>
    {
        var gone = new List<long>();
        foreach (var userId in users)
        {
            var snapshot = look(userId);
            if (!snapshot.IsOnline) gone.Add(userId);
            var before = PresenceRows.Find(work, userId).Now();
            Save(work, before, before.After(snapshot));
        }
        return gone;
    });

    /// <summary>Hides or shows a user.</summary>
    public Task<PresenceState> SetInvisible(long userId, bool isInvisible, Func<long, PresenceSnapshot> look) => store.Write(work =>
    {
        var before = PresenceRows.Find(work, userId).Now();
        var after = isInvisible ? before.Hide(time.GetDbNow()) : before.Show(look(userId));
        Save(work, before, after);
        return after;
    });

    public ValueTask<PresenceState> Find(long userId, CancellationToken ct) => store.Read(reader => PresenceRows.Find(reader, userId), ct);

    /// <summary>What a viewer may see of several users, and the viewer's own presence, at one point in time.</summary>
    public ValueTask<PresencePage> Find(long viewerId, IReadOnlyList<long> ids, CancellationToken ct) => store.Read(
        async reader => new PresencePage(
            (await PresenceRows.Seen(reader, viewerId, ids)).ConvertAll(Show), await PresenceRows.Find(reader, viewerId),
            await PresenceRows.Version(reader)), ct);

    /// <summary>A user's presence as the user and their friends may see it now.</summary>
    public OnlineStatus Show(PresenceState presence) => Show(new OnlineStatus(presence.UserId, presence.IsOnline, presence.LastSeenAt));

    /// <summary>The current and former friendships of a user.</summary>
    public ValueTask<List<FriendVisibility>> FindFriendships(long userId, CancellationToken ct) =>
        store.Read(reader => PresenceRows.Friendships(reader, userId), ct);

    /// <summary>
    /// The changes for a viewer after a version: each friend once, in the current state; former friends as hidden. Read at once: they are
    /// no more than the friends, whom the stream keeps in memory anyway, with about 100 bytes for each.
    /// </summary>
    public ValueTask<VersionedReplay> Missed(long viewerId, long since, CancellationToken ct) => store.Read(
        async reader => new VersionedReplay(
            await PresenceRows.Version(reader),
            (await PresenceRows.ChangedSince(reader, viewerId, since))
                .Select(changed => PresenceHub.Change(changed.Status, changed.Version))), ct);

    async Task<IReadOnlyList<OnlineStatus>> IPresenceDirectory.Find(long viewerId, IReadOnlyCollection<long> ids, CancellationToken ct)
    {
        if (ids.Count == 0) return [];
        return await store.Read(
            async reader => (await PresenceRows.Seen(reader, viewerId, ids)).ConvertAll(Show), ct);
    }

    /// <summary>Records that the program runs: after a crash, users who do not return were last seen at this time.</summary>
    public Task WriteCheckpoint() => store.Write(work => work.Execute(
        "UPDATE presence_state SET alive_at = @now WHERE id = 1", new { now = time.GetUtcNow().ToDb() }));

    /// <inheritdoc cref="PresenceRows.LeftOnline"/>
    public ValueTask<List<(long UserId, DateTimeOffset SeenAt)>> FindLeftOnline(CancellationToken ct) =>
        store.Read<List<(long UserId, DateTimeOffset SeenAt)>>(PresenceRows.LeftOnline, ct);

    private OnlineStatus Show(OnlineStatus status) =>
        redis is null or { IsUp: true } ? status : status with { IsOnline = null, LastSeenAt = null };

    private void Save(UnitOfWork work, PresenceState before, PresenceState after)
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
