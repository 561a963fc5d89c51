using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage.Coherence;
using BigTech.Chat.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary>
/// <c>POST /chat-rooms/{room_id}/typing</c>: the live streams of the other members show for some seconds that the caller is typing. A
/// repeats it while that lasts.
/// </summary>
internal static class ShowTyping
{
    public static Task<NoContent> Handle(
        [FromRoute(Name = "room_id")] long id, Caller caller, TypingIndicators typing, [AsParameters] ChatServices chat,
        CancellationToken ct) =>
        chat.Limits.Type(chat.Response, caller, () => Show(id, caller, typing, chat, ct), ct);

    private static async Task<NoContent> Show(long id, Caller caller, TypingIndicators typing, ChatServices chat, CancellationToken ct)
    {
        var room = await chat.Access.Enter(id, caller, ct);
        var blocked = await chat.Store.Sql.Read(reader => BlockedPairs.MembersBlockedWith(reader, id, caller.UserId), ct);
        // Typing reaches the other user as a message does. In a group, two users with a block write, but do not see each other type.
        if (room.Type == RoomType.Direct)
        {
            if (blocked.Count > 0) throw ChatErrors.Blocked();
            await ThrowIfRefused(room, caller, chat, ct);
        }
        typing.Show(room, caller, blocked);
        return TypedResults.NoContent();
    }

    private static async Task ThrowIfRefused(Room room, Caller caller, ChatServices chat, CancellationToken ct)
    {
        var other = room.Members.Values.FirstOrDefault(member => member.UserId != caller.UserId);
        if (other is null or { HasWritten: true }) return;
        var rule = await chat.Store.Sql.Read(reader => chat.Privacy.Find(reader, other.UserId), ct);
        if (!rule.HasFlag(FriendsOnly.Messages) || await chat.Friendships.AreFriends(caller.UserId, other.UserId, ct)) return;
        throw PrivacyRules.NotAllowed(room, caller.UserId);
    }
}
