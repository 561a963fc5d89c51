namespace BigTech.Notifications.Domain;

/// <summary>The names of notification kinds, in stores and on the wire.</summary>
internal static class NotificationWireNames
{
    public static IReadOnlyList<NotificationKind> Kinds { get; } = Enum.GetValues<NotificationKind>();

    public static string NameOf(NotificationKind kind) => kind switch
    {
        NotificationKind.FriendRequest => "friend_request",
        NotificationKind.FriendAccepted => "friend_accepted",
        NotificationKind.Message => "message",
        NotificationKind.Mention => "mention",
        NotificationKind.GroupInvite => "group_invite",
        NotificationKind.System => "system",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>Null for an unknown name.</summary>
    public static NotificationKind? Kind(string name) => name switch
    {
        "friend_request" => NotificationKind.FriendRequest,
        "friend_accepted" => NotificationKind.FriendAccepted,
        "message" => NotificationKind.Message,
        "mention" => NotificationKind.Mention,
        "group_invite" => NotificationKind.GroupInvite,
        "system" => NotificationKind.System,
        _ => null,
    };
}
