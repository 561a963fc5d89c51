using System.Text.Json;
using static BigTech.Chat.Client.PathBuilder;

namespace BigTech.Chat.Client;

/// <summary>Notifications and their preferences.</summary>
public sealed class NotificationsApi
{
    private readonly ApiConnection _api;

    internal NotificationsApi(ApiConnection api) => _api = api;

    /// <summary>The notifications of the caller, newest first.</summary>
    /// <param name="limit">1 to 100.</param>
    /// <param name="cursor">The next page.</param>
    /// <param name="unread">Only unread ones (true), only read ones (false), all (null).</param>
    /// <param name="ct">Ends the wait.</param>
    public Task<NotificationPage> List(
        int? limit = null, string? cursor = null, bool? unread = null, CancellationToken ct = default) => _api.Get(
        Path("notifications", ("limit", limit), ("cursor", cursor), ("unread", unread is { } only ? (only ? "true" : "false") : null)),
        ChatJson.Default.NotificationPage, ct);

    /// <summary>How many are unread.</summary>
    public async Task<long> CountUnread(CancellationToken ct = default) =>
        (await _api.Get("notifications/unread-count", ChatJson.Default.UnreadAnswer, ct)).UnreadCount;

    /// <summary>Marks notifications as read.</summary>
    public Task<NotificationsReadState> MarkRead(IEnumerable<string> ids, CancellationToken ct = default) =>
        Mark(new NotificationsBody(Ids: [.. ids]), ct);

    /// <summary>Marks all notifications as read.</summary>
    public Task<NotificationsReadState> MarkAllRead(CancellationToken ct = default) => Mark(new NotificationsBody(All: true), ct);

    /// <summary>What the caller wants to be notified of.</summary>
    public Task<NotificationPreferences> GetPreferences(CancellationToken ct = default) =>
        _api.Get("notifications/preferences", ChatJson.Default.NotificationPreferences, ct);

    /// <summary>Changes what is given.</summary>
    public Task<NotificationPreferences> ChangePreferences(NotificationPreferenceChange change, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (change is { EndQuietHours: true, QuietHours: not null })
            throw new ArgumentException("Quiet hours cannot be set and ended at once.", nameof(change));
        var body = JsonSerializer.SerializeToNode(change, ChatJson.Default.NotificationPreferenceChange)!.AsObject();
        // A null on the wire ends them, where a missing field keeps them.
        if (change.EndQuietHours) body["quiet_hours"] = null;
        return _api.Send(
            HttpMethod.Put, "notifications/preferences", body, ChatJson.Default.JsonObject, ChatJson.Default.NotificationPreferences, ct);
    }

    private Task<NotificationsReadState> Mark(NotificationsBody body, CancellationToken ct) => _api.Send(
        HttpMethod.Post, "notifications/read", body, ChatJson.Default.NotificationsBody, ChatJson.Default.NotificationsReadState, ct);
}
