using System.Text.Json.Serialization;

namespace BigTech.Chat.Client;

/// <summary>What comes from a stream. Later versions of the server add kinds: ignore those that you do not know.</summary>
public abstract record StreamEvent
{
    /// <summary>The place in the stream: with the one of the last event that was applied a new stream goes on after it.</summary>
    [JsonIgnore]
    public string? EventId { get; init; }
}

/// <summary>The stream is open. With <see cref="Resumed"/> what was missed follows.</summary>
public sealed record StreamReady : StreamEvent
{
    /// <summary>Whether it goes on after an event of before.</summary>
    public bool Resumed { get; init; }

    /// <summary>The room of a stream of one room.</summary>
    public long? RoomId { get; init; }

    /// <summary>How many notifications are unread, on their stream only.</summary>
    public long? UnreadCount { get; init; }
}

/// <summary>What was missed cannot be sent: take a snapshot, and go on with the events after it.</summary>
public sealed record StreamReset : StreamEvent
{
    /// <summary>Such as <c>too_far</c>, <c>too_large</c>, <c>too_many_rooms</c> or <see cref="RoomDeleted"/>.</summary>
    public string Reason { get => field ?? ""; init; }

    /// <summary>The room that it is about; null for the whole stream.</summary>
    public long? RoomId { get; init; }

    /// <summary>The path of the snapshot, null where there is nothing to fetch.</summary>
    public string? StartOver { get; init; }

    /// <summary>The reason where a room was deleted with all that was written in it.</summary>
    public const string RoomDeleted = "room_deleted";

    internal const string SlowConsumer = "slow_consumer";
}

/// <summary>The connection has ended, and a new one is opened after a pause. Made by the client.</summary>
/// <param name="Error">The reason; null where the server ended the stream in good order, as it does every hour.</param>
/// <param name="RetryAfter">The pause.</param>
public sealed record StreamInterrupted(Exception? Error, TimeSpan RetryAfter) : StreamEvent;

/// <summary>An event that this version of the client does not know.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Data">Its data, in JSON.</param>
public sealed record UnknownEvent(string Name, string Data) : StreamEvent;

/// <summary>An event of a room.</summary>
public abstract record RoomEvent : StreamEvent
{
    /// <summary>The room.</summary>
    public long RoomId { get; init; }

    /// <summary>The room's change counter after it: of a typing event the present one, of all others their own.</summary>
    public long Version { get; init; }
}

/// <summary>A message is new or has changed: store it by its id, and overwrite.</summary>
public sealed record MessageChanged : RoomEvent
{
    /// <summary>What has happened.</summary>
    [JsonIgnore]
    public MessageChange Change { get; init; }

    /// <summary>The whole message, as of that moment.</summary>
    public Message Message { get => field ?? new(); init; }
}

/// <summary>What has happened to a message.</summary>
public enum MessageChange
{
    /// <summary>It is new.</summary>
    Created,

    /// <summary>Its text or its reactions are others.</summary>
    Updated,

    /// <summary>Its content is gone.</summary>
    Deleted,
}

/// <summary>
/// A user has added an emoji to a message or taken it away. Skip it for a message that you have in this version or a later one.
/// </summary>
public sealed record ReactionChanged : RoomEvent
{
    /// <summary>The message, which now has this event's version.</summary>
    public string MessageId { get => field ?? ""; init; }

    /// <summary>The place of the message.</summary>
    public long Seq { get; init; }

    /// <summary>The user.</summary>
    public long UserId { get; init; }

    /// <summary>The emoji.</summary>
    public string Emoji { get => field ?? ""; init; }

    /// <summary><c>added</c> or <c>removed</c>.</summary>
    public string Change { get => field ?? ""; init; }
}

/// <summary>A member has read up to a message.</summary>
public sealed record ReadPositionChanged : RoomEvent
{
    /// <summary>The member.</summary>
    public long UserId { get; init; }

    /// <summary>The place of the message.</summary>
    public long ReadSeq { get; init; }

    /// <summary>The message.</summary>
    public string? MessageId { get; init; }
}

/// <summary>A member has joined, left or got another role.</summary>
public sealed record MemberChanged : RoomEvent
{
    /// <summary>The member.</summary>
    public long UserId { get; init; }

    /// <summary>Their username.</summary>
    public string Username { get => field ?? ""; init; }

    /// <summary><c>joined</c>, <c>left</c> or <c>role</c>.</summary>
    public string Change { get => field ?? ""; init; }

    /// <summary>Their role from now on, one of <see cref="MemberRoles"/>.</summary>
    public string? Role { get; init; }

    internal const string Left = "left";
}

/// <summary>A member types, or has stopped. It is not replayed, and no change of the room.</summary>
public sealed record TypingChanged : RoomEvent
{
    /// <summary>The member.</summary>
    public long UserId { get; init; }

    /// <summary>Their username.</summary>
    public string Username { get => field ?? ""; init; }

    /// <summary>Whether they type.</summary>
    public bool IsTyping { get; init; }

    /// <summary>Until when, unless another event comes before; null at the end.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>The room has another name or other pins, or is new to the caller.</summary>
public sealed record RoomChanged : RoomEvent
{
    /// <summary>The room as it is now.</summary>
    public Room Room { get => field ?? new(); init; }
}

/// <summary>A friend came online, went offline, was added or removed.</summary>
public sealed record PresenceChanged : StreamEvent
{
    /// <summary>The friend.</summary>
    public long UserId { get; init; }

    /// <inheritdoc cref="OnlineStatus.IsOnline"/>
    public bool? IsOnline { get; init; }

    /// <inheritdoc cref="OnlineStatus.LastSeenAt"/>
    public DateTimeOffset? LastSeenAt { get; init; }
}

/// <summary>A friend, or an open request, as it is now: its status says which of the two.</summary>
public sealed record FriendChanged : StreamEvent
{
    /// <summary>The friendship; a request with its id is not open any more when it is accepted.</summary>
    public Friendship Friendship { get => field ?? new(); init; }
}

/// <summary>A friendship or a request has ended.</summary>
public sealed record FriendRemoved : StreamEvent
{
    /// <summary>Its id.</summary>
    public long FriendshipId { get; init; }

    /// <summary>The other user.</summary>
    public long UserId { get; init; }
}

/// <summary>An event of the notifications.</summary>
public abstract record NotificationEvent : StreamEvent
{
    /// <summary>How many notifications are unread after it.</summary>
    public long UnreadCount { get; init; }
}

/// <summary>A notification is new or has changed: store it by its id, and overwrite.</summary>
public sealed record NotificationChanged : NotificationEvent
{
    /// <summary>Whether it is new to this client.</summary>
    [JsonIgnore]
    public bool IsNew { get; init; }

    /// <summary>Whether to draw the user's attention to it.</summary>
    public bool Alert { get; init; }

    /// <summary>The whole notification.</summary>
    public Notification Notification { get => field ?? new(); init; }
}

/// <summary>Notifications were read, here or on another device.</summary>
public sealed record NotificationsMarkedRead : NotificationEvent
{
    /// <summary>Their ids.</summary>
    public IReadOnlyList<string> Ids { get => field ?? []; init; }

    /// <summary>When.</summary>
    public DateTimeOffset ReadAt { get; init; }
}

/// <summary>A notification was deleted.</summary>
public sealed record NotificationRemoved : NotificationEvent
{
    /// <summary>Its id.</summary>
    [JsonPropertyName("id")]
    public string NotificationId { get => field ?? ""; init; }
}
