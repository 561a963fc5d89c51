using System.ComponentModel.DataAnnotations;
using BigTech.Notifications.Domain;

namespace BigTech.Notifications.Views;

/// <summary>The user who caused it, with their name at that time.</summary>
/// <param name="UserId">The id of the user.</param>
/// <param name="DisplayName">The name to show.</param>
internal sealed record ActorView(long UserId, string DisplayName);

/// <summary>A notification as its user sees it, in lists and on the stream.</summary>
/// <param name="Id">For <c>POST /notifications/read</c>.</param>
/// <param name="Kind">
/// <c>friend_request</c>: a user asks for a friendship. <c>friend_accepted</c>: a user has accepted the caller's request. <c>message</c>:
/// unread messages of a room. <c>mention</c>: a message names the caller. <c>group_invite</c>: a user has added the caller to groups.
/// <c>system</c>: the server tells something.
/// </param>
/// <param name="Title">One line of text.</param>
/// <param name="Preview">The beginning of the written text: at most 100 characters on one line; null for none.</param>
/// <param name="Count">The number of messages, or of groups of an invitation, that it stands for.</param>
/// <param name="Actor">The user who caused it; null for the server.</param>
/// <param name="RoomId">The room; null for none.</param>
/// <param name="MessageId">The newest message that it stands for; null for none.</param>
/// <param name="Seq">The place of that message in the room.</param>
/// <param name="FriendshipId">The friendship; null for none.</param>
/// <param name="IsRead">Whether it was read.</param>
/// <param name="ReadAt">When it was read; null for not yet.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it last changed.</param>
/// <param name="HappenedAt">The time of the newest event in it; the order of lists.</param>
internal sealed record NotificationView(
    string Id,
    [property: AllowedValues(
        NotificationWireNames.FriendRequest, NotificationWireNames.FriendAccepted, NotificationWireNames.Message,
        NotificationWireNames.Mention, NotificationWireNames.GroupInvite, NotificationWireNames.System)]
    string Kind,
    string Title, string? Preview, int Count, ActorView? Actor, long? RoomId, string? MessageId, long? Seq, long? FriendshipId,
    bool IsRead, DateTimeOffset? ReadAt, DateTimeOffset HappenedAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static NotificationView From(Notification n) => new(
        n.Id, NotificationWireNames.NameOf(n.Kind), n.Title, n.Preview, n.Count,
        n.Actor is { } actor ? new ActorView(actor.UserId, actor.Name) : null,
        n.Place?.RoomId, n.Place?.MessageId, n.Place?.MessageId is null ? null : n.Place.LastSeq, n.FriendshipId, !n.IsUnread, n.ReadAt,
        n.HappenedAt, n.CreatedAt, n.UpdatedAt);
}
