namespace BigTech.Friends.Domain;

/// <summary>The status of a friendship. A new request can follow all but the first two.</summary>
internal enum FriendshipStatus
{
    Pending,
    Accepted,
    Rejected,
    Cancelled,

    /// <summary>The users were friends; one of them ended the friendship or blocked the other.</summary>
    Ended,
}

/// <summary>The last request between two users and its answer. There is one per pair: a new request replaces the one that ended.</summary>
/// <param name="Id">0 until the store assigns it; the pair keeps it forever.</param>
/// <param name="RequesterId">The user who sent the last request.</param>
/// <param name="Message">The requester's text.</param>
/// <param name="ChangedAt">When it got its current status.</param>
internal sealed record Friendship(
    long Id, Pair Pair, FriendshipStatus Status, long RequesterId, string? Message, DateTimeOffset RequestedAt, DateTimeOffset ChangedAt)
{
    public const int MaxMessageLength = 500;

    public long AddresseeId => Pair.Other(RequesterId);

    public bool IsPending => Status == FriendshipStatus.Pending;

    public bool IsAccepted => Status == FriendshipStatus.Accepted;

    /// <summary>Whether a request or a friendship exists now.</summary>
    public bool IsOpen => IsPending || IsAccepted;

    /// <summary>The first request.</summary>
    public static Friendship Request(Pair pair, long requesterId, string? message, DateTimeOffset now) =>
        new(0, pair, FriendshipStatus.Pending, requesterId, message, now, now);

    /// <summary>A new request after an end.</summary>
    public Friendship RequestAgain(long requesterId, string? message, DateTimeOffset now) => this with
    {
        Status = FriendshipStatus.Pending,
        RequesterId = requesterId,
        Message = message,
        RequestedAt = After(now),
        ChangedAt = After(now),
    };

    public Friendship Become(FriendshipStatus status, DateTimeOffset now) => this with { Status = status, ChangedAt = After(now) };

    /// <summary>Consumers order the changes of a pair by time. So the time always increases, even if the clock is set back.</summary>
    private DateTimeOffset After(DateTimeOffset now) => now > ChangedAt ? now : ChangedAt.AddMicroseconds(1);
}
