using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Friends.Storage;
using BigTech.Friends.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Friends.Features;

/// <summary>A page of blocked users.</summary>
/// <param name="Blocked">The users of this page.</param>
/// <param name="TotalCount">How many there are on all pages.</param>
/// <param name="NextCursor">The cursor of the next page; null on the last one.</param>
internal sealed record BlockedPage(IReadOnlyList<BlockView> Blocked, long TotalCount, string? NextCursor);

/// <summary><c>GET /friends/blocked</c>: users blocked by the caller, newest first. Who blocked the caller is not disclosed.</summary>
internal static class ListBlocked
{
    public static async Task<Ok<BlockedPage>> Handle(
        [AsParameters] CursorQuery query, Caller caller, FriendLists lists, FriendProfiles profiles, CancellationToken ct)
    {
        var page = await lists.Blocked(caller.UserId, Cursors.Read(query.Place()), Paging.Limit(query.Limit), ct);
        return TypedResults.Ok(new BlockedPage(await profiles.Show(page.Items, ct), page.Total, Cursors.Write(page.Next)));
    }
}
