namespace BigTech.Chat.Client;

/// <summary>A message. A deleted one keeps its place and loses its content.</summary>
public sealed record Message
{
    /// <summary>A UUIDv7 (RFC 9562).</summary>
    public string Id { get => field ?? ""; init; }

    /// <summary>The room.</summary>
    public long RoomId { get; init; }

    /// <summary>The place among the room's messages: 1, 2, 3 … without gaps.</summary>
    public long Seq { get; init; }

    /// <summary>The room's change counter at the last change of this message.</summary>
    public long Version { get; init; }

    /// <summary>The author.</summary>
    public long UserId { get; init; }

    /// <summary>The author's username.</summary>
    public string Username { get => field ?? ""; init; }

    /// <summary>The text, empty when deleted.</summary>
    public string Content { get => field ?? ""; init; }

    /// <summary>One of <see cref="MessageTypes"/>.</summary>
    public string MessageType { get => field ?? ""; init; }

    /// <summary>The id of the message to which it replies.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>Its file, null without one.</summary>
    public Attachment? Attachment { get; init; }

    /// <summary>By emoji, in the order in which they came.</summary>
    public IReadOnlyList<Reaction> Reactions { get => field ?? []; init; }

    /// <summary>Whether its author has changed it.</summary>
    public bool IsEdited { get; init; }

    /// <summary>When, null for never.</summary>
    public DateTimeOffset? EditedAt { get; init; }

    /// <summary>Whether it was deleted.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>When, null for never.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>When it was stored.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>How many other members have read it.</summary>
    public int ReadByCount { get; init; }

    /// <summary>How many members have not read it yet.</summary>
    public int UnreadByCount { get; init; }

    /// <summary>The id that its sender gave it, null for none.</summary>
    public string? ClientMessageId { get; init; }
}

/// <summary>The values of <see cref="Message.MessageType"/>.</summary>
public static class MessageTypes
{
    /// <summary>A text.</summary>
    public const string Text = "text";

    /// <summary>An image.</summary>
    public const string Image = "image";

    /// <summary>A file.</summary>
    public const string File = "file";

    /// <summary>What the server writes: a user has joined, the name has changed.</summary>
    public const string System = "system";
}

/// <summary>A file that belongs to a message.</summary>
public sealed record Attachment
{
    /// <summary>The id of the file.</summary>
    public string Id { get => field ?? ""; init; }

    /// <summary>Its name, as the sender gave it.</summary>
    public string FileName { get => field ?? ""; init; }

    /// <summary>Its media type.</summary>
    public string ContentType { get => field ?? ""; init; }

    /// <summary>Its size in bytes.</summary>
    public long Size { get; init; }
}

/// <summary>One emoji on a message.</summary>
public sealed record Reaction
{
    /// <summary>The emoji.</summary>
    public string Emoji { get => field ?? ""; init; }

    /// <summary>How many users added it.</summary>
    public int Count { get; init; }

    /// <summary>Who, in the order in which they did.</summary>
    public IReadOnlyList<long> UserIds { get => field ?? []; init; }
}

/// <summary>A page of a room's messages, newest first.</summary>
public sealed record MessagePage
{
    /// <summary>The messages of this page.</summary>
    public IReadOnlyList<Message> Messages { get => field ?? []; init; }

    /// <summary>All messages of the room, deleted ones included.</summary>
    public long TotalCount { get; init; }

    /// <summary>Whether more follow in the direction of the request.</summary>
    public bool HasMore { get; init; }

    /// <summary>The cursor of the next page, null on the last one.</summary>
    public string? NextCursor { get; init; }

    /// <summary>The room's version that the page shows.</summary>
    public long Version { get; init; }

    /// <summary>Where the room's stream goes on after this page.</summary>
    public string LastEventId { get => field ?? ""; init; }
}

/// <summary>A pinned message.</summary>
public sealed record Pin
{
    /// <summary>The message.</summary>
    public Message Message { get => field ?? new(); init; }

    /// <summary>The member who pinned it.</summary>
    public long PinnedBy { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset PinnedAt { get; init; }
}

/// <summary>The pinned messages of a room, newest pin first.</summary>
public sealed record PinList
{
    /// <summary>The pins.</summary>
    public IReadOnlyList<Pin> Pins { get => field ?? []; init; }

    /// <summary>The room's version that the list shows.</summary>
    public long Version { get; init; }
}

/// <summary>How far the caller has read a room.</summary>
public sealed record ReadState
{
    /// <summary>The room.</summary>
    public long RoomId { get; init; }

    /// <summary>The <see cref="Message.Seq"/> up to which they have read.</summary>
    public long ReadSeq { get; init; }

    /// <summary>How many messages are left.</summary>
    public long UnreadCount { get; init; }
}

/// <summary>A message to send.</summary>
/// <param name="Content">1 to 4,000 characters.</param>
public sealed record NewMessage(string Content)
{
    /// <summary>
    /// Makes the send safe to repeat: the server answers with the first message of this id, however much later. Without one,
    /// <see cref="MessagesApi.Send(long, NewMessage, CancellationToken)"/> makes one.
    /// </summary>
    public string? ClientMessageId { get; init; }

    /// <summary>The id of the message to which it replies.</summary>
    public string? ReplyTo { get; init; }
}
