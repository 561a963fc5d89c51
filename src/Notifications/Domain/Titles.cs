namespace BigTech.Notifications.Domain;

/// <summary>The title of a notification, one line of English. Clients in other languages build their own from its fields.</summary>
internal static class Titles
{
    public static string FriendRequest(Actor requester) => $"{requester.Name} wants to be your friend";

    public static string FriendAccepted(Actor addressee) => $"{addressee.Name} accepted your friend request";

    public static string NewMessages(RoomReadModel room, Actor sender) => room.IsGroup ? NameOf(room) : sender.Name;

    public static string Mention(RoomReadModel room, Actor sender) =>
        room.IsGroup ? $"{sender.Name} mentioned you in {NameOf(room)}" : $"{sender.Name} mentioned you";

    /// <param name="count">The number of rooms, the shown one included.</param>
    public static string Invite(RoomReadModel room, Actor inviter, int count) => count switch
    {
        1 => $"{inviter.Name} added you to {NameOf(room)}",
        2 => $"{inviter.Name} added you to {NameOf(room)} and another group",
        _ => $"{inviter.Name} added you to {NameOf(room)} and {count - 1} other groups",
    };

    public static string Removed(RoomReadModel room) => $"You were removed from {NameOf(room)}";

    public static string RoomDeleted(RoomReadModel room) => room.Name is { } name ? $"{name} was deleted" : "A group was deleted";

    public static string NewRole(RoomReadModel room, string role) => $"Your role in {NameOf(room)} is now {role}";

    private static string NameOf(RoomReadModel room) => room.Name ?? "a group";
}
