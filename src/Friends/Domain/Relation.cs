namespace BigTech.Friends.Domain;

/// <summary>The reason why a command is not allowed.</summary>
internal enum FriendRule
{
    Allowed,

    /// <summary>One of the two has blocked the other; which one is not disclosed.</summary>
    Blocked,
    RequestPending,
    AlreadyFriends,
    NoRequest,
    NotTheAddressee,
    NotTheRequester,
    NotPending,
    NotFriends,
    NotBlocked,
}

/// <summary>
/// The relation of two users: their friendship, and the blocks that either has set. It is the unit of consistency: a request or a
/// friendship never exists together with a block. Immutable: a change returns a new relation. Call a change only if its <c>May…</c> method
/// allows it.
/// </summary>
/// <param name="Friendship">Null if neither has ever sent a request.</param>
/// <param name="BlockOfLow">The block that the user with the lower id has set.</param>
internal sealed record Relation(Pair Pair, Friendship? Friendship, Block? BlockOfLow, Block? BlockOfHigh)
{
    public static Relation None(Pair pair) => new(pair, null, null, null);

    public bool IsBlocked => BlockOfLow is not null || BlockOfHigh is not null;

    public Block? BlockOf(long userId) => userId == Pair.Low ? BlockOfLow : BlockOfHigh;

    public FriendRule MayRequest(long actorId)
    {
        if (IsBlocked) return FriendRule.Blocked;
        if (Friendship is { IsAccepted: true }) return FriendRule.AlreadyFriends;
        return Friendship is { IsPending: true } open && open.RequesterId == actorId ? FriendRule.RequestPending : FriendRule.Allowed;
    }

    /// <summary>Sends a request, or accepts the pending request of the other user.</summary>
    public Relation Request(long actorId, string? message, DateTimeOffset now)
    {
        if (Friendship is null) return this with { Friendship = Friendship.Request(Pair, actorId, message, now) };
        return Friendship.IsPending
            ? Become(FriendshipStatus.Accepted, now)
            : this with { Friendship = Friendship.RequestAgain(actorId, message, now) };
    }

    /// <summary>Whether the actor may accept or reject the request.</summary>
    public FriendRule MayAnswer(long actorId)
    {
        if (Friendship is null) return FriendRule.NoRequest;
        if (Friendship.AddresseeId != actorId) return FriendRule.NotTheAddressee;
        return Friendship.IsPending ? FriendRule.Allowed : FriendRule.NotPending;
    }

    public Relation Accept(DateTimeOffset now) => Become(FriendshipStatus.Accepted, now);

    public Relation Reject(DateTimeOffset now) => Become(FriendshipStatus.Rejected, now);

    public FriendRule MayCancel(long actorId)
    {
        if (Friendship is null) return FriendRule.NoRequest;
        if (Friendship.RequesterId != actorId) return FriendRule.NotTheRequester;
        return Friendship.IsPending ? FriendRule.Allowed : FriendRule.NotPending;
    }

    public Relation Cancel(DateTimeOffset now) => Become(FriendshipStatus.Cancelled, now);

    /// <summary>Either of two friends may end it.</summary>
    public FriendRule MayEnd() => Friendship is { IsAccepted: true } ? FriendRule.Allowed : FriendRule.NotFriends;

    public Relation End(DateTimeOffset now) => Become(FriendshipStatus.Ended, now);

    /// <summary>
    /// Blocks the other user, friend or not, and ends a request or friendship. Always allowed; a second block changes nothing, and keeps
    /// the time of the first.
    /// </summary>
    public Relation Block(long actorId, DateTimeOffset now)
    {
        if (BlockOf(actorId) is not null) return this;
        return Separate(now).WithBlock(actorId, new Block(actorId, Pair.Other(actorId), now));
    }

    public FriendRule MayUnblock(long actorId) => BlockOf(actorId) is null ? FriendRule.NotBlocked : FriendRule.Allowed;

    /// <summary>Removes the actor's own block. What it ended stays ended, and the other user's block remains.</summary>
    public Relation Unblock(long actorId) => WithBlock(actorId, null);

    private Relation Separate(DateTimeOffset now) => Friendship switch
    {
        { IsAccepted: true } => Become(FriendshipStatus.Ended, now),
        { IsPending: true } => Become(FriendshipStatus.Cancelled, now),
        _ => this,
    };

    private Relation Become(FriendshipStatus status, DateTimeOffset now) => this with { Friendship = Friendship!.Become(status, now) };

    private Relation WithBlock(long actorId, Block? block) =>
        actorId == Pair.Low ? this with { BlockOfLow = block } : this with { BlockOfHigh = block };
}
