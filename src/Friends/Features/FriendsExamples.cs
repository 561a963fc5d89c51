using BigTech.BuildingBlocks.Web.Http;

namespace BigTech.Friends.Features;

/// <summary>A friend, one who wants to be, and one who is blocked.</summary>
internal static class FriendsExamples
{
    public static ExampleValues Values { get; } = new("""
        {
          "FriendshipView.id": 9, "FriendshipView.requester_id": 42, "FriendshipView.addressee_id": 43,
          "FriendshipView.status": "pending", "FriendshipView.message": "We met at the wall.",
          "FriendView.friendship_id": 9, "FriendView.is_online": true, "FriendshipClosed.friendship_id": 9,
          "SseRequestCreated.id": "f43:12", "SseRequestClosed.id": "f43:12", "SseFriendAdded.id": "f43:12", "SseFriendRemoved.id": "f43:12",
          "FriendPage.last_event_id": "f43:12", "OpenRequestsPage.last_event_id": "f43:12", "OpenRequestsPage.sent": [],
          "OpenRequestsPage.sent_count": 0
        }
        """);
}
