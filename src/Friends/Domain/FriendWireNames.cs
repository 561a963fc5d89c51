namespace BigTech.Friends.Domain;

/// <summary>The names of friendship statuses, in stores and on the wire.</summary>
internal static class FriendWireNames
{
    public static string NameOf(FriendshipStatus status) => status switch
    {
        FriendshipStatus.Pending => "pending",
        FriendshipStatus.Accepted => "accepted",
        FriendshipStatus.Rejected => "rejected",
        FriendshipStatus.Cancelled => "cancelled",
        FriendshipStatus.Ended => "ended",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static FriendshipStatus Status(string name) => name switch
    {
        "pending" => FriendshipStatus.Pending,
        "accepted" => FriendshipStatus.Accepted,
        "rejected" => FriendshipStatus.Rejected,
        "cancelled" => FriendshipStatus.Cancelled,
        "ended" => FriendshipStatus.Ended,
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
