namespace BigTech.Contracts.Users;

/// <summary>Whether somebody is online, as one viewer may know it; hidden looks like offline and never seen.</summary>
/// <param name="IsOnline">Null while nobody knows.</param>
/// <param name="LastSeenAt">Null while online, for somebody who never was, where it is hidden, and while nobody knows.</param>
public sealed record OnlineStatus(long UserId, bool? IsOnline, DateTimeOffset? LastSeenAt);

/// <summary>The User context's answer to "who of these is online?". Who may see whom is its business, not the caller's.</summary>
public interface IPresenceDirectory
{
    /// <summary>The status of those of <paramref name="ids"/> that exist, in no order.</summary>
    Task<IReadOnlyList<OnlineStatus>> Find(long viewerId, IReadOnlyCollection<long> ids, CancellationToken ct);
}
