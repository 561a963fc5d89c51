namespace BigTech.Notifications.Domain;

/// <summary>The names of notification kinds, in stores and on the wire.</summary>
internal static class NotificationWireNames
{
    public const string FriendRequest = "friend_request";
    public const string FriendAccepted = "friend_accepted";
    public const string Message = "message";
    public const string Mention = "mention";
    public const string GroupInvite = "group_invite";
    public const string System = "system";

    public static IReadOnlyList<NotificationKind> Kinds { get; } = Enum.GetValues<NotificationKind>();

    public static string NameOf(NotificationKind kind) => kind switch
    {
        NotificationKind.FriendRequest => FriendRequest,
        NotificationKind.FriendAccepted => FriendAccepted,
        NotificationKind.Message => Message,
        NotificationKind.Mention => Mention,
        NotificationKind.GroupInvite => GroupInvite,
        NotificationKind.System => System,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>Null for an unknown name.</summary>
    public static NotificationKind? Kind(string name) => name switch
    {
        FriendRequest => NotificationKind.FriendRequest,
        FriendAccepted => NotificationKind.FriendAccepted,
        Message => NotificationKind.Message,
        Mention => NotificationKind.Mention,
        GroupInvite => NotificationKind.GroupInvite,
        System => NotificationKind.System,
        _ => null,
    };
}
