using BigTech.Chat.Domain;
using BigTech.Chat.Live;
using BigTech.Chat.Storage;
using BigTech.Platform.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Chat.Features;

/// <summary>
/// <c>POST /chat-rooms/{id}/typing</c>: the live streams of the others show that the caller is writing. Kept nowhere and told once, so a
/// client asks again every few seconds as long as it is true.
/// </summary>
internal static class Typing
{
    public static async Task<NoContent> Handle(long id, Caller caller, RoomAccess access, ChatStore store, TypingSigns signs, CancellationToken ct)
    {
        var room = await access.Enter(id, caller, ct);
        // To be seen writing is to reach the other, as a message does.
        if (room.Type == RoomType.Direct && await store.Database.Read(session => BlockedPairs.Part(session, [.. room.Members.Keys]), ct))
        {
            throw BlockedPairs.Refused();
        }
        signs.Show(new TypingEvent(id, room.Version, caller.UserId, caller.Username));
        return TypedResults.NoContent();
    }
}
