using System.Collections.Immutable;

namespace BigTech.Chat.Domain;

/// <summary>Kinds of messages.</summary>
internal static class MessageTypes
{
    public const string Text = "text";
    public const string Image = "image";
    public const string File = "file";

    /// <summary>Written by the room itself when its membership changes; it cannot be edited or deleted, and is never "unread".</summary>
    public const string System = "system";

    public static bool MayBeSent(string type) => type is Text or Image or File;
}

/// <summary>One message of a room, as it is after its last change.</summary>
/// <param name="Ordinal">The number of the room's countable messages up to and including this one.</param>
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
    public const int MaxContentLength = 4000;
    public const int MaxClientIdLength = 100;
    public const int MaxReactions = 20;

    /// <summary>The different emoji on it, in the order in which they were added.</summary>
    public ImmutableList<Reaction> Reactions { get; init; } = [];

    public bool IsDeleted => DeletedAt is not null;

    public bool IsSystem => Type == MessageTypes.System;

    /// <summary>A new message, before <see cref="Room.Post"/> gives it its place.</summary>
    public static Message Draft(
        string id, long authorId, string type, string content, DateTimeOffset now, string? replyTo = null,
        string? clientMessageId = null) =>
        new(id, RoomId: 0, Seq: 0, Ordinal: 0, Version: 0, CreatedVersion: 0, authorId, type, content, replyTo, clientMessageId, now, null,
            null);

    public Message Edit(string content, long version, DateTimeOffset now) =>
        this with { Content = content, Version = version, EditedAt = now };

    /// <summary>Keeps the place; removes the content and the reactions.</summary>
    public Message Delete(long version, DateTimeOffset now) =>
        this with { Content = "", Reactions = [], Version = version, DeletedAt = now };

    /// <summary>Whether the message takes an emoji; always true for one that it already has.</summary>
    public bool MayTake(string emoji) => Reactions.Count < MaxReactions || Reactions.Exists(reaction => reaction.Emoji == emoji);

    /// <summary>Adds a user's emoji; returns the same message when it has it already.</summary>
    public Message React(long userId, string emoji)
    {
        var place = Reactions.FindIndex(reaction => reaction.Emoji == emoji);
        if (place < 0) return this with { Reactions = Reactions.Add(new Reaction(emoji, [userId])) };
        var users = Reactions[place].UserIds;
        return users.Contains(userId) ? this : this with { Reactions = Reactions.SetItem(place, new Reaction(emoji, users.Add(userId))) };
    }

    /// <summary>Removes a user's emoji; returns the same message when it does not have it.</summary>
    public Message TakeBack(long userId, string emoji)
    {
        var place = Reactions.FindIndex(reaction => reaction.Emoji == emoji);
        if (place < 0 || !Reactions[place].UserIds.Contains(userId)) return this;
        var users = Reactions[place].UserIds.Remove(userId);
        return this with { Reactions = users.IsEmpty ? Reactions.RemoveAt(place) : Reactions.SetItem(place, new Reaction(emoji, users)) };
    }
}
