using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Streaming;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Notifications.Storage;
using BigTech.Notifications.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Notifications.Features;

/// <summary><c>GET /notifications/stream</c>: live changes as Server-Sent Events.</summary>
internal static class OpenNotificationStream
{
    public static Task Handle(
        HttpContext http, Caller caller, [FromKeyedServices(NotificationsDatabase.Name)] Store store, INotifications notifications,
        NotificationHub hub, StreamRegistry registry) =>
        new NotificationStream(http, caller, store, notifications, hub, registry).Run();
}
