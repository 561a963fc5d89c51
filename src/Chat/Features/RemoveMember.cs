using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Sql;
using BigTech.Contracts.Chat;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary>
/// <c>DELETE /chat-rooms/{room_id}/members/{user_id}</c>: leave a group, or remove a member. Their streams of the room end at once. A group
/// whose last member leaves is deleted.
/// </summary>
internal static class RemoveMember
{
    public static async Task<NoContent> Handle(
        [FromRoute(Name = "room_id")] long id, [FromRoute(Name = "user_id")] long userId, Caller caller, RoomErasure erasure,
        [AsParameters] ChatServices chat, CancellationToken ct)
    {
        var before = await chat.Access.Enter(id, caller, ct);
        RoomAccess.ThrowUnlessAllowed(before.MayRemove(caller.UserId, userId));
        await chat.Users.Find([.. before.Members.Keys], ct);
        // A user may always leave.
        var after = userId == caller.UserId ? await Change() : await chat.Limits.Send(chat.Response, caller, Change, ct);
        if (after.IsDeleted) erasure.RunNow();
        return TypedResults.NoContent();

        Task<Room> Change() => chat.Store.Change(transaction => Remove(transaction, id, userId, caller, chat.Users));
    }

    private static Room Remove(ChatTransaction transaction, long id, long userId, Caller caller, ChatUserReadModel users)
    {
        var room = transaction.Enter(id, caller.UserId);
        RoomAccess.ThrowUnlessAllowed(room.MayRemove(caller.UserId, userId));
        if (room.Members.Count == 1) return DeleteRoom.Delete(transaction, room, caller);
        room = room.Remove(userId, transaction.Now);
        RoomRows.MarkLeft(transaction.Session, id, userId, room.Version, removedBy: userId == caller.UserId ? null : caller.UserId);
        transaction.Save(room);
        transaction.Append(new MemberLeft(id, room.Version, userId, caller.UserId, room.UpdatedAt));
        transaction.Publish(
            RoomEvents.Member(id, room.Version, userId, users.Username(userId), RoomEvents.Left, null) with { Removes = userId });
        if (room.Heir() is { } heir) room = MemberRoles.Give(transaction, room, heir.UserId, MemberRole.Owner, caller.UserId, users);
        var line = userId == caller.UserId ? $"{caller.Username} left" : $"{caller.Username} removed {users.Username(userId)}";
        return transaction.PostSystem(room, caller, line);
    }
}
