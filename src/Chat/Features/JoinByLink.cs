using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Coherence;
using BigTech.Chat.Storage.Sql;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Chat.Features;

/// <summary>
/// <c>POST /invite-links/{code}/join</c>: the caller becomes a member of the link's group. A member gets the room as it is without using up
/// the link, so that the request may be repeated.
/// </summary>
internal static class JoinByLink
{
    public static async Task<Ok<RoomView>> Handle(
        string code, Caller caller, [AsParameters] ChatServices chat, CancellationToken ct)
    {
        var room = await chat.Limits.Join(chat.Response, caller, async () =>
        {
            // A wrong code does not reach the writer.
            if (await chat.Store.Sql.Read(reader => InviteLinkRows.Find(reader, code), ct) is null) throw ChatErrors.LinkNotFound();
            return await chat.Store.Change(transaction => Join(transaction, code, caller, chat.Blocks));
        }, ct);
        return TypedResults.Ok(await chat.Views.Of(room, caller.UserId, ct));
    }

    private static Room Join(ChatTransaction transaction, string code, Caller caller, BlockedPairs blocks)
    {
        var link = InviteLinkRows.Find(transaction.Session, code).Now() ?? throw ChatErrors.LinkNotFound();
        var room = transaction.Find(link.RoomId) ?? throw ChatErrors.LinkNotFound();
        if (room.HasMember(caller.UserId)) return room;
        // A group that lost its last member before such groups were deleted has no owner, and a link does not give it one.
        if (!link.IsOpen(transaction.Now) || room.Members.IsEmpty) throw ChatErrors.LinkNotFound();
        if (RoomRows.WasRemoved(transaction.Session, room.Id, caller.UserId))
        {
            throw ChatErrors.CallerWasRemoved();
        }
        blocks.ThrowIfBlocked(transaction.Session, link.CreatedBy, [caller.UserId]);
        if (room.Members.Count >= Room.MaxGroupMembers) throw ChatErrors.RoomFull();
        InviteLinkRows.Save(transaction.Session, link.Use(transaction.Now));
        return transaction.PostSystem(
            transaction.AddMember(room, caller.UserId, caller.Username, caller.UserId), caller, $"{caller.Username} joined by a link");
    }
}
