using System.Collections.Concurrent;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Users;
using BigTech.Notifications.Domain;

namespace BigTech.Notifications.Storage;

/// <summary>
/// Users as this context knows them: ids and names from user.events. A user whose registration has not arrived yet is looked up once in the
/// User context. With a shared store another process may have handled a change, so cached names expire there.
/// </summary>
internal sealed class NotificationUserReadModel(Store store, IUserDirectory directory, TimeProvider time)
{
    private const int Capacity = 200_000;

    private const string Insert = "INSERT INTO people (id, username, display_name, updated_at) VALUES (@id, @username, @displayName, @at)";

    private static readonly DialectSql SaveSql = new(
        Sqlite: $"""
            {Insert} ON CONFLICT (id) DO UPDATE SET username = excluded.username, display_name = excluded.display_name,
                updated_at = excluded.updated_at
            WHERE excluded.updated_at >= people.updated_at
            """,
        MySql: $"""
            {Insert} ON DUPLICATE KEY UPDATE username = IF(VALUES(updated_at) >= updated_at, VALUES(username), username),
                display_name = IF(VALUES(updated_at) >= updated_at, VALUES(display_name), display_name),
                updated_at = GREATEST(updated_at, VALUES(updated_at))
            """);

    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<long, Known> _names = new();

    private sealed record Known(string Name, long Since);

    /// <summary>Ensures that the names of these users are cached for <see cref="Actor"/>, and stored.</summary>
    public async ValueTask EnsureLoaded(IEnumerable<long> ids, CancellationToken ct)
    {
        var missing = ids.Distinct().Where(id => !IsFresh(id)).ToList();
        if (missing.Count == 0) return;
        if (_names.Count >= Capacity) _names.Clear();
        foreach (var row in await store.Read(reader => Load(reader, missing), ct)) Remember(row.Id, row.Display_Name);
        missing.RemoveAll(IsFresh);
        if (missing.Count == 0) return;
        var found = await directory.Find(missing, ct);
        await store.Write(work =>
        {
            // The oldest possible time: every event is newer.
            foreach (var user in found) Save(work, user.Id, user.Username, user.DisplayName, DateTimeOffset.UnixEpoch);
        });
        foreach (var user in found) Remember(user.Id, user.DisplayName);
    }

    /// <summary>A user with their current name.</summary>
    public Actor Actor(long id) => new(id, _names.TryGetValue(id, out var known) ? known.Name : $"user{id}");

    /// <summary>Stores the data of an event; an older event never overwrites a newer one.</summary>
    public void Save(UnitOfWork work, long id, string username, string displayName, DateTimeOffset at)
    {
        if (work.Execute(SaveSql, new { id, username, displayName, at = at.ToDb() }) == 0) return;
        work.AfterCommit(() => _names[id] = new Known(displayName, time.GetTimestamp()));
    }

    // Keeps a fresh entry: it may come from an event that is newer than this read.
    private void Remember(long id, string name)
    {
        var read = new Known(name, time.GetTimestamp());
        _names.AddOrUpdate(id, read, (_, known) => IsFresh(known) ? known : read);
    }

    private bool IsFresh(long id) => _names.TryGetValue(id, out var known) && IsFresh(known);

    private bool IsFresh(Known known) => !store.IsShared || time.GetElapsedTime(known.Since) < MaxAge;

    private static async ValueTask<List<Row>> Load(ReadSession reader, List<long> ids)
    {
        const int chunk = 500;
        var rows = new List<Row>(ids.Count);
        foreach (var part in ids.Chunk(chunk)) rows.AddRange(await reader.Query<Row>("SELECT id, display_name FROM people WHERE id IN @part", new { part }));
        return rows;
    }

    private sealed record Row(long Id, string Display_Name);
}
