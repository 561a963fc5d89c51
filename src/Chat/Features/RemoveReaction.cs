using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Domain;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary><c>DELETE /messages/{message_id}/reactions</c>: removes the caller's emoji. Idempotent.</summary>
internal static class RemoveReaction
{
    public static Task<MessageResult> Handle(
        [FromRoute(Name = "message_id")] Guid messageId, [FromBody] ReactionRequest body, Caller caller, [AsParameters] ChatServices chat,
        CancellationToken ct)
    {
        var reaction = new ReactionChange(caller.UserId, body.Normalize(), ReactionChange.Removed);
        return Reactions.Change(
            messageId, caller, reaction, chat, (_, _, message, _) => message.TakeBack(caller.UserId, reaction.Emoji), ct);
    }
}
