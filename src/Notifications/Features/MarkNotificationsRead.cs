using System.ComponentModel.DataAnnotations;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Notifications.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Notifications.Features;

/// <summary>The notifications to mark as read: <c>ids</c> or <c>all</c>, one of the two.</summary>
/// <param name="Ids">1 to 1,000 ids; ids of other users and of read notifications are ignored.</param>
/// <param name="All"><c>true</c>: all of the caller's.</param>
internal sealed record ReadRequest(
    [property: MinLength(1), MaxLength(ReadRequest.MaxIds)] IReadOnlyList<string>? Ids = null, bool? All = null) : IHasExample
{
    public const int MaxIds = 1000;

    public static object Example => new ReadRequest(["01a1fdf9-6213-7c97-a17f-1c06ed2467a6"]);
}

/// <summary>What is read.</summary>
/// <param name="ReadCount">How many of them were unread before.</param>
/// <param name="UnreadCount">How many are left.</param>
internal sealed record ReadAnswer(long ReadCount, long UnreadCount);

/// <summary><c>POST /notifications/read</c>. It does not change the read position in a room.</summary>
internal static class MarkNotificationsRead
{
    public static async Task<Ok<ReadAnswer>> Handle(
        ReadRequest body, Caller caller, NotificationFeed feed, INotifications notifications,
        [FromKeyedServices(NotificationsDatabase.Name)] Store store)
    {
        Validate(body);
        return TypedResults.Ok(await store.Write(new NotificationWork<ReadAnswer>(
            notifications, caller.UserId, (work, writer) => Read(work, writer, caller.UserId, body.Ids, feed))));
    }

    private static ReadAnswer Read(
        UnitOfWork work, INotificationWriter notifications, long userId, IReadOnlyList<string>? ids, NotificationFeed feed)
    {
        var rows = ids is null
            ? notifications.Unread(userId)
            : notifications.Find(userId, [.. ids.Select(id => TextValidation.Uuid(id)!).Distinct()]);
        return new ReadAnswer(feed.Read(work, userId, rows), notifications.CountUnread(userId));
    }

    private static void Validate(ReadRequest body)
    {
        var errors = new ValidationErrors();
        errors.Check(body.All is not false, "all", "Can only be true.");
        if (errors.Check(body.Ids is null != body.All is null, "ids", "Give ids or all, one of the two."))
        {
            errors.Check(body.Ids is null or { Count: > 0 and <= ReadRequest.MaxIds }, "ids", $"Must hold 1 to {ReadRequest.MaxIds} ids.");
            var areIds = body.Ids is null || body.Ids.All(id => TextValidation.Uuid(id) is not null);
            errors.Check(areIds, "ids", "Must be ids of notifications.");
        }
        errors.ThrowIfAny();
    }
}
