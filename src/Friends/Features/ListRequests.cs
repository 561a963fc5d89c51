using BigTech.BuildingBlocks.Streaming;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Friends.Storage;
using BigTech.Friends.Streaming;
using BigTech.Friends.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Friends.Features;

/// <summary>Open requests of both directions. Each direction has its own pages; one cursor covers both.</summary>
/// <param name="Sent">Those that the caller has sent.</param>
/// <param name="Received">Those that the caller has received.</param>
/// <param name="SentCount">How many were sent, on all pages.</param>
/// <param name="ReceivedCount">How many were received, on all pages.</param>
/// <param name="TotalCount">The sum of both.</param>
/// <param name="NextCursor">The cursor of the next page; null on the last one.</param>
/// <param name="LastEventId">Pass it to the friend stream to continue from exactly this page.</param>
internal sealed record OpenRequestsPage(
    IReadOnlyList<FriendshipView> Sent, IReadOnlyList<FriendshipView> Received, long SentCount, long ReceivedCount, long TotalCount,
    string? NextCursor, string LastEventId);

/// <summary><c>GET /friends/requests</c>: pending requests of both directions, newest first.</summary>
internal static class ListRequests
{
    public static async Task<Ok<OpenRequestsPage>> Handle(
        [AsParameters] CursorQuery query, Caller caller, FriendLists lists, FriendProfiles profiles, CancellationToken ct)
    {
        var (sentAfter, receivedAfter) = Cursors.ReadTwo(query.Place());
        var (sent, received) = await lists.OpenRequests(caller.UserId, sentAfter, receivedAfter, Paging.Limit(query.Limit), ct);
        var views = await profiles.Show([.. sent.Items, .. received.Items], caller.UserId, ct);
        return TypedResults.Ok(new OpenRequestsPage(
            views.GetRange(0, sent.Items.Count), views.GetRange(sent.Items.Count, received.Items.Count), sent.Total, received.Total,
            sent.Total + received.Total, Cursors.Write(sent.Next, received.Next),
            new VersionedId(FriendStream.IdName, caller.UserId, sent.Version).ToString()));
    }
}
