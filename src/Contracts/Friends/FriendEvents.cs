using System.Globalization;

namespace BigTech.Contracts.Friends;

/// <summary>Events of one pair of people share a key, so that they keep their order: the lower user id of the two.</summary>
internal static class PairKey
{
    public static string Of(long a, long b) => Math.Min(a, b).ToString(CultureInfo.InvariantCulture);
}

/// <summary>Somebody asked somebody to be friends.</summary>
public sealed record FriendRequestSent(long FriendshipId, long RequesterId, long AddresseeId, string? Message, DateTimeOffset SentAt) : IIntegrationEvent
{
    public static string WireName => "bigtech.friend.FriendRequestSent.v1";
    public static string Topic => Topics.Friend;
    string IIntegrationEvent.Key => PairKey.Of(RequesterId, AddresseeId);
}

/// <summary>The addressee said yes: the two are friends.</summary>
public sealed record FriendRequestAccepted(long FriendshipId, long RequesterId, long AddresseeId, DateTimeOffset AcceptedAt) : IIntegrationEvent
{
    public static string WireName => "bigtech.friend.FriendRequestAccepted.v1";
    public static string Topic => Topics.Friend;
    string IIntegrationEvent.Key => PairKey.Of(RequesterId, AddresseeId);
}

/// <summary>The addressee said no.</summary>
public sealed record FriendRequestRejected(long FriendshipId, long RequesterId, long AddresseeId, DateTimeOffset RejectedAt) : IIntegrationEvent
{
    public static string WireName => "bigtech.friend.FriendRequestRejected.v1";
    public static string Topic => Topics.Friend;
    string IIntegrationEvent.Key => PairKey.Of(RequesterId, AddresseeId);
}

/// <summary>The requester took the request back, or a block ended it.</summary>
public sealed record FriendRequestCancelled(long FriendshipId, long RequesterId, long AddresseeId, DateTimeOffset CancelledAt) : IIntegrationEvent
{
    public static string WireName => "bigtech.friend.FriendRequestCancelled.v1";
    public static string Topic => Topics.Friend;
    string IIntegrationEvent.Key => PairKey.Of(RequesterId, AddresseeId);
}

/// <summary>A friendship ended; <paramref name="UserId"/> ended it.</summary>
public sealed record FriendDeleted(long FriendshipId, long UserId, long FriendId, DateTimeOffset DeletedAt) : IIntegrationEvent
{
    public static string WireName => "bigtech.friend.FriendDeleted.v1";
    public static string Topic => Topics.Friend;
    string IIntegrationEvent.Key => PairKey.Of(UserId, FriendId);
}

/// <summary>Somebody blocked somebody. What ends with it (a friendship, a request) is told by events of its own, before this one.</summary>
public sealed record UserBlocked(long BlockerId, long BlockedId, DateTimeOffset BlockedAt) : IIntegrationEvent
{
    public static string WireName => "bigtech.friend.UserBlocked.v1";
    public static string Topic => Topics.Friend;
    string IIntegrationEvent.Key => PairKey.Of(BlockerId, BlockedId);
}

/// <summary>A block was lifted; nothing that it ended comes back.</summary>
public sealed record UserUnblocked(long BlockerId, long BlockedId, DateTimeOffset UnblockedAt) : IIntegrationEvent
{
    public static string WireName => "bigtech.friend.UserUnblocked.v1";
    public static string Topic => Topics.Friend;
    string IIntegrationEvent.Key => PairKey.Of(BlockerId, BlockedId);
}
