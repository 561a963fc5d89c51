using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Coherence;
using BigTech.Chat.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Chat.Features;

/// <summary>
/// <c>POST /chat-rooms/{id}/typing</c>: the live streams of the other members show for some seconds that the caller is typing. A client
/// repeats it while that lasts.
/// </summary>
internal static class Typing
{
    public static async Task<NoContent> Handle(
        long id, HttpContext http, Caller caller, ChatLimits limits, RoomAccess access, ChatStore store, TypingIndicators typing, TimeProvider time,
        CancellationToken ct)
    {
        await limits.TakeTyping(http.Response, caller, ct);
        var room = await access.Enter(id, caller, ct);
        var blocked = await store.Sql.Read(reader => BlockedPairs.MembersBlockedWith(reader, id, caller.UserId), ct);
        // Typing reaches the other user as a message does. In a group, two users with a block write, but do not see each other type.
        if (room.Type == RoomType.Direct && blocked.Count > 0) throw BlockedPairs.Blocked();
        typing.Show(new TypingSignal(id, room.Version, caller.UserId, caller.Username, time.GetUtcNow() + TypingIndicators.Lifetime, blocked));
        return TypedResults.NoContent();
    }
}
