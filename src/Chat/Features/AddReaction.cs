using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage.Coherence;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary><c>POST /messages/{id}/reactions</c>: adds the caller's emoji. Idempotent.</summary>
internal static class AddReaction
{
    public static Task<MessageResult> Handle(
        [FromRoute(Name = "id")] Guid messageId, ReactionRequest body, Caller caller, [AsParameters] ChatServices chat,
        CancellationToken ct)
    {
        var reaction = new ReactionChange(caller.UserId, body.Normalize(), ReactionChange.Added);
        return Reactions.Change(messageId, caller, reaction, chat, (transaction, room, message, friendships) =>
        {
            // A reaction to an old message would reach the other user as a new message does.
            if (chat.Blocks.IsPostingBlocked(transaction.Session, room, caller.UserId)) throw BlockedPairs.Blocked();
            chat.Privacy.ThrowIfPostingRefused(transaction.Session, room, caller.UserId, friendships);
            if (message.IsDeleted) throw AppError.Conflict("message_deleted", "The message has been deleted.");
            if (!message.MayTake(reaction.Emoji))
            {
                throw AppError.Conflict("too_many_reactions", $"A message takes {Message.MaxReactions} different emoji.", "emoji");
            }
            return message.React(caller.UserId, reaction.Emoji);
        }, ct);
    }
}
