namespace BigTech.Chat.Client;

/// <summary>The public profile of a user beside a friendship.</summary>
public sealed record Person
{
    /// <summary>The id of the user.</summary>
    public long UserId { get; init; }

    /// <inheritdoc cref="UserProfile.Username"/>
    public string Username { get => field ?? ""; init; }

    /// <inheritdoc cref="UserProfile.DisplayName"/>
    public string DisplayName { get => field ?? ""; init; }

    /// <inheritdoc cref="UserProfile.StatusMessage"/>
    public string? StatusMessage { get; init; }

    /// <inheritdoc cref="UserProfile.ProfileImageUrl"/>
    public string? ProfileImageUrl { get; init; }
}

/// <summary>A friend of the caller.</summary>
public sealed record Friend
{
    /// <summary>The id of the friend.</summary>
    public long UserId { get; init; }

    /// <inheritdoc cref="UserProfile.Username"/>
    public string Username { get => field ?? ""; init; }

    /// <inheritdoc cref="UserProfile.DisplayName"/>
    public string DisplayName { get => field ?? ""; init; }

    /// <inheritdoc cref="UserProfile.StatusMessage"/>
    public string? StatusMessage { get; init; }

    /// <inheritdoc cref="UserProfile.ProfileImageUrl"/>
    public string? ProfileImageUrl { get; init; }

    /// <summary>The id of the friendship.</summary>
    public long FriendshipId { get; init; }

    /// <summary>When the request was accepted.</summary>
    public DateTimeOffset FriendsSince { get; init; }

    /// <inheritdoc cref="OnlineStatus.IsOnline"/>
    public bool? IsOnline { get; init; }

    /// <inheritdoc cref="OnlineStatus.LastSeenAt"/>
    public DateTimeOffset? LastSeenAt { get; init; }
}

/// <summary>A page of friends by name.</summary>
public sealed record FriendPage
{
    /// <summary>The friends of this page.</summary>
    public IReadOnlyList<Friend> Friends { get => field ?? []; init; }

    /// <summary>How many there are on all pages.</summary>
    public long TotalCount { get; init; }

    /// <summary>The cursor of the next page, null on the last one.</summary>
    public string? NextCursor { get; init; }

    /// <summary>Where the stream of friends goes on after this answer; null in the answers of searches.</summary>
    public string? LastEventId { get; init; }
}

/// <summary>A friendship or a request, as one of the two users sees it.</summary>
public sealed record Friendship
{
    /// <summary>The id for <see cref="FriendsApi.Accept"/> and <see cref="FriendsApi.Reject"/>.</summary>
    public long Id { get; init; }

    /// <summary>The user who sent the request.</summary>
    public long RequesterId { get; init; }

    /// <summary>The user who received it.</summary>
    public long AddresseeId { get; init; }

    /// <summary>One of <see cref="FriendshipStatus"/>.</summary>
    public string Status { get => field ?? ""; init; }

    /// <summary>What the requester wrote, null for nothing.</summary>
    public string? Message { get; init; }

    /// <summary>When the request was sent.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its status last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The other user of the two.</summary>
    public Person User { get => field ?? new(); init; }
}

/// <summary>The values of <see cref="Friendship.Status"/>.</summary>
public static class FriendshipStatus
{
    /// <summary>An open request.</summary>
    public const string Pending = "pending";

    /// <summary>The two are friends.</summary>
    public const string Accepted = "accepted";

    /// <summary>The addressee has said no.</summary>
    public const string Rejected = "rejected";

    /// <summary>The requester has taken it back.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>The two were friends.</summary>
    public const string Ended = "ended";
}

/// <summary>A page of the open requests of both directions.</summary>
public sealed record FriendRequestPage
{
    /// <summary>Those that the caller has sent.</summary>
    public IReadOnlyList<Friendship> Sent { get => field ?? []; init; }

    /// <summary>Those that the caller has received.</summary>
    public IReadOnlyList<Friendship> Received { get => field ?? []; init; }

    /// <summary>How many were sent, on all pages.</summary>
    public long SentCount { get; init; }

    /// <summary>How many were received, on all pages.</summary>
    public long ReceivedCount { get; init; }

    /// <summary>The sum of both.</summary>
    public long TotalCount { get; init; }

    /// <summary>The cursor of the next page, null on the last one.</summary>
    public string? NextCursor { get; init; }

    /// <summary>Where the stream of friends goes on after this answer.</summary>
    public string LastEventId { get => field ?? ""; init; }
}

/// <summary>A page of the requests that wait for the caller's answer.</summary>
public sealed record PendingRequestPage
{
    /// <summary>The requests of this page.</summary>
    public IReadOnlyList<Friendship> Requests { get => field ?? []; init; }

    /// <summary>How many there are on all pages.</summary>
    public long TotalCount { get; init; }

    /// <summary>The cursor of the next page, null on the last one.</summary>
    public string? NextCursor { get; init; }
}

/// <summary>A user whom the caller has blocked.</summary>
public sealed record BlockedUser
{
    /// <summary>The id of the user.</summary>
    public long UserId { get; init; }

    /// <inheritdoc cref="UserProfile.Username"/>
    public string Username { get => field ?? ""; init; }

    /// <inheritdoc cref="UserProfile.DisplayName"/>
    public string DisplayName { get => field ?? ""; init; }

    /// <inheritdoc cref="UserProfile.StatusMessage"/>
    public string? StatusMessage { get; init; }

    /// <inheritdoc cref="UserProfile.ProfileImageUrl"/>
    public string? ProfileImageUrl { get; init; }

    /// <summary>Since when.</summary>
    public DateTimeOffset BlockedAt { get; init; }
}

/// <summary>A page of blocked users.</summary>
public sealed record BlockedUserPage
{
    /// <summary>The users of this page.</summary>
    public IReadOnlyList<BlockedUser> Blocked { get => field ?? []; init; }

    /// <summary>How many there are on all pages.</summary>
    public long TotalCount { get; init; }

    /// <summary>The cursor of the next page, null on the last one.</summary>
    public string? NextCursor { get; init; }
}
