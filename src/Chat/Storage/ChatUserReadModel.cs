using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Users;
using BigTech.ReadModels;

namespace BigTech.Chat.Storage;

/// <summary>The users as Chat knows them.</summary>
/// <inheritdoc/>
internal sealed class ChatUserReadModel(Store store, IUserDirectory directory, TimeProvider time, int capacity = 200_000)
    : UserReadModel(store, directory, time, table: "users", hasImages: true, capacity)
{
    /// <summary>The name of a cached user, for code that cannot wait; otherwise a name made from the id.</summary>
    public string Username(long id) => Cached(id)?.Username ?? $"user{id}";

    /// <summary>The same inside a transaction: a user who is not cached is read from the store.</summary>
    public string Username(UnitOfWork work, long id) => Cached(work, id)?.Username ?? $"user{id}";
}
