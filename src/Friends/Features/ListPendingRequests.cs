using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Friends.Storage;
using BigTech.Friends.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Friends.Features;

/// <summary>A page of the requests that wait for the caller's answer.</summary>
/// <param name="Requests">The requests of this page.</param>
/// <param name="TotalCount">How many there are on all pages.</param>
/// <param name="NextCursor">The cursor of the next page; null on the last one.</param>
internal sealed record PendingRequestsPage(IReadOnlyList<FriendshipView> Requests, long TotalCount, string? NextCursor);

/// <summary><c>GET /friends/requests/pending</c>: those that the caller may answer, newest first.</summary>
internal static class ListPendingRequests
{
    public static async Task<Ok<PendingRequestsPage>> Handle(
        [AsParameters] CursorQuery query, Caller caller, FriendLists lists, FriendProfiles profiles, CancellationToken ct)
    {
        var page = await lists.Received(caller.UserId, Cursors.Read(query.Place()), Paging.Limit(query.Limit), ct);
        return TypedResults.Ok(new PendingRequestsPage(
            await profiles.Show(page.Items, caller.UserId, ct), page.Total, Cursors.Write(page.Next)));
    }
}
