using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Coherence;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <param name="Emoji">One emoji; the selector U+FE0F makes no difference.</param>
internal sealed record ReactionRequest(string? Emoji) : IHasExample
{
    public static object Example => new ReactionRequest("👍");
}

/// <summary>
/// <c>POST /messages/{id}/reactions</c> and <c>DELETE</c> of the same: adds or removes the caller's emoji. Both are idempotent.
/// </summary>
internal static class ReactToMessage
{
    public static Task<MessageResult> Add(
        [FromRoute(Name = "id")] Guid messageId, ReactionRequest body, Caller caller, [AsParameters] ChatServices chat,
        CancellationToken ct) =>
        Handle(messageId, body, caller, chat, (transaction, room, message, emoji) =>
        {
            // A reaction to an old message would reach the other user as a new message does.
            if (chat.Blocks.IsPostingBlocked(transaction.Session, room, caller.UserId)) throw BlockedPairs.Blocked();
            if (message.IsDeleted) throw AppError.Conflict("message_deleted", "The message has been deleted.");
            if (!message.MayTake(emoji))
            {
                throw AppError.Conflict("too_many_reactions", $"A message takes {Message.MaxReactions} different emoji.", "emoji");
            }
            return message.React(caller.UserId, emoji);
        }, ReactionChange.Added, ct);

    public static Task<MessageResult> Remove(
        [FromRoute(Name = "id")] Guid messageId, [FromBody] ReactionRequest body, Caller caller, [AsParameters] ChatServices chat,
        CancellationToken ct) =>
        Handle(messageId, body, caller, chat, (_, _, message, emoji) => message.TakeBack(caller.UserId, emoji), ReactionChange.Removed, ct);

    private static async Task<MessageResult> Handle(
        Guid messageId, ReactionRequest body, Caller caller, ChatServices chat,
        Func<ChatTransaction, Room, Message, string, Message> change, string kind, CancellationToken ct)
    {
        if (body.Emoji is not { } sent || Emoji.Normalize(sent) is not { } emoji) throw AppError.Invalid("emoji", "Must be one emoji.");
        var (room, message) = await chat.Access.Enter(messageId, caller, ct);
        await chat.Users.Find([message.UserId], ct);
        var changed = await chat.Store.Change(
            transaction =>
                Change(transaction, room.Id, message.Id, caller.UserId, chat.Users, change, emoji, kind), new MessageKeys(message.Id));
        return new MessageResult(changed);
    }

    private static RenderedMessage Change(
        ChatTransaction transaction, long roomId, string messageId, long callerId, ChatUserReadModel users,
        Func<ChatTransaction, Room, Message, string, Message> change, string emoji, string kind)
    {
        var room = transaction.Enter(roomId, callerId);
        var message = transaction.Messages.Find(messageId) ?? throw RoomAccess.UnknownMessage();
        var changed = change(transaction, room, message, emoji);
        if (ReferenceEquals(changed, message))
        {
            return RenderedMessage.Create(
                roomId, room.Version, MessageViews.Create(message, new ReadPositions(room), users.Username(message.UserId)));
        }
        room = room.Touch();
        return transaction.ChangeReaction(room, changed with { Version = room.Version }, new ReactionChange(callerId, emoji, kind));
    }
}
