using System.Globalization;

namespace BigTech.Contracts.Friends;

/// <summary>Events of one pair of users share a key, the lower of the two user ids, so that they keep their order.</summary>
internal static class PairKey
{
    public static string From(long a, long b) => Math.Min(a, b).ToString(CultureInfo.InvariantCulture);
}

/// <summary>A user sent another user a friend request.</summary>
public sealed record FriendRequestSent(long FriendshipId, long RequesterId, long AddresseeId, string? Message, DateTimeOffset SentAt)
    : IIntegrationEvent
{
    public static string WireName => "bigtech.friend.FriendRequestSent.v1";
    public static string Topic => Topics.Friend;
    string IIntegrationEvent.Key => PairKey.From(RequesterId, AddresseeId);
}

/// <summary>The addressee accepted: the two are friends.</summary>
public sealed record FriendRequestAccepted(long FriendshipId, long RequesterId, long AddresseeId, DateTimeOffset AcceptedAt)
    : IIntegrationEvent
{
    public static string WireName => "bigtech.friend.FriendRequestAccepted.v1";
    public static string Topic => Topics.Friend;
    string IIntegrationEvent.Key => PairKey.From(RequesterId, AddresseeId);
}

/// <summary>The addressee rejected the request.</summary>
public sealed record FriendRequestRejected(long FriendshipId, long RequesterId, long AddresseeId, DateTimeOffset RejectedAt)
    : IIntegrationEvent
{
    public static string WireName => "bigtech.friend.FriendRequestRejected.v1";
    public static string Topic => Topics.Friend;
    string IIntegrationEvent.Key => PairKey.From(RequesterId, AddresseeId);
}

/// <summary>The requester withdrew the request, or a block ended it.</summary>
public sealed record FriendRequestCancelled(long FriendshipId, long RequesterId, long AddresseeId, DateTimeOffset CancelledAt)
    : IIntegrationEvent
{
    public static string WireName => "bigtech.friend.FriendRequestCancelled.v1";
    public static string Topic => Topics.Friend;
    string IIntegrationEvent.Key => PairKey.From(RequesterId, AddresseeId);
}

/// <summary>A friendship ended; <paramref name="UserId"/> ended it.</summary>
public sealed record FriendDeleted(long FriendshipId, long UserId, long FriendId, DateTimeOffset DeletedAt) : IIntegrationEvent
{
    public static string WireName => "bigtech.friend.FriendDeleted.v1";
    public static string Topic => Topics.Friend;
    string IIntegrationEvent.Key => PairKey.From(UserId, FriendId);
}

/// <summary>A user blocked another user. What ends with it (a friendship, a request) has events of its own, before this one.</summary>
public sealed record UserBlocked(long BlockerId, long BlockedId, DateTimeOffset BlockedAt) : IIntegrationEvent
{
    public static string WireName => "bigtech.friend.UserBlocked.v1";
    public static string Topic => Topics.Friend;
    string IIntegrationEvent.Key => PairKey.From(BlockerId, BlockedId);
}

/// <summary>A block was removed; nothing that it ended is restored.</summary>
public sealed record UserUnblocked(long BlockerId, long BlockedId, DateTimeOffset UnblockedAt) : IIntegrationEvent
{
    public static string WireName => "bigtech.friend.UserUnblocked.v1";
    public static string Topic => Topics.Friend;
    string IIntegrationEvent.Key => PairKey.From(BlockerId, BlockedId);
}
