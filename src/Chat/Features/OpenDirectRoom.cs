using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage.Coherence;
using BigTech.Chat.Storage.Sql;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary><c>GET /chat-rooms/check/{participant_id}</c>: the 1:1 room with a user, created if there is none.</summary>
internal static class OpenDirectRoom
{
    public static async Task<Ok<RoomView>> Handle(
        [FromRoute(Name = "participant_id")] long participantId, Caller caller, [AsParameters] ChatServices chat, CancellationToken ct) =>
        TypedResults.Ok(await chat.Views.Of((await With(participantId, caller, chat, ct)).Room, caller.UserId, ct));

    /// <summary>The room and whether it is new. Two concurrent callers get the same room: the writer decides.</summary>
    public static async Task<(Room Room, bool IsNew)> With(long participantId, Caller caller, ChatServices chat, CancellationToken ct)
    {
        if (participantId == caller.UserId) throw ChatErrors.Self();
        var found = await chat.Users.Find([participantId, caller.UserId], ct);
        if (!found.ContainsKey(participantId)) throw ChatErrors.UserNotFound();
        var key = Room.DirectKey(caller.UserId, participantId);
        if (await chat.Store.Sql.Read(reader => RoomRows.FindDirect(reader, key), ct) is { } known)
        {
            return ((await chat.Store.Find(known, ct))!, false);
        }
        return await chat.Limits.Create(chat.Response, caller, members: 0, () => Open(participantId, key, caller, chat, ct), ct);
    }

    private static Task<(Room Room, bool IsNew)> Open(
        long participantId, string key, Caller caller, ChatServices chat, CancellationToken ct) =>
        chat.Friendships.Run(caller.UserId, friendships => chat.Store.Change(transaction =>
        {
            if (RoomRows.FindDirect(transaction.Session, key).Now() is { } existing) return (transaction.Find(existing)!, false);
            // An existing room stays open for reading; a new one would appear in the list of a user who does not want it.
            if (chat.Blocks.Between(transaction.Session, caller.UserId, participantId)) throw ChatErrors.Blocked();
            chat.Privacy.ThrowIfUnwilling(transaction.Session, [participantId], FriendsOnly.Messages, friendships);
            return (RoomCreation.Create(transaction, RoomType.Direct, null, caller.UserId, [participantId], key), true);
        }), ct);
}
