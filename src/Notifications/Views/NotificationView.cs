using BigTech.Notifications.Domain;

namespace BigTech.Notifications.Views;

/// <summary>The user who caused it, with their name at that time.</summary>
internal sealed record ActorView(long UserId, string DisplayName);

/// <summary>A notification as its user sees it, in lists and on the stream.</summary>
/// <param name="Kind">
/// <c>friend_request</c>, <c>friend_accepted</c>, <c>message</c>, <c>mention</c>, <c>group_invite</c> or <c>system</c>.
/// </param>
/// <param name="Title">One line of text.</param>
/// <param name="Preview">The beginning of the written text: at most 100 characters on one line.</param>
/// <param name="Count">The number of messages, or of groups of an invitation, that it stands for.</param>
/// <param name="MessageId">The newest message that it stands for.</param>
/// <param name="Seq">The sequence number of that message in the room.</param>
/// <param name="HappenedAt">The time of the newest event in it; the order of lists.</param>
internal sealed record NotificationView(
    string Id, string Kind, string Title, string? Preview, int Count, ActorView? Actor, long? RoomId, string? MessageId, long? Seq,
    long? FriendshipId, bool IsRead, DateTimeOffset? ReadAt, DateTimeOffset HappenedAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static NotificationView From(Notification n) => new(
        n.Id, NotificationWireNames.NameOf(n.Kind), n.Title, n.Preview, n.Count,
        n.Actor is { } actor ? new ActorView(actor.UserId, actor.Name) : null,
        n.Place?.RoomId, n.Place?.MessageId, n.Place?.MessageId is null ? null : n.Place.LastSeq, n.FriendshipId, !n.IsUnread, n.ReadAt,
        n.HappenedAt, n.CreatedAt, n.UpdatedAt);
}
