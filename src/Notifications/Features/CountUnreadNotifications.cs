using System.Text.Json.Serialization;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Notifications.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Notifications.Features;

/// <summary>What is left to read.</summary>
/// <param name="Count">How many of the caller's notifications are unread.</param>
internal sealed record UnreadCount([property: JsonPropertyName("unread_count")] long Count);

/// <summary><c>GET /notifications/unread-count</c></summary>
internal static class CountUnreadNotifications
{
    public static async Task<Ok<UnreadCount>> Handle(Caller caller, INotifications notifications, CancellationToken ct) =>
        TypedResults.Ok(new UnreadCount(await notifications.Read(reader => reader.CountUnread(caller.UserId), ct)));
}
