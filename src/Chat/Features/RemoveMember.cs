using BigTech.Chat.Domain;
using BigTech.Chat.Live;
using BigTech.Chat.Storage;
using BigTech.Contracts.Chat;
using BigTech.Platform.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary><c>DELETE /chat-rooms/{id}/members/{user_id}</c>: leave, or remove somebody. His streams of the room end at once.</summary>
internal static class RemoveMember
{
    public static async Task<NoContent> Handle(
        long id, [FromRoute(Name = "user_id")] long userId, Caller caller, RoomAccess access, ChatStore store, UserNames names, CancellationToken ct)
    {
        RoomAccess.Require((await access.Enter(id, caller, ct)).MayRemove(caller.UserId, userId));
        await names.Find([userId, caller.UserId], ct);
        await store.Change(transaction => Remove(transaction, id, userId, caller, names));
        return TypedResults.NoContent();
    }

    private static Room Remove(ChatTransaction transaction, long id, long userId, Caller caller, UserNames names)
    {
        var room = transaction.Enter(id, caller.UserId);
        RoomAccess.Require(room.MayRemove(caller.UserId, userId));
        var before = room;
        room = room.Remove(userId, transaction.Now);
        RoomRows.MarkLeft(transaction.Session, id, userId, room.Version);
        foreach (var heir in room.Members.Values.Where(m => m.Role != before.Members[m.UserId].Role))
        {
            RoomRows.SaveMember(transaction.Session, id, heir);
        }
        transaction.Save(room);
        transaction.Append(new MemberLeft(id, room.Version, userId, caller.UserId, room.UpdatedAt));
        transaction.Publish(RoomEvents.Member(id, room.Version, userId, names.Username(userId), "left") with { Removes = userId });
        var line = userId == caller.UserId ? $"{caller.Username} left" : $"{caller.Username} removed {names.Username(userId)}";
        return transaction.PostSystem(room, caller.UserId, line);
    }
}
