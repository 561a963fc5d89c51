using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Streaming;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Storage;
using BigTech.Notifications.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Notifications.Features;

/// <summary>A page of the caller's notifications, newest first.</summary>
/// <param name="Notifications">The notifications of this page.</param>
/// <param name="TotalCount">All that match the filter.</param>
/// <param name="UnreadCount">All unread ones, whatever the filter.</param>
/// <param name="Version">The change counter of the caller's notifications at the time of the page.</param>
/// <param name="LastEventId">Pass it to the stream to continue from exactly this page.</param>
/// <param name="NextCursor">
/// Pass it as <c>before</c> or <c>cursor</c> (or <c>after</c>, if that was given) to get the next page; null on the last one.
/// </param>
internal sealed record NotificationPage(
    IReadOnlyList<NotificationView> Notifications, long TotalCount, long UnreadCount, string? NextCursor, long Version,
    string LastEventId);

internal readonly record struct NotificationQuery(
    [FromQuery(Name = "limit")]
    [property: Description(CursorQuery.LimitText), Range(1, Paging.MaxLimit)]
    int? Limit,
    [FromQuery(Name = "before")]
    [property: Description("The next_cursor of the page before: what is older follows.")]
    string? Before,
    [FromQuery(Name = "after")]
    [property: Description("The next_cursor of a page that was asked for with after: what is newer follows.")]
    string? After,
    [FromQuery(Name = "skip")]
    [property: Description(Paging.SkipText), Range(0, int.MaxValue)]
    int? Skip,
    [FromQuery(Name = "offset")]
    [property: Description(Paging.OffsetText), Range(0, int.MaxValue)]
    int? Offset,
    [FromQuery(Name = "unread")]
    [property: Description("true: only those that were not read.")]
    bool? Unread,
    [FromQuery(Name = "cursor")]
    [property: Description("Another name of before.")]
    string? Cursor)
{
    /// <summary>The place at which the page begins; <c>cursor</c> is another name of <c>before</c>.</summary>
    /// <exception cref="AppError">422: more than one place.</exception>
    public SentCursor Place() => Paging.OneOf(("before", Before), ("cursor", Cursor), ("after", After));
}

/// <summary><c>GET /notifications</c></summary>
internal static class ListNotifications
{
    public static async Task<Ok<NotificationPage>> Handle(
        [AsParameters] NotificationQuery query, Caller caller, INotifications notifications, CancellationToken ct)
    {
        var size = Paging.Limit(query.Limit);
        var skip = Paging.Skip(query.Skip, query.Offset);
        var newer = query.After is not null;
        var place = Read(query.Place()) ?? NotificationListPlace.Newest;
        return TypedResults.Ok(
            await notifications.Read(reader => Page(reader, caller.UserId, query.Unread ?? false, newer, place, size, skip), ct));
    }

    private static async ValueTask<NotificationPage> Page(
        INotificationReader reader, long userId, bool unreadOnly, bool newer, NotificationListPlace place, int limit, int skip)
    {
        // Read first, so that a stream that continues from it misses nothing.
        var version = await reader.Version(userId);
        var rows = await (newer
            ? reader.After(userId, unreadOnly, place, limit + 1, skip)
            : reader.Before(userId, unreadOnly, place, limit + 1, skip));
        var next = rows.Count > limit ? Write(rows[limit - 1]) : null;
        var page = rows.GetRange(0, Math.Min(limit, rows.Count));
        if (newer) page.Reverse();
        var unreadCount = await reader.CountUnread(userId);
        return new NotificationPage(
            page.ConvertAll(NotificationView.From), unreadOnly ? unreadCount : await reader.CountAll(userId), unreadCount, next,
            version, new VersionedId(NotificationChange.IdName, userId, version).ToString());
    }

    private static string Write(Notification last) =>
        Paging.Cursor(string.Create(CultureInfo.InvariantCulture, $"{last.HappenedAt.ToDb()}:{last.Id}"));

    private static NotificationListPlace? Read(SentCursor cursor)
    {
        if (cursor.Read() is not { } place) return null;
        return place.Split(':') is [var at, var id]
            && long.TryParse(at, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var time)
            ? new NotificationListPlace(time, id)
            : throw cursor.NotOfThisList();
    }
}
