using System.Text.Json;
using BigTech.Chat.Domain;
using BigTech.Contracts.Chat;
using BigTech.Contracts.Json;

namespace BigTech.Chat.Messages;

/// <summary>Converts a stored message, its JSON and the fields beside it, to the domain's message.</summary>
internal static class MessageBody
{
    /// <summary>Whether the message was deleted. Its text cannot look like this: there the quotes are escaped.</summary>
    public static bool IsDeleted(ReadOnlySpan<byte> body) => body.IndexOf("\"is_deleted\":true"u8) >= 0;

    public static MessageView View(ReadOnlySpan<byte> body) => JsonSerializer.Deserialize(body, EventJson.Wire.MessageView)!;

    public static Message ToMessage(MessageView body, long ordinal, long version, long createdVersion, string? clientMessageId) => new(
        body.Id, body.RoomId, body.Seq, ordinal, version, createdVersion, body.UserId, body.MessageType, body.Content, body.ReplyTo,
        clientMessageId, body.CreatedAt, body.EditedAt, body.DeletedAt)
    {
        Reactions = [.. body.Reactions.Select(reaction => new Reaction(reaction.Emoji, [.. reaction.UserIds]))],
    };
}
