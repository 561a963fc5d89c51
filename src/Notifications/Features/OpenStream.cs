using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Streaming;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Notifications.Storage;
using BigTech.Notifications.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Notifications.Features;

/// <summary><c>GET /notifications/stream</c>: live changes as Server-Sent Events.</summary>
internal static class OpenStream
{
    private const string ResumeHeader = "Last-Event-ID";

    public static Task Handle(
        HttpContext http, Caller caller, [FromKeyedServices(NotificationsModule.StoreName)] Store store, INotifications notifications,
        NotificationHub hub, StreamRegistry registry) =>
        new NotificationStream(http, caller, LastEventId(http), store, notifications, hub, registry).Run();

    /// <summary>The header that EventSource sends, or the query for a first connection, which cannot set headers.</summary>
    private static string? LastEventId(HttpContext http) =>
        http.Request.Headers[ResumeHeader] is [{ } header, ..] ? header : http.Request.Query["last_event_id"].FirstOrDefault();
}
