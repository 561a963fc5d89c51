using BigTech.BuildingBlocks.Web.Http;

namespace BigTech.Chat.Features;

/// <summary>A group of two, and what they say in it.</summary>
internal static class ChatExamples
{
    public static ExampleValues Values { get; } = new("""
        {
          "RoomView.id": 7, "RoomView.name": "점심 모임", "RoomInfo.id": 7, "RoomInfo.name": "점심 모임",
          "RoomView.created_by": 42, "RoomView.unread_count": 0, "RoomView.last_seq": 3, "RoomView.member_count": 2,
          "RoomInfo.member_count": 2,
          "RoomView.members": [
            {
              "user_id": 42, "username": "minji_kim", "display_name": "김민지", "profile_image_url": null, "role": "owner",
              "read_seq": 3, "joined_seq": 0, "joined_at": "2026-11-21T12:00:00.000000Z"
            },
            {
              "user_id": 43, "username": "jisoo_lee", "display_name": "이지수", "profile_image_url": null, "role": "member",
              "read_seq": 3, "joined_seq": 0, "joined_at": "2026-11-21T12:00:00.000000Z"
            }
          ],
          "RoomView.participants": [{ "id": 42, "username": "minji_kim" }, { "id": 43, "username": "jisoo_lee" }],
          "MessageView.id": "01a1fdf9-6213-7c97-a17f-1c06ed2467a6", "MessageView.content": "몇 시에 볼까? 👋",
          "MessageView.client_message_id": "4f9a2c61", "MessageView.attachment": null, "MessageView.unread_by_count": 0,
          "ReactionView.emoji": "👍", "ReactionView.user_ids": [43], "ReactionChanged.emoji": "👍", "ReactionChanged.user_id": 43,
          "MessagesRead.user_id": 43, "MessagesRead.read_seq": 3, "TypingEvent.is_typing": true,
          "TypingEvent.expires_at": "2026-11-21T12:00:06.000000Z",
          "SseMessageCreated.id": "7:12", "SseMessageUpdated.id": "7:12",
          "SseMessageDeleted.id": "7:12", "SseReactionChanged.id": "7:12", "SseRead.id": "7:12", "SseMember.id": "7:12",
          "SseRoom.id": "7:12", "SseTyping.id": "7:12",
          "SseMessageDeleted.data": {
            "room_id": 7, "version": 12, "message": {
              "id": "01a1fdf9-6213-7c97-a17f-1c06ed2467a6", "room_id": 7, "seq": 3, "version": 12, "user_id": 42,
              "username": "minji_kim", "content": "", "message_type": "text", "reply_to": null, "attachment": null, "reactions": [],
              "is_edited": false, "edited_at": null, "is_deleted": true, "deleted_at": "2026-11-21T12:01:00.000000Z",
              "created_at": "2026-11-21T12:00:00.000000Z", "updated_at": "2026-11-21T12:01:00.000000Z", "read_by_count": 1,
              "unread_by_count": 0, "client_message_id": "4f9a2c61"
            }
          },
          "HistoryPage.last_event_id": "7:12", "ReadState.read_seq": 3, "ReadState.unread_count": 0, "RoomUnread.unread_count": 1,
          "PinView.pinned_by": 43, "MemberEvent.user_id": 43, "MemberEvent.username": "jisoo_lee", "MemberEvent.role": "member",
          "InviteLinkView.id": 5, "InviteLinkView.code": "q7Rk2vXw9LmPz4Tn8BcYdA", "InviteLinkView.created_by": 42,
          "InviteLinkView.uses": 1, "InviteLinkView.max_uses": 10, "InviteLinkView.expires_at": "2026-11-22T12:00:00.000000Z"
        }
        """);
}
