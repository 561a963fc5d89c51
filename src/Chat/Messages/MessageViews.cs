using BigTech.Chat.Domain;
using BigTech.Contracts.Chat;

namespace BigTech.Chat.Messages;

/// <summary>Converts the domain's messages to what clients see.</summary>
internal static class MessageViews
{
    public static MessageView Create(Message message, ReadPositions positions, string username) =>
        Create(message, positions.Of(message.Seq, message.UserId), username);

    /// <summary>A message that was sent just now: only its author can have read it.</summary>
    public static MessageView CreateNew(Message message, Room room, string username) =>
        Create(message, (0, room.Members.Count - (room.HasMember(message.UserId) ? 1 : 0)), username);

    private static MessageView Create(Message message, (int Read, int Unread) counts, string username) => new MessageView(
            message.Id, message.RoomId, message.Seq, message.Version, message.UserId, username, message.Content, message.Type,
            message.ReplyTo,
            null, Reactions(message), message.EditedAt is not null, message.EditedAt, message.IsDeleted, message.DeletedAt,
            message.CreatedAt,
            message.DeletedAt ?? message.EditedAt ?? message.CreatedAt, counts.Read, counts.Unread, message.ClientMessageId);

    private static IReadOnlyList<ReactionView> Reactions(Message message) => message.Reactions.IsEmpty
        ? []
        : [.. message.Reactions.Select(reaction => new ReactionView(reaction.Emoji, reaction.UserIds.Count, reaction.UserIds))];
}
