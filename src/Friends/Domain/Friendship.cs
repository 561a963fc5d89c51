namespace BigTech.Friends.Domain;

/// <summary>Where a friendship stands. Everything but the first two is an end from which a new request may start.</summary>
internal enum FriendshipStatus
{
    Pending,
    Accepted,
    Rejected,
    Cancelled,

    /// <summary>They were friends; one of them ended it or blocked the other.</summary>
    Ended,
}

/// <summary>
/// What was asked and answered between two people. There is one for a pair, however often they begin anew: a new request takes the
/// place of the one that ended.
/// </summary>
/// <param name="Id">0 until the store has assigned it; it then stays the pair's for good.</param>
/// <param name="RequesterId">Who asked the last time.</param>
/// <param name="Message">What the requester wrote with it.</param>
/// <param name="ChangedAt">When it came to its present status.</param>
internal sealed record Friendship(
    long Id, Pair Pair, FriendshipStatus Status, long RequesterId, string? Message, DateTimeOffset RequestedAt, DateTimeOffset ChangedAt)
{
    public const int MaxMessageLength = 500;

    public long AddresseeId => Pair.Other(RequesterId);

    public bool IsPending => Status == FriendshipStatus.Pending;

    public bool IsAccepted => Status == FriendshipStatus.Accepted;

    /// <summary>Whether the two have anything with each other now.</summary>
    public bool IsOpen => IsPending || IsAccepted;

    /// <summary>A first request.</summary>
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

    /// <summary>
    /// Others tell an old fact of a pair from a newer one by its time. So the times of a pair only grow, also when the clock was set back.
    /// </summary>
    private DateTimeOffset After(DateTimeOffset now) => now > ChangedAt ? now : ChangedAt.AddMicroseconds(1);
}
