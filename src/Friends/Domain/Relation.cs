namespace BigTech.Friends.Domain;

/// <summary>Why a command was refused.</summary>
internal enum FriendRule
{
    Allowed,

    /// <summary>One of the two has blocked the other; which one is not told.</summary>
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
/// All that is between two people: their friendship and the blocks either has set. This is what stays consistent as a whole: a
/// request or a friendship never lives beside a block. Immutable: a change gives a new relation. Each change has its <c>May…</c>,
/// which must have allowed it.
/// </summary>
/// <param name="Friendship">Null when neither has ever asked.</param>
/// <param name="BlockOfLow">The block that the one with the lower id has set.</param>
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

    /// <summary>Asks the other, or says yes when he has asked already.</summary>
    public Relation Request(long actorId, string? message, DateTimeOffset now)
    {
        if (Friendship is null) return this with { Friendship = Friendship.Request(Pair, actorId, message, now) };
        return Friendship.IsPending
            ? Become(FriendshipStatus.Accepted, now)
            : this with { Friendship = Friendship.RequestAgain(actorId, message, now) };
    }

    /// <summary>Whether somebody may accept or reject the request.</summary>
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
    /// Blocks the other, friend or not, and ends what was between them. Anybody may; a second time changes nothing, the time of the
    /// first included.
    /// </summary>
    public Relation Block(long actorId, DateTimeOffset now)
    {
        if (BlockOf(actorId) is not null) return this;
        return Separate(now).WithBlock(actorId, new Block(actorId, Pair.Other(actorId), now));
    }

    public FriendRule MayUnblock(long actorId) => BlockOf(actorId) is null ? FriendRule.NotBlocked : FriendRule.Allowed;

    /// <summary>Lifts one's own block. Nothing that it ended comes back, and the other's block stays.</summary>
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
