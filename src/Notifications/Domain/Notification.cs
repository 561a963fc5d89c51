namespace BigTech.Notifications.Domain;

/// <summary>The kind of a notification. The numbers are stored in preferences: append new kinds only.</summary>
internal enum NotificationKind
{
    FriendRequest = 0,
    FriendAccepted = 1,

    /// <summary>New messages of a room: one unread notification for all of them.</summary>
    Message = 2,
    Mention = 3,
    GroupInvite = 4,
    System = 5,
}

/// <summary>The user who caused a notification, with their name at that time.</summary>
internal sealed record Actor(long UserId, string Name);

/// <summary>
/// A notification of a user. Immutable: each change returns a new one, or the same if nothing changes. A read notification does not change
/// any more: later events create another one.
/// </summary>
/// <param name="Id">A UUIDv7.</param>
/// <param name="Source">What caused it, unique per user: the same source does not create a second notification.</param>
/// <param name="Preview">The beginning of the text; null if there is none, or it was deleted.</param>
/// <param name="Count">The number of messages, or of rooms of an invitation, that it stands for; 1 for every other kind.</param>
/// <param name="HappenedAt">The time of the newest event in it: the order of lists.</param>
/// <param name="ReadAt">When it was read, or became obsolete.</param>
/// <param name="SentAt">When it was first allowed to alert; null while quiet hours hold it back.</param>
/// <param name="SentVersion">The user's change counter at that time; 0 before.</param>
/// <param name="Version">The user's change counter at its last change.</param>
/// <param name="CreatedVersion">The user's change counter at its creation.</param>
/// <param name="IsRemoved">Removed for its user; kept only to inform clients that were disconnected.</param>
internal sealed record Notification(
    string Id, long UserId, NotificationKind Kind, string Source, string Title, string? Preview, int Count, Actor? Actor,
    MessagePlace? Place, long? FriendshipId, DateTimeOffset HappenedAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    DateTimeOffset? ReadAt, DateTimeOffset? SentAt, long SentVersion, long Version, long CreatedVersion, bool IsRemoved)
{
    /// <summary>While it is unread: the places of the messages that it stands for, or the ids of the rooms of an invitation.</summary>
    public NumberSet Counted { get; init; } = NumberSet.Empty;

    public bool IsUnread => ReadAt is null;

    /// <summary>Whether it may alert on a client that has all changes up to a version.</summary>
    public bool AlertsAfter(long version) => IsUnread && SentVersion > version;

    /// <summary>
    /// What was stored. Unread notifications without it were stored by an older version: messages stand for the newest places, an
    /// invitation for its room.
    /// </summary>
    public static NumberSet ReadCounted(string? stored, NotificationKind kind, bool isUnread, long count, long lastSeq, long? roomId)
    {
        if (stored is not null) return NumberSet.Parse(stored);
        return (isUnread, kind) switch
        {
            (true, NotificationKind.Message) => NumberSet.Of(Math.Max(1, lastSeq - count + 1), lastSeq),
            (true, NotificationKind.GroupInvite) => NumberSet.Of(roomId ?? 0),
            _ => NumberSet.Empty,
        };
    }

    /// <summary>Allows it to alert, from this version on.</summary>
    public Notification Send(DateTimeOffset now) => this with { SentAt = now, SentVersion = Version };

    /// <summary>It counts as sent and does not alert.</summary>
    public Notification SendSilently(DateTimeOffset now) => this with { SentAt = now };

    /// <summary>Marks it as read, if it is unread.</summary>
    public Notification Read(DateTimeOffset now) =>
        IsUnread ? this with { ReadAt = now, UpdatedAt = now, Counted = NumberSet.Empty } : this;

    /// <summary>Removes it: its content no longer applies.</summary>
    public Notification Remove(DateTimeOffset now) =>
        IsRemoved
            ? this
            : this with { IsRemoved = true, ReadAt = ReadAt ?? now, UpdatedAt = now, Preview = null, Counted = NumberSet.Empty };

    /// <summary>The user has read the room up to a message. Later messages stay unread.</summary>
    public Notification ReadUpTo(long seq, DateTimeOffset now)
    {
        if (!IsUnread || Place is null || seq < Place.FirstSeq) return this;
        if (seq >= Place.LastSeq) return Read(now);
        var left = Counted.Above(seq);
        return left.Count == 0 ? Read(now) : StandFor(left, now);
    }

    /// <summary>Adds later messages of the room; the newest one is shown.</summary>
    public Notification Collapse(UnreadDelta delta, string title, DateTimeOffset now) => delta.Last is not { } last ? this : this with
    {
        Title = title,
        Counted = Counted.Append(delta.Seqs),
        Count = Counted.Append(delta.Seqs).Count,
        Preview = last.Preview,
        Actor = last.Sender,
        Place = Place! with { MessageId = last.MessageId, LastSeq = last.Seq },
        HappenedAt = last.At,
        UpdatedAt = now,
    };

    /// <summary>The shown message was edited.</summary>
    public Notification Rewrite(string preview, DateTimeOffset now) =>
        IsRemoved || preview == Preview ? this : this with { Preview = preview, UpdatedAt = now };

    /// <summary>
    /// A message was deleted: if it stands for it, it does so no longer, and its text is removed. The previous message is not shown
    /// instead.
    /// </summary>
    public Notification Forget(string messageId, long seq, DateTimeOffset now)
    {
        var shown = Place?.MessageId == messageId;
        if (IsRemoved) return this;
        if (Kind == NotificationKind.Mention) return shown ? Remove(now) : this;
        var less = shown ? this with { Preview = null, UpdatedAt = now } : this;
        if (!Counted.Contains(seq)) return less;
        return Count == 1 ? Remove(now) : less.StandFor(Counted.Without(seq), now);
    }

    /// <summary>It stands for another message of its room, which is not its newest one.</summary>
    public Notification Include(long seq, DateTimeOffset now) => StandFor(Counted.With(seq), now);

    /// <summary>What it tells has changed again: the later news takes its place.</summary>
    public Notification Replace(string title, Actor actor, MessagePlace place, DateTimeOffset at, DateTimeOffset now) =>
        this with { Title = title, Actor = actor, Place = place, HappenedAt = at, UpdatedAt = now };

    /// <summary>The same user has invited them into another room, which is shown.</summary>
    public Notification Invite(long roomId, string title, DateTimeOffset at, DateTimeOffset now) =>
        InviteTo(Counted.With(roomId), roomId, title, now) with { HappenedAt = at };

    /// <summary>They are not in one of the rooms any more; without the others it is removed.</summary>
    /// <param name="shown">The room that is shown then.</param>
    public Notification Disinvite(long roomId, long shown, string title, DateTimeOffset now) =>
        Count <= 1 ? Remove(now) : InviteTo(Counted.Without(roomId), shown, title, now);

    /// <summary>The mention was edited away: what is left is an unread message of the room.</summary>
    public Notification BecomeMessage(string title, string preview, DateTimeOffset now) => this with
    {
        Kind = NotificationKind.Message,
        Title = title,
        Preview = preview,
        Counted = NumberSet.Of(Place!.LastSeq),
        UpdatedAt = now,
    };

    private Notification InviteTo(NumberSet rooms, long shown, string title, DateTimeOffset now) =>
        this with { Counted = rooms, Count = rooms.Count, Title = title, Place = new MessagePlace(shown), UpdatedAt = now };

    private Notification StandFor(NumberSet numbers, DateTimeOffset now) => numbers == Counted
        ? this
        : this with
        {
            Counted = numbers,
            Count = numbers.Count,
            Place = Place! with { FirstSeq = numbers.First, LastSeq = Math.Max(Place.LastSeq, numbers.Last) },
            UpdatedAt = now,
        };
}

/// <summary>The room and messages that a notification refers to.</summary>
/// <param name="MessageId">The newest message that it stands for; null if it concerns the room itself.</param>
/// <param name="FirstSeq">The sequence number of the oldest message.</param>
/// <param name="LastSeq">The sequence number of the newest message, or the room's version with the role that is told.</param>
internal sealed record MessagePlace(long RoomId, string? MessageId = null, long FirstSeq = 0, long LastSeq = 0);
