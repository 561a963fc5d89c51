using System.Collections.Concurrent;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Users;

namespace BigTech.Chat.Storage;

/// <summary>
/// The users as Chat knows them: their ids and how they are shown, from user.events. A user whose registration event has yet to arrive is
/// looked up in the User context, once. On a shared store another process may have consumed a change: cached users are read again after a
/// while.
/// </summary>
/// <param name="capacity">How many users are cached, in two halves: when the newer one is full, the older one is dropped.</param>
internal sealed class ChatUserReadModel(Store store, IUserDirectory directory, TimeProvider time, int capacity = 200_000)
{
    private const string Insert = """
        INSERT INTO users (id, username, display_name, profile_image_url, updated_at) VALUES (@Id, @Username, @DisplayName, @ProfileImageUrl, @at)
        """;

    private static readonly DialectSql SaveSql = new(
        Sqlite: $"""
            {Insert} ON CONFLICT (id) DO UPDATE SET username = excluded.username, display_name = excluded.display_name,
                profile_image_url = excluded.profile_image_url, updated_at = excluded.updated_at
            WHERE excluded.updated_at >= users.updated_at
            """,
        MySql: $"""
            {Insert} ON DUPLICATE KEY UPDATE username = IF(VALUES(updated_at) >= updated_at, VALUES(username), username),
                display_name = IF(VALUES(updated_at) >= updated_at, VALUES(display_name), display_name),
                profile_image_url = IF(VALUES(updated_at) >= updated_at, VALUES(profile_image_url), profile_image_url),
                updated_at = GREATEST(updated_at, VALUES(updated_at))
            """);

    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);

    private volatile Halves _halves = new([], []);

    private sealed record Known(UserSummary User, long Since);

    private sealed record Halves(ConcurrentDictionary<long, Known> Newer, ConcurrentDictionary<long, Known> Older);

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
        foreach (var user in await directory.Find(missing, ct)) Remember(found, user);
        return found;
    }

    /// <summary>The name of a cached user, for code that cannot wait; otherwise a name made from the id.</summary>
    public string Username(long id) => Get(id)?.User.Username ?? $"user{id}";

    /// <summary>The same inside a transaction: a user who is not cached is read from the store.</summary>
    public string Username(UnitOfWork work, long id) =>
        Get(id)?.User.Username ?? Load(work, [id]).Now().FirstOrDefault()?.Username ?? Username(id);

    /// <summary>Stores a user from an event; an older event never overwrites a newer one.</summary>
    public void Save(UnitOfWork work, UserSummary user, DateTimeOffset updatedAt)
    {
        var isNewer = work.Execute(SaveSql, new { user.Id, user.Username, user.DisplayName, user.ProfileImageUrl, at = updatedAt.ToDb() }) > 0;
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

    private static async ValueTask<List<UserSummary>> Load(ReadSession reader, List<long> ids)
    {
        const int chunk = 500;
        var users = new List<UserSummary>(ids.Count);
        foreach (var part in ids.Chunk(chunk))
        {
            var rows = await reader.Query<Row>("SELECT id, username, display_name, profile_image_url FROM users WHERE id IN @part", new { part });
            users.AddRange(rows.ConvertAll(row => row.ToSummary()));
        }
        return users;
    }

    private sealed record Row(long Id, string Username, string Display_Name, string? Profile_Image_Url)
    {
        public UserSummary ToSummary() => new(Id, Username, Display_Name, Profile_Image_Url);
    }
}
