namespace BigTech.Friends.Domain;

/// <summary>The names of friendship statuses, in stores and on the wire.</summary>
internal static class FriendWireNames
{
    public const string Pending = "pending";
    public const string Accepted = "accepted";
    public const string Rejected = "rejected";
    public const string Cancelled = "cancelled";
    public const string Ended = "ended";

    public static string NameOf(FriendshipStatus status) => status switch
    {
        FriendshipStatus.Pending => Pending,
        FriendshipStatus.Accepted => Accepted,
        FriendshipStatus.Rejected => Rejected,
        FriendshipStatus.Cancelled => Cancelled,
        FriendshipStatus.Ended => Ended,
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static FriendshipStatus Status(string name) => name switch
    {
        Pending => FriendshipStatus.Pending,
        Accepted => FriendshipStatus.Accepted,
        Rejected => FriendshipStatus.Rejected,
        Cancelled => FriendshipStatus.Cancelled,
        Ended => FriendshipStatus.Ended,
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
