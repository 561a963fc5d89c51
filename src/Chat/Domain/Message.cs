namespace BigTech.Chat.Domain;

/// <summary>Kinds of messages.</summary>
internal static class MessageTypes
{
    public const string Text = "text";
    public const string Image = "image";
    public const string File = "file";

    /// <summary>Written by the room itself when its membership changes; nobody edits or deletes it, and it is never "unread".</summary>
    public const string System = "system";

    public static bool MayBeSent(string type) => type is Text or Image or File;
}

/// <summary>One message of a room, as it is after its last change.</summary>
/// <param name="Ordinal">The room's count of countable messages with this one.</param>
/// <param name="CreatedVersion">The room's version when it was sent; <paramref name="Version"/> is that of its last change.</param>
internal sealed record Message(
    string Id,
    long RoomId,
    long Seq,
    long Ordinal,
    long Version,
    long CreatedVersion,
    long UserId,
    string Type,
    string Content,
    string? ReplyTo,
    string? ClientMessageId,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EditedAt,
    DateTimeOffset? DeletedAt)
{
    public const int LongestContent = 4000;
    public const int LongestClientId = 100;

    public bool IsDeleted => DeletedAt is not null;

    public bool IsSystem => Type == MessageTypes.System;

    public Message Edit(string content, long version, DateTimeOffset now) => this with { Content = content, Version = version, EditedAt = now };

    /// <summary>Leaves the place and takes the content.</summary>
    public Message Delete(long version, DateTimeOffset now) => this with { Content = "", Version = version, DeletedAt = now };
}
