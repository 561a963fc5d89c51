using System.ComponentModel.DataAnnotations;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Coherence;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary>The new text of a message.</summary>
/// <param name="Content">1 to 4,000 characters.</param>
internal sealed record EditMessageRequest(
    [property: StringLength(Message.MaxContentLength, MinimumLength = 1)] string? Content) : IHasExample
{
    public static object Example => new EditMessageRequest("See you at eight?");
}

/// <summary><c>PATCH /messages/{message_id}</c>: the author of a message changes its content. The same text again is no change.</summary>
internal static class EditMessage
{
    public static async Task<MessageResult> Handle(
        [FromRoute(Name = "id")] Guid messageId, EditMessageRequest body, Caller caller, [AsParameters] ChatServices chat,
        CancellationToken ct)
    {
        var errors = new ValidationErrors();
        errors.Check(!TextValidation.IsBlank(body.Content), "content", "Must not be empty.");
        MessageContent.Check(errors, body.Content ?? "");
        errors.ThrowIfAny();
        var (room, message) = await chat.Access.Enter(messageId, caller, ct);
        await chat.Users.Find([message.UserId], ct);
        var edited = await chat.Limits.Send(chat.Response, caller, () => chat.Friendships.Run(
            caller.UserId,
            friendships => chat.Store.Change(
                transaction => Edit(transaction, room.Id, message.Id, body.Content!, caller.UserId, chat, friendships),
                new MessageKeys(message.Id)),
            ct), ct);
        return new MessageResult(edited);
    }

    private static RenderedMessage Edit(
        ChatTransaction transaction, long roomId, string messageId, string content, long callerId, ChatServices chat,
        KnownFriendships friendships)
    {
        var room = transaction.Enter(roomId, callerId);
        var message = transaction.Messages.Find(messageId) ?? throw ChatErrors.MessageNotFound();
        if (message.IsSystem || message.UserId != callerId) throw ChatErrors.NotTheEditor();
        if (message.IsDeleted) throw ChatErrors.MessageDeleted();
        // New content in an old message would reach the other user as a new message does.
        if (chat.Blocks.IsPostingBlocked(transaction.Session, room, callerId)) throw ChatErrors.Blocked();
        chat.Privacy.ThrowIfPostingRefused(transaction.Session, room, callerId, friendships);
        if (message.Content == content) return transaction.Render(room, message);
        var changed = room.Touch();
        return transaction.Change(changed, message.Edit(content, changed.Version, transaction.Now));
    }
}
