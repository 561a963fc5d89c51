namespace BigTech.Friends.Views;

/// <summary>The public profile of a user.</summary>
internal sealed record PersonView(long UserId, string Username, string DisplayName, string? StatusMessage, string? ProfileImageUrl);

/// <summary>A user whom the caller has blocked.</summary>
internal sealed record BlockView(
    long UserId, string Username, string DisplayName, string? StatusMessage, string? ProfileImageUrl, DateTimeOffset BlockedAt);

/// <summary>A friend of the caller.</summary>
/// <param name="IsOnline">Null while unknown.</param>
/// <param name="LastSeenAt">Null while the friend is online, was never seen, or the time is unknown.</param>
internal sealed record FriendView(
    long UserId, string Username, string DisplayName, string? StatusMessage, string? ProfileImageUrl, long FriendshipId,
    DateTimeOffset FriendsSince, bool? IsOnline, DateTimeOffset? LastSeenAt);

/// <summary>A friendship or a request, as one of the two users sees it.</summary>
/// <param name="Id">The <c>request_id</c> of all paths and bodies.</param>
/// <param name="Status"><c>pending</c>, <c>accepted</c>, <c>rejected</c>, <c>cancelled</c> or <c>ended</c>.</param>
/// <param name="User">The other user of the two.</param>
internal sealed record FriendshipView(
    long Id, long RequesterId, long AddresseeId, string Status, string? Message, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    PersonView User);
