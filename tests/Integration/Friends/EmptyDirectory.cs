using BigTech.Contracts.Users;

namespace BigTech.Tests.Integration.Friends;

/// <summary>A User context without any user.</summary>
internal sealed class EmptyDirectory : IUserDirectory, IPresenceDirectory
{
    public Task<IReadOnlyList<UserSummary>> Find(IReadOnlyCollection<long> ids, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<UserSummary>>([]);

    public Task<IReadOnlyList<OnlineStatus>> Find(long viewerId, IReadOnlyCollection<long> ids, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<OnlineStatus>>([]);
}
