using BigTech.Chat.Domain;
using BigTech.Chat.Storage;
using BigTech.Platform.Auth;
using BigTech.Platform.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Chat.Features;

/// <summary><c>POST /invite-links/{code}/join</c>: whoever has a link comes into its group. Who is in already uses up nothing.</summary>
internal static class JoinByLink
{
    public static async Task<Ok<RoomView>> Handle(string code, Caller caller, ChatStore store, BlockedPairs blocks, RoomViews views, CancellationToken ct)
    {
        var room = await store.Change(transaction => Join(transaction, code, caller, blocks));
        return TypedResults.Ok(await views.Of(room, caller.UserId, ct));
    }

    private static Room Join(ChatTransaction transaction, string code, Caller caller, BlockedPairs blocks)
    {
        if (InviteLinkRows.Find(transaction.Session, code) is not { } link || !link.IsOpen(transaction.Now)) throw InviteLinks.Unknown();
        var room = transaction.Find(link.RoomId)!;
        if (room.HasMember(caller.UserId)) return room;
        blocks.RequireNone(transaction.Session, link.CreatedBy, [caller.UserId]);
        if (room.Members.Count >= Room.LargestGroup) throw Refusal.Conflict("room_full", $"A group has at most {Room.LargestGroup} members.");
        InviteLinkRows.SaveUses(transaction.Session, link.Use());
        return transaction.PostSystem(transaction.Admit(room, caller.UserId, caller.Username, caller.UserId), caller, $"{caller.Username} joined by a link");
    }
}
