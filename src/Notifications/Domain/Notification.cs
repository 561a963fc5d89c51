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
/// <param name="SentVersion">The user's change counter when that was; 0 before.</param>
/// <param name="Version">The user's change counter at its last change.</param>
/// <param name="CreatedVersion">The same at its first.</param>
/// <param name="IsRemoved">It is gone for its user, and kept only to tell clients that were away.</param>
internal sealed record Notification(
    string Id, long UserId, NotificationKind Kind, string Source, string Title, string? Preview, int Count, Actor? Actor,
    MessagePlace? Place, long? FriendshipId, DateTimeOffset HappenedAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    DateTimeOffset? ReadAt, DateTimeOffset? SentAt, long SentVersion, long Version, long CreatedVersion, bool IsRemoved)
{
    public bool IsUnread => ReadAt is null;

    /// <summary>Whether it is news that may disturb its user to a client that has followed up to a version.</summary>
    public bool AlertsAfter(long version) => IsUnread && SentVersion > version;

    /// <summary>Lets it disturb its user, from this version on.</summary>
    public Notification Send(DateTimeOffset now) => this with { SentAt = now, SentVersion = Version };

    /// <summary>Reads it, unless that is done.</summary>
    public Notification Read(DateTimeOffset now) => IsUnread ? this with { ReadAt = now, UpdatedAt = now } : this;

    /// <summary>Takes it away: what it told no longer holds.</summary>
    public Notification Remove(DateTimeOffset now) =>
        IsRemoved ? this : this with { IsRemoved = true, ReadAt = ReadAt ?? now, UpdatedAt = now, Preview = null };

    /// <summary>
    /// The user has read the room up to a message. What lies behind it stays unread; how many that are is only known to be no more than
    /// the places behind it.
    /// </summary>
    public Notification ReadUpTo(long seq, DateTimeOffset now)
    {
        if (!IsUnread || Place is null || seq < Place.FirstSeq) return this;
        if (seq >= Place.LastSeq) return Read(now);
        return this with { Count = (int)Math.Min(Count, Place.LastSeq - seq), Place = Place with { FirstSeq = seq + 1 }, UpdatedAt = now };
    }

    /// <summary>Takes in what else was said in the room: the newest message is the one that shows.</summary>
    public Notification Collapse(UnreadDelta news, string title, DateTimeOffset now) => news.Last is not { } last ? this : this with
    {
        Title = title,
        Count = Count + news.Count,
        Preview = last.Preview,
        Actor = last.Sender,
        Place = Place! with { MessageId = last.MessageId, LastSeq = last.Seq },
        HappenedAt = last.At,
        UpdatedAt = now,
    };

    /// <summary>The message that shows has other words now.</summary>
    public Notification Rewrite(string preview, DateTimeOffset now) =>
        IsRemoved || preview == Preview ? this : this with { Preview = preview, UpdatedAt = now };

    /// <summary>
    /// A message that it stands for was deleted: it counts no more, and its words are gone. The message before it does not show in
    /// its place.
    /// </summary>
    public Notification Forget(string messageId, DateTimeOffset now)
    {
        if (IsRemoved) return this;
        if (IsUnread && Count == 1) return Remove(now);
        var shown = Place?.MessageId == messageId;
        if (Kind == NotificationKind.Mention) return shown ? Remove(now) : this;
        return this with { Count = IsUnread ? Count - 1 : Count, Preview = shown ? null : Preview, UpdatedAt = now };
    }
}

/// <summary>Where in which room a notification points.</summary>
/// <param name="MessageId">The newest message that it stands for; null when it is about the room itself.</param>
/// <param name="FirstSeq">The oldest.</param>
internal sealed record MessagePlace(long RoomId, string? MessageId = null, long FirstSeq = 0, long LastSeq = 0);
