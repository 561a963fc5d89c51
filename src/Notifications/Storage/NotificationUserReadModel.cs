using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Users;
using BigTech.Notifications.Domain;
using BigTech.ReadModels;

namespace BigTech.Notifications.Storage;

/// <summary>The users as Notifications knows them: without their images.</summary>
internal sealed class NotificationUserReadModel(Store store, IUserDirectory directory, TimeProvider time)
    : UserReadModel(store, directory, time, table: "people", hasImages: false)
{
    /// <summary>
    /// Ensures that these users are cached for <see cref="Actor"/>, and stored, because mentions find them by their names.
    /// </summary>
    public async ValueTask EnsureLoaded(IEnumerable<long> ids, CancellationToken ct) => await Find([.. ids.Distinct()], ct);

    /// <summary>A user with their current name.</summary>
    public Actor Actor(long id) => new(id, Cached(id)?.DisplayName ?? $"user{id}");

    // The oldest possible time: every event is newer.
    protected override Task SaveFound(IReadOnlyList<UserSummary> users) => Store.Write(work =>
    {
        foreach (var user in users) Save(work, user, DateTimeOffset.UnixEpoch);
    });
}
