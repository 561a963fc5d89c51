using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace BigTech.Contracts.Chat;

/// <summary>
/// A message as clients see it, in responses, on streams and in events. A deleted message keeps its place and loses its content.
/// </summary>
/// <param name="Id">A UUIDv7.</param>
/// <param name="RoomId">The room.</param>
/// <param name="Seq">The place among the room's messages: 1, 2, 3 … without gaps.</param>
/// <param name="Version">The room's change counter at the last change of this message.</param>
/// <param name="UserId">The author.</param>
/// <param name="Username">The author's username.</param>
/// <param name="Content">The text; empty when deleted.</param>
/// <param name="MessageType">
/// <c>text</c>, <c>image</c>, <c>file</c>; or <c>system</c>, which the server writes: a user has joined, the name has changed.
/// </param>
/// <param name="ReplyTo">The id of the message to which it replies; null for none.</param>
/// <param name="Attachment">Its file; null without one.</param>
/// <param name="Reactions">By emoji, in the order in which they came.</param>
/// <param name="IsEdited">Whether its author has changed it.</param>
/// <param name="EditedAt">When its author last changed it; null for never.</param>
/// <param name="IsDeleted">Whether it was deleted.</param>
/// <param name="DeletedAt">When it was deleted; null for never.</param>
/// <param name="CreatedAt">When it was stored.</param>
/// <param name="UpdatedAt">When it last changed.</param>
/// <param name="ReadByCount">How many other members have read it.</param>
/// <param name="UnreadByCount">How many members have not read it yet.</param>
/// <param name="ClientMessageId">The id that its sender gave it; null for none.</param>
public sealed record MessageView(
    string Id,
    long RoomId,
    long Seq,
    long Version,
    long UserId,
    string Username,
    string Content,
    [property: AllowedValues("text", "image", "file", "system")] string MessageType,
    string? ReplyTo,
    AttachmentView? Attachment,
    IReadOnlyList<ReactionView> Reactions,
    bool IsEdited,
    DateTimeOffset? EditedAt,
    bool IsDeleted,
    DateTimeOffset? DeletedAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    int ReadByCount,
    int UnreadByCount,
    string? ClientMessageId);

/// <summary>A file that belongs to a message.</summary>
/// <param name="Id">The id of the file.</param>
/// <param name="FileName">Its name, as the sender gave it.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Size">Its size in bytes.</param>
public sealed record AttachmentView(string Id, string FileName, string ContentType, long Size);

/// <summary>One emoji on a message, with the users who added it in the order in which they did.</summary>
/// <param name="Emoji">The emoji.</param>
/// <param name="Count">How many users added it.</param>
/// <param name="UserIds">Who added it, in the order in which they did.</param>
public sealed record ReactionView(string Emoji, int Count, IReadOnlyList<long> UserIds);

/// <summary>A message was sent; <paramref name="Version"/> is the room's change counter.</summary>
public sealed record MessageSent(long RoomId, long Version, MessageView Message) : IIntegrationEvent
{
    public static string WireName => "bigtech.chat.MessageSent.v1";
    public static string Topic => Topics.Message;
    string IIntegrationEvent.Key => RoomId.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A message has new content.</summary>
public sealed record MessageEdited(long RoomId, long Version, MessageView Message) : IIntegrationEvent
{
    public static string WireName => "bigtech.chat.MessageEdited.v1";
    public static string Topic => Topics.Message;
    string IIntegrationEvent.Key => RoomId.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A message was deleted, and its content with it.</summary>
public sealed record MessageDeleted(long RoomId, long Version, MessageView Message) : IIntegrationEvent
{
    public static string WireName => "bigtech.chat.MessageDeleted.v1";
    public static string Topic => Topics.Message;
    string IIntegrationEvent.Key => RoomId.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A member has read up to a message.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Version">The room's change counter after it.</param>
/// <param name="UserId">The member.</param>
/// <param name="ReadSeq">The place of the message.</param>
/// <param name="MessageId">The message at that position.</param>
public sealed record MessagesRead(long RoomId, long Version, long UserId, long ReadSeq, string MessageId) : IIntegrationEvent
{
    public static string WireName => "bigtech.chat.MessagesRead.v1";
    public static string Topic => Topics.Message;
    string IIntegrationEvent.Key => RoomId.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A user added an emoji to a message, or removed it.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Version">The room's change counter after it, and the message's.</param>
/// <param name="MessageId">The message.</param>
/// <param name="Seq">The message's place in the room.</param>
/// <param name="UserId">The user.</param>
/// <param name="Emoji">The emoji.</param>
/// <param name="Change"><c>added</c> or <c>removed</c>.</param>
public sealed record ReactionChanged(
    long RoomId, long Version, string MessageId, long Seq, long UserId, string Emoji,
    [property: AllowedValues("added", "removed")] string Change)
    : IIntegrationEvent
{
    public static string WireName => "bigtech.chat.ReactionChanged.v1";
    public static string Topic => Topics.Message;
    string IIntegrationEvent.Key => RoomId.ToString(CultureInfo.InvariantCulture);
}
