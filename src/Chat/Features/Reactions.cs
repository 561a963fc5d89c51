using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Coherence;

namespace BigTech.Chat.Features;

/// <summary>What adding and removing an emoji have in common.</summary>
internal static class Reactions
{
    /// <param name="change">Returns the same message when nothing changes.</param>
    public static async Task<MessageResult> Change(
        Guid messageId, Caller caller, ReactionChange reaction, ChatServices chat,
        Func<ChatTransaction, Room, Message, KnownFriendships, Message> change, CancellationToken ct)
    {
        var (room, message) = await chat.Access.Enter(messageId, caller, ct);
        await chat.Users.Find([message.UserId], ct);
        var changed = await chat.Limits.Send(chat.Response, caller, () => chat.Friendships.Run(
            caller.UserId,
            friendships => chat.Store.Change(
                transaction => Change(
                    transaction, room.Id, message.Id, reaction, chat.Users, (of, at, old) => change(of, at, old, friendships)),
                new MessageKeys(message.Id)),
            ct), ct);
        return new MessageResult(changed);
    }

    private static RenderedMessage Change(
        ChatTransaction transaction, long roomId, string messageId, ReactionChange reaction, ChatUserReadModel users,
        Func<ChatTransaction, Room, Message, Message> change)
    {
        var room = transaction.Enter(roomId, reaction.UserId);
        var message = transaction.Messages.Find(messageId) ?? throw ChatErrors.MessageNotFound();
        var changed = change(transaction, room, message);
        if (ReferenceEquals(changed, message))
        {
            return RenderedMessage.Create(
                roomId, room.Version, MessageViews.Create(message, new ReadPositions(room), users.Username(message.UserId)));
        }
        room = room.Touch();
        return transaction.ChangeReaction(room, changed with { Version = room.Version }, reaction);
    }
}
