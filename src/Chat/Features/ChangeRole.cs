using System.ComponentModel.DataAnnotations;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary>The new role of a member.</summary>
/// <param name="Role">
/// <c>owner</c> passes the group on, <c>admin</c> may rename it, remove members and delete messages, <c>member</c> may read and write.
/// </param>
internal sealed record ChangeRoleRequest(
    [property: AllowedValues(ChatWireNames.Owner, ChatWireNames.Admin, ChatWireNames.Member)] string? Role) : IHasExample
{
    public static object Example => new ChangeRoleRequest("admin");
}

/// <summary>
/// <c>PUT /chat-rooms/{room_id}/members/{user_id}</c>: the owner gives a member another role. An owner who passes on that role becomes an
/// admin. The role that a member already has is no change.
/// </summary>
internal static class ChangeRole
{
    public static async Task<Ok<RoomView>> Handle(
        [FromRoute(Name = "room_id")] long id, [FromRoute(Name = "user_id")] long userId, ChangeRoleRequest body, Caller caller,
        [AsParameters] ChatServices chat, CancellationToken ct)
    {
        if (body.Role is not (ChatWireNames.Owner or ChatWireNames.Admin or ChatWireNames.Member))
        {
            throw AppError.Invalid("role", "Must be owner, admin or member.");
        }
        var role = ChatWireNames.Role(body.Role);
        RoomAccess.ThrowUnlessAllowed((await chat.Access.Enter(id, caller, ct)).MayChangeRole(caller.UserId, userId, role));
        await chat.Users.Find([userId, caller.UserId], ct);
        var room = await chat.Limits.Send(
            chat.Response, caller, () => chat.Store.Change(transaction => Change(transaction, id, userId, role, caller, chat.Users)), ct);
        return TypedResults.Ok(await chat.Views.Of(room, caller.UserId, ct));
    }

    private static Room Change(ChatTransaction transaction, long id, long userId, MemberRole role, Caller caller, ChatUserReadModel users)
    {
        var room = transaction.Enter(id, caller.UserId);
        RoomAccess.ThrowUnlessAllowed(room.MayChangeRole(caller.UserId, userId, role));
        if (room.Members[userId].Role == role) return room;
        // The old owner becomes an admin first, so that no reader of the events sees two owners.
        if (role == MemberRole.Owner) room = MemberRoles.Give(transaction, room, caller.UserId, MemberRole.Admin, caller.UserId, users);
        room = MemberRoles.Give(transaction, room, userId, role, caller.UserId, users);
        return transaction.PostSystem(room, caller, $"{caller.Username} made {users.Username(userId)} {Titled(role)}");
    }

    private static string Titled(MemberRole role) => role switch
    {
        MemberRole.Owner => "the owner",
        MemberRole.Admin => "an admin",
        _ => "a member",
    };
}
