namespace BigTech.Notifications.Domain;

/// <summary>What a notification is about. The numbers are stored in preferences: new kinds are appended.</summary>
internal enum NotificationKind
{
    FriendRequest = 0,
    FriendAccepted = 1,

    /// <summary>New messages of a room, one unread notification for all of them.</summary>
    Message = 2,
    Mention = 3,
    GroupInvite = 4,
    System = 5,
}

/// <summary>Somebody who caused a notification, under the name that he had then.</summary>
internal sealed record Actor(long UserId, string Name);

/// <summary>
/// Something that a user is told of. Immutable: each change gives a new one, or the same when there is nothing to change. Once read it
/// stays as it is: what comes later is told by another.
/// </summary>
/// <param name="Id">A UUIDv7.</param>
/// <param name="Source">The one thing that caused it, unique per user: seen again, it makes no second notification.</param>
/// <param name="Preview">The beginning of what somebody wrote; null where nobody wrote anything, or took it back.</param>
/// <param name="Count">How many messages it stands for; 1 for everything but a message notification.</param>
/// <param name="HappenedAt">The time of the newest thing that it tells: what lists are ordered by.</param>
/// <param name="ReadAt">When it was read, or stopped to matter.</param>
/// <param name="SentAt">When it was first allowed to disturb; null while quiet hours keep it back.</param>
/// <param name="Version">The user's change counter at its last change.</param>
/// <param name="CreatedVersion">The same at its first.</param>
/// <param name="IsRemoved">It is gone for its user, and kept only to tell clients that were away.</param>
internal sealed record Notification(
    string Id, long UserId, NotificationKind Kind, string Source, string Title, string? Preview, int Count, Actor? Actor,
    MessagePlace? Place, long? FriendshipId, DateTimeOffset HappenedAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    DateTimeOffset? ReadAt, DateTimeOffset? SentAt, long Version, long CreatedVersion, bool IsRemoved)
{
    public bool IsUnread => ReadAt is null;

    /// <summary>Reads it, unless that is done.</summary>
    public Notification Read(DateTimeOffset now) => IsUnread ? this with { ReadAt = now, UpdatedAt = now } : this;

    /// <summary>Takes it away: what it told no longer holds.</summary>
    public Notification Remove(DateTimeOffset now) =>
        IsRemoved ? this : this with { IsRemoved = true, ReadAt = ReadAt ?? now, UpdatedAt = now, Preview = null };
}

/// <summary>Where in which room a notification points.</summary>
/// <param name="MessageId">The newest message that it stands for; null when it is about the room itself.</param>
/// <param name="FirstSeq">The oldest.</param>
internal sealed record MessagePlace(long RoomId, string? MessageId = null, long FirstSeq = 0, long LastSeq = 0);
