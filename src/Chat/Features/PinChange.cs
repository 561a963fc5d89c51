using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Coherence;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Chat.Features;

/// <summary>What pinning and unpinning have in common.</summary>
internal static class PinChange
{
    public static async Task<NoContent> Run(
        Guid messageId, Caller caller, ChatServices chat, Func<ChatTransaction, Room, Message, Caller, Room> change, CancellationToken ct)
    {
        var (room, message) = await chat.Access.Enter(messageId, caller, ct);
        await chat.Limits.Send(chat.Response, caller, () => chat.Friendships.Run(
            caller.UserId,
            friendships => chat.Store.Change(
                transaction => Run(transaction, room.Id, message.Id, caller, chat, friendships, change), new MessageKeys(message.Id)),
            ct), ct);
        return TypedResults.NoContent();
    }

    public static Room Save(ChatTransaction transaction, Room room, Caller caller)
    {
        room = room.ChangeInfo(transaction.Now);
        transaction.SaveInfo(room, caller.UserId);
        return room;
    }

    private static Room Run(
        ChatTransaction transaction, long roomId, string messageId, Caller caller, ChatServices chat, KnownFriendships friendships,
        Func<ChatTransaction, Room, Message, Caller, Room> change)
    {
        var room = transaction.Enter(roomId, caller.UserId);
        // The other user sees what is pinned, too.
        if (chat.Blocks.IsPostingBlocked(transaction.Session, room, caller.UserId)) throw ChatErrors.Blocked();
        chat.Privacy.ThrowIfPostingRefused(transaction.Session, room, caller.UserId, friendships);
        return change(transaction, room, transaction.Messages.Find(messageId) ?? throw ChatErrors.MessageNotFound(), caller);
    }
}
