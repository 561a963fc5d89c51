namespace BigTech.Notifications.Domain;

/// <summary>What a notification is about, in one line of English. Clients that speak otherwise make their own from its fields.</summary>
internal static class Titles
{
    public static string FriendRequest(Actor requester) => $"{requester.Name} wants to be your friend";

    public static string FriendAccepted(Actor addressee) => $"{addressee.Name} accepted your friend request";
}
