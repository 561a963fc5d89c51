using System.Text.Json;

namespace BigTech.Tests.EndToEnd.Notifications;

public sealed record Actor(long UserId, string DisplayName);

public sealed record Notification(
    string Id, string Kind, string Title, string? Preview, int Count, Actor? Actor, long? RoomId, string? MessageId, long? Seq,
    long? FriendshipId, bool IsRead, DateTimeOffset? ReadAt, DateTimeOffset HappenedAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

public sealed record NotificationPage(
    Notification[] Notifications, long TotalCount, long UnreadCount, JsonElement? NextCursor, long Version, string LastEventId)
{
    public string[] Kinds => [.. Notifications.Select(notification => notification.Kind)];

    public string? Cursor => NextCursor?.GetString();
}

public sealed record ReadAnswer(long ReadCount, long UnreadCount);

public sealed record UnreadNotifications(long UnreadCount);

/// <summary>The calls of a client's notification list.</summary>
internal static class NotificationCalls
{
    /// <param name="query">Such as <c>?limit=10&amp;unread=true</c>.</param>
    public static async Task<NotificationPage> Notifications(this User me, string query = "") =>
        (await me.Api.Get($"/notifications{query}")).As<NotificationPage>();

    public static async Task<long> UnreadNotifications(this User me) =>
        (await me.Api.Get("/notifications/unread-count")).As<UnreadNotifications>().UnreadCount;

    public static async Task<ReadAnswer> ReadNotifications(this User me, params string[] ids) =>
        (await me.Api.Post("/notifications/read", new { ids })).As<ReadAnswer>();

    public static async Task<ReadAnswer> ReadAllNotifications(this User me) =>
        (await me.Api.Post("/notifications/read", new { all = true })).As<ReadAnswer>();

    /// <summary>Opens the live stream of the user's notifications.</summary>
    public static Task<SseClient> StreamOfNotifications(this User me, string? lastEventId = null) =>
        SseClient.Open(me.Api.Url("/notifications/stream"), me.Tokens.AccessToken, lastEventId);

    public static async Task<NotificationPreferences> Preferences(this User me) =>
        (await me.Api.Get("/notifications/preferences")).As<NotificationPreferences>();

    public static async Task<NotificationPreferences> Prefer(this User me, object preferences) =>
        (await me.Api.Put("/notifications/preferences", preferences)).As<NotificationPreferences>();

    /// <summary>Waits until a notification matches.</summary>
    public static async Task<Notification> Receives(this User me, Func<Notification, bool> isExpected, string expectation)
    {
        Notification? found = null;
        await Eventually.Holds(
            async () => (found = (await me.Notifications()).Notifications.FirstOrDefault(isExpected)) is not null, expectation);
        return found!;
    }

    /// <summary>Waits for an unread notification of a kind.</summary>
    public static Task<Notification> Receives(this User me, string kind) =>
        me.Receives(notification => notification.Kind == kind && !notification.IsRead, $"an unread {kind}");

    /// <summary>
    /// Waits until this user's earlier events of friend.events have arrived: a stranger sends a request, which comes after them.
    /// </summary>
    public static async Task<Notification> WaitForFriendEvents(this User me, ServerProcess server)
    {
        var stranger = await server.NewUser();
        (await stranger.Api.Post("/friends/request", new { target_user_id = me.Id })).ShouldBe(201);
        return await me.Receives(n => n.Actor?.UserId == stranger.Id, "the stranger's request");
    }
}
