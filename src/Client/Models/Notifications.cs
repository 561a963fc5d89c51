using System.Text.Json.Serialization;

namespace BigTech.Chat.Client;

/// <summary>A notification of the caller.</summary>
public sealed record Notification
{
    /// <summary>The id for <see cref="NotificationsApi.MarkRead"/>.</summary>
    public string Id { get => field ?? ""; init; }

    /// <summary>One of <see cref="NotificationKinds"/>.</summary>
    public string Kind { get => field ?? ""; init; }

    /// <summary>One line of text.</summary>
    public string Title { get => field ?? ""; init; }

    /// <summary>The beginning of the written text, null for none.</summary>
    public string? Preview { get; init; }

    /// <summary>The number of messages, or of groups of an invitation, that it stands for.</summary>
    public int Count { get; init; }

    /// <summary>The user who caused it, null for the server.</summary>
    public NotificationActor? Actor { get; init; }

    /// <summary>The room, null for none.</summary>
    public long? RoomId { get; init; }

    /// <summary>The newest message that it stands for, null for none.</summary>
    public string? MessageId { get; init; }

    /// <summary>The place of that message in the room.</summary>
    public long? Seq { get; init; }

    /// <summary>The friendship, null for none.</summary>
    public long? FriendshipId { get; init; }

    /// <summary>Whether it was read.</summary>
    public bool IsRead { get; init; }

    /// <summary>When, null for not yet.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>The time of the newest event in it; the order of lists.</summary>
    public DateTimeOffset HappenedAt { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>The user who caused a notification, with their name at that time.</summary>
public sealed record NotificationActor
{
    /// <summary>The id of the user.</summary>
    public long UserId { get; init; }

    /// <inheritdoc cref="UserProfile.DisplayName"/>
    public string DisplayName { get => field ?? ""; init; }
}

/// <summary>The values of <see cref="Notification.Kind"/>.</summary>
public static class NotificationKinds
{
    /// <summary>A user asks for a friendship.</summary>
    public const string FriendRequest = "friend_request";

    /// <summary>A user has accepted the caller's request.</summary>
    public const string FriendAccepted = "friend_accepted";

    /// <summary>Unread messages of a room.</summary>
    public const string Message = "message";

    /// <summary>A message names the caller.</summary>
    public const string Mention = "mention";

    /// <summary>A user has added the caller to groups.</summary>
    public const string GroupInvite = "group_invite";

    /// <summary>The server tells something.</summary>
    public const string System = "system";
}

/// <summary>A page of notifications, newest first.</summary>
public sealed record NotificationPage
{
    /// <summary>The notifications of this page.</summary>
    public IReadOnlyList<Notification> Notifications { get => field ?? []; init; }

    /// <summary>How many there are on all pages.</summary>
    public long TotalCount { get; init; }

    /// <summary>How many of all are unread.</summary>
    public long UnreadCount { get; init; }

    /// <summary>The cursor of the next page, null on the last one.</summary>
    public string? NextCursor { get; init; }

    /// <summary>The version that the page shows.</summary>
    public long Version { get; init; }

    /// <summary>Where the stream of notifications goes on after this page.</summary>
    public string LastEventId { get => field ?? ""; init; }
}

/// <summary>The answer to marking notifications as read.</summary>
public sealed record NotificationsReadState
{
    /// <summary>How many this call has marked.</summary>
    public long ReadCount { get; init; }

    /// <summary>How many are left.</summary>
    public long UnreadCount { get; init; }
}

/// <summary>What the caller wants to be notified of.</summary>
public sealed record NotificationPreferences
{
    /// <summary>By <see cref="NotificationKinds">kind</see>, whether it is wanted.</summary>
    public IReadOnlyDictionary<string, bool> Kinds { get => field ?? new Dictionary<string, bool>(); init; }

    /// <summary>The rooms without notifications.</summary>
    public IReadOnlyList<MutedRoom> MutedRooms { get => field ?? []; init; }

    /// <summary>The hours without alerts, null for none.</summary>
    public QuietHours? QuietHours { get; init; }
}

/// <summary>What to change of the preferences: what is not named stays.</summary>
public sealed record NotificationPreferenceChange
{
    /// <summary>By kind, whether it is wanted; kinds that are not named stay.</summary>
    public IReadOnlyDictionary<string, bool>? Kinds { get; init; }

    /// <summary>All muted rooms; an empty list mutes none.</summary>
    public IReadOnlyList<MutedRoom>? MutedRooms { get; init; }

    /// <summary>New hours without alerts.</summary>
    public QuietHours? QuietHours { get; init; }

    /// <summary>Ends the quiet hours; not together with <see cref="QuietHours"/>.</summary>
    [JsonIgnore]
    public bool EndQuietHours { get; init; }
}

/// <summary>A room without notifications.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Until">When it ends, null for never.</param>
public sealed record MutedRoom(long RoomId, DateTimeOffset? Until = null);

/// <summary>Hours without alerts.</summary>
/// <param name="Start">Such as <c>22:30</c>.</param>
/// <param name="End">Such as <c>07:00</c>; before the start means on the next day.</param>
/// <param name="TimeZone">A name of IANA's time zone database, such as <c>Asia/Seoul</c>.</param>
public sealed record QuietHours(string Start, string End, string TimeZone);
