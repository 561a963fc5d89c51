using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Domain;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary><c>POST /messages/{message_id}/reactions</c>: adds the caller's emoji. Idempotent.</summary>
internal static class AddReaction
{
    public static Task<MessageResult> Handle(
        [FromRoute(Name = "message_id")] Guid messageId, ReactionRequest body, Caller caller, [AsParameters] ChatServices chat,
        CancellationToken ct)
    {
        var reaction = new ReactionChange(caller.UserId, body.Normalize(), ReactionChange.Added);
        return Reactions.Change(messageId, caller, reaction, chat, (transaction, room, message, friendships) =>
        {
            // A reaction to an old message would reach the other user as a new message does.
            if (chat.Blocks.IsPostingBlocked(transaction.Session, room, caller.UserId)) throw ChatErrors.Blocked();
            chat.Privacy.ThrowIfPostingRefused(transaction.Session, room, caller.UserId, friendships);
            if (message.IsDeleted) throw ChatErrors.MessageDeleted();
            if (!message.MayTake(reaction.Emoji)) throw ChatErrors.TooManyReactions();
            return message.React(caller.UserId, reaction.Emoji);
        }, ct);
    }
}
