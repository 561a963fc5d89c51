using System.Collections.Concurrent;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Users;

namespace BigTech.ReadModels;

/// <summary>
/// The users as another context knows them: their ids and how they are shown, from user.events. A user whose registration event has yet to
/// arrive is looked up in the User context, once. On a shared store another process may have consumed a change: cached users are read again
/// after a while.
/// </summary>
/// <param name="table">The table with the columns id, username, display_name and updated_at.</param>
/// <param name="hasImages">Whether it has the column profile_image_url too.</param>
/// <param name="capacity">How many users are cached, in two halves: when the newer one is full, the older one is dropped.</param>
public abstract class UserReadModel(
    Store store, IUserDirectory directory, TimeProvider time, string table, bool hasImages, int capacity = 200_000)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);

    private readonly DialectSql _saveSql = hasImages
        ? Upsert.KeepNewest(
            $"""
            INSERT INTO {table} (id, username, display_name, profile_image_url, updated_at)
            VALUES (@Id, @Username, @DisplayName, @ProfileImageUrl, @at)
            """,
            key: "id", time: "updated_at", isNewer: ">=", "username", "display_name", "profile_image_url")
        : Upsert.KeepNewest(
            $"INSERT INTO {table} (id, username, display_name, updated_at) VALUES (@Id, @Username, @DisplayName, @at)",
            key: "id", time: "updated_at", isNewer: ">=", "username", "display_name");

    private readonly DialectSql _findSql = JsonRowSet.Joined(["given_id"], given => $"""
        SELECT id, username, display_name, {(hasImages ? "profile_image_url" : "NULL")} FROM {given} {table} ON id = given_id
        """);

    private volatile Halves _halves = new([], []);

    private sealed record Known(UserSummary User, long Since);

    private sealed record Halves(ConcurrentDictionary<long, Known> Newer, ConcurrentDictionary<long, Known> Older);

    protected Store Store => store;

    public void On(UserRegistered e, UnitOfWork work) =>
        Save(work, new UserSummary(e.UserId, e.Username, e.DisplayName, e.ProfileImageUrl), e.CreatedAt);

    public void On(UserProfileUpdated e, UnitOfWork work) =>
        Save(work, new UserSummary(e.UserId, e.Username, e.DisplayName, e.ProfileImageUrl), e.UpdatedAt);

    /// <summary>The users of <paramref name="ids"/> that exist.</summary>
    public async ValueTask<Dictionary<long, UserSummary>> Find(IReadOnlyCollection<long> ids, CancellationToken ct)
    {
        var found = new Dictionary<long, UserSummary>(ids.Count);
        List<long>? missing = null;
        foreach (var id in ids)
        {
            if (Get(id) is { } known && IsFresh(known)) found[id] = known.User;
            else (missing ??= []).Add(id);
        }
        if (missing is null) return found;
        foreach (var user in await store.Read(reader => Load(reader, missing), ct)) Remember(found, user);
        missing.RemoveAll(found.ContainsKey);
        if (missing.Count == 0) return found;
        var lookedUp = await directory.Find(missing, ct);
        await SaveFound(lookedUp);
        foreach (var user in lookedUp) Remember(found, user);
        return found;
    }

    /// <summary>A cached user, for code that cannot wait.</summary>
    public UserSummary? Cached(long id) => Get(id)?.User;

    /// <summary>The same inside a transaction: a user who is not cached is read from the store.</summary>
    public UserSummary? Cached(UnitOfWork work, long id) => Cached(id) ?? Load(work, [id]).Now().FirstOrDefault();

    /// <summary>Called with users that the User context knows and this context does not.</summary>
    protected virtual Task SaveFound(IReadOnlyList<UserSummary> users) => Task.CompletedTask;

    /// <summary>Stores a user; an older event never overwrites a newer one.</summary>
    protected void Save(UnitOfWork work, UserSummary user, DateTimeOffset updatedAt)
    {
        var isNewer = work.Execute(
            _saveSql, new { user.Id, user.Username, user.DisplayName, user.ProfileImageUrl, at = updatedAt.ToDb() }) > 0;
        if (isNewer) work.AfterCommit(() => Set(new Known(user, time.GetTimestamp())));
    }

    /// <summary>A cached user. They move to the newer half, so that code that needs them a little later finds them.</summary>
    private Known? Get(long id)
    {
        var (newer, older) = _halves;
        if (newer.TryGetValue(id, out var known)) return known;
        return older.TryGetValue(id, out known) ? newer.GetOrAdd(id, known) : null;
    }

    private void Set(Known known)
    {
        Halves halves;
        do
        {
            halves = _halves;
            halves.Newer[known.User.Id] = known;
        }
        // Otherwise a reader might have copied an older entry into the new half.
        while (halves != _halves);
    }

    private void MakeRoom()
    {
        var halves = _halves;
        if (halves.Newer.Count >= capacity / 2) Interlocked.CompareExchange(ref _halves, new Halves([], halves.Newer), halves);
    }

    private void Remember(Dictionary<long, UserSummary> found, UserSummary user)
    {
        MakeRoom();
        var read = new Known(user, time.GetTimestamp());
        // A fresh entry is kept: it may come from an event that is newer than this read.
        found[user.Id] = _halves.Newer.AddOrUpdate(user.Id, read, (_, known) => IsFresh(known) ? known : read).User;
    }

    private bool IsFresh(Known known) => !store.IsShared || time.GetElapsedTime(known.Since) < MaxAge;

    private ValueTask<List<UserSummary>> Load(ReadSession reader, IEnumerable<long> ids) =>
        reader.Prepared(_findSql).Bind(1, JsonRowSet.From(ids))
        .Query(row => new UserSummary(row.Number(0), row.Text(1), row.Text(2), row.OptionalText(3)));
}
