using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Coherence;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary>A message to send.</summary>
/// <param name="Content">1 to 4,000 characters.</param>
/// <param name="MessageType">What the content is about; <c>text</c> by default.</param>
/// <param name="ClientMessageId">
/// Makes sending idempotent: the same id in the same room returns the first message again. 1 to 100 characters.
/// </param>
/// <param name="ReplyTo">The id of the message of this room to which it replies.</param>
/// <param name="AttachmentId">Reserved for files: must be null.</param>
/// <param name="RoomId">The room; required where the path does not contain it.</param>
internal sealed record SendMessageRequest(
    [property: StringLength(Message.MaxContentLength, MinimumLength = 1)] string? Content,
    [property: AllowedValues(MessageTypes.Text, MessageTypes.Image, MessageTypes.File)] string? MessageType = null,
    [property: StringLength(Message.MaxClientIdLength, MinimumLength = 1)] string? ClientMessageId = null,
    string? ReplyTo = null, string? AttachmentId = null, long? RoomId = null) : IHasExample
{
    public static object Example => new SendMessageRequest("See you at seven?", MessageTypes.Text, "4f9a2c61");
}

/// <summary><c>POST /messages/{room_id}</c> and <c>POST /messages</c>. 201 means that the message is on disk (promise 1).</summary>
internal static class SendMessage
{
    public static Task<Results<NewMessageResult, MessageResult>> HandleWithoutPath(
        SendMessageRequest body, Caller caller, [AsParameters] ChatServices chat, CancellationToken ct) => body.RoomId is { } roomId
            ? Handle(roomId, body, caller, chat, ct)
            : throw AppError.Invalid("room_id", "Is required.");

    public static async Task<Results<NewMessageResult, MessageResult>> Handle(
        [FromRoute(Name = "id")] long roomId, SendMessageRequest body, Caller caller, [AsParameters] ChatServices chat,
        CancellationToken ct)
    {
        Validate(body, roomId);
        if (body.ReplyTo is { } answered) body = body with { ReplyTo = TextValidation.Uuid(answered) };
        var (message, isNew) = await chat.Limits.Send(chat.Response, caller, () => Send(roomId, body, caller, chat, ct), ct);
        if (!isNew) return new MessageResult(message);
        ChatMetrics.MessageSent();
        return new NewMessageResult(message);
    }

    private static async Task<(RenderedMessage Message, bool IsNew)> Send(
        long roomId, SendMessageRequest body, Caller caller, ChatServices chat, CancellationToken ct)
    {
        await chat.Access.PrecheckMember(roomId, caller, ct);
        var hash = body.ClientMessageId is null ? null : HashOf(body);
        return await chat.Friendships.Run(
            caller.UserId,
            friendships => chat.Store.Change(
                transaction => Send(transaction, roomId, body, hash, caller, chat, friendships), Keys(roomId, body, caller)),
            ct);
    }

    private static (RenderedMessage Message, bool IsNew) Send(
        ChatTransaction transaction, long roomId, SendMessageRequest body, byte[]? hash, Caller caller, ChatServices chat,
        KnownFriendships friendships)
    {
        var room = transaction.Enter(roomId, caller.UserId);
        if (chat.Blocks.IsPostingBlocked(transaction.Session, room, caller.UserId))
        {
            return (SentBefore(transaction, room, body, hash, caller) ?? throw ChatErrors.Blocked(), false);
        }
        if (chat.Privacy.IsPostingRefused(transaction.Session, room, caller.UserId, friendships))
        {
            return (SentBefore(transaction, room, body, hash, caller) ?? throw PrivacyRules.NotAllowed(room, caller.UserId), false);
        }
        if (body.ReplyTo is { } answered && transaction.Messages.Find(answered)?.RoomId != roomId)
        {
            throw AppError.Invalid("reply_to", "Is not a message of this room.");
        }
        var (posted, message) = room.Post(Message.Draft(
            transaction.NewId(), caller.UserId, body.MessageType
                ?? MessageTypes.Text, body.Content!, transaction.Now, body.ReplyTo, body.ClientMessageId));
        return transaction.Post(posted, message, caller.Username, hash) is { } sent
            ? (sent, true)
            : (SentBefore(transaction, room, body, hash, caller) ?? throw new InvalidOperationException("A message collided with none."),
                false);
    }

    /// <summary>The message that was sent with this client id; null when the id is new.</summary>
    private static RenderedMessage? SentBefore(ChatTransaction transaction, Room room, SendMessageRequest body, byte[]? hash, Caller caller)
    {
        if (KeyOf(room.Id, body, caller) is not { } key) return null;
        if (transaction.Messages.FindByClientId(key) is not var (first, firstHash)) return null;
        if (!hash.AsSpan().SequenceEqual(firstHash)) throw ChatErrors.ClientMessageIdReused();
        return RenderedMessage.Create(room.Id, room.Version, MessageViews.Create(first, new ReadPositions(room), caller.Username));
    }

    private static MessageKeys Keys(long roomId, SendMessageRequest body, Caller caller) => new(body.ReplyTo, KeyOf(roomId, body, caller));

    private static ClientKey? KeyOf(long roomId, SendMessageRequest body, Caller caller) =>
        body.ClientMessageId is { } id ? new ClientKey(roomId, caller.UserId, id) : null;

    private static void Validate(SendMessageRequest body, long roomId)
    {
        var errors = new ValidationErrors();
        errors.Check(body.RoomId is null || body.RoomId == roomId, "room_id", "Is not the room of the path.");
        var content = body.Content ?? "";
        errors.Check(!TextValidation.IsBlank(content), "content", "Must not be empty.");
        MessageContent.Check(errors, content);
        errors.Check(MessageTypes.MayBeSent(body.MessageType ?? MessageTypes.Text), "message_type", "Must be text, image or file.");
        if (body.ClientMessageId is { } clientId)
        {
            errors.Check(
                TextValidation.LengthOf(clientId) is > 0 and <= Message.MaxClientIdLength && TextValidation.IsCleanLine(clientId),
                "client_message_id",
                $"Must have 1 to {Message.MaxClientIdLength} characters and no control characters.");
        }
        errors.Check(body.ReplyTo is null || TextValidation.Uuid(body.ReplyTo) is not null, "reply_to", "Is not a message id.");
        errors.Check(body.AttachmentId is null, "attachment_id", "Is not a file that may be attached here.");
        errors.ThrowIfAny();
    }

    /// <summary>Identifies equal requests.</summary>
    private static byte[] HashOf(SendMessageRequest body) =>
        SHA256.HashData(
            Encoding.UTF8.GetBytes($"{body.MessageType ?? MessageTypes.Text}\n{body.ReplyTo}\n{body.AttachmentId}\n{body.Content}"));
}
