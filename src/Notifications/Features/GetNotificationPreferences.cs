using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Notifications.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Notifications.Features;

/// <summary><c>GET /notifications/preferences</c></summary>
internal static class GetNotificationPreferences
{
    public static async Task<Ok<PreferencesView>> Handle(
        Caller caller, [FromKeyedServices(NotificationsDatabase.Name)] Store store, TimeProvider time, CancellationToken ct) =>
        TypedResults.Ok(await store.Read(reader => PreferencesView.Read(reader, caller.UserId, time), ct));
}
