namespace BigTech.Contracts.Users;

/// <summary>Whether a user is online, as one viewer may see it. Hidden presence looks like offline and never seen.</summary>
/// <param name="UserId">The id of the user.</param>
/// <param name="IsOnline">Null while it is unknown.</param>
/// <param name="LastSeenAt">Null while online, for a user who never was, where it is hidden, and while it is unknown.</param>
public sealed record OnlineStatus(long UserId, bool? IsOnline, DateTimeOffset? LastSeenAt);

/// <summary>Presence lookup in the User context, which decides who may see whom; the caller does not check that.</summary>
public interface IPresenceDirectory
{
    /// <summary>The status of those of <paramref name="ids"/> that exist, in no order.</summary>
    Task<IReadOnlyList<OnlineStatus>> Find(long viewerId, IReadOnlyCollection<long> ids, CancellationToken ct);
}
