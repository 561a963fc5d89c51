using System.Text.Json.Serialization;
using BigTech.BuildingBlocks.Streaming;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Friends.Storage;
using BigTech.Friends.Streaming;
using BigTech.Friends.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Friends.Features;

/// <summary>A page of friends.</summary>
/// <param name="Friends">The friends of this page.</param>
/// <param name="TotalCount">How many there are on all pages.</param>
/// <param name="NextCursor">The cursor of the next page; null on the last one.</param>
internal sealed record FriendPage(IReadOnlyList<FriendView> Friends, long TotalCount, string? NextCursor)
{
    /// <summary>Pass it to the friend stream to continue from this page. A search has none: it shows only some friends.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LastEventId { get; init; }
}

/// <summary><c>GET /friends</c> and <c>GET /friends/list</c>: the caller's friends, the newest friendship first.</summary>
internal static class ListFriends
{
    public static async Task<Ok<FriendPage>> Handle(
        [AsParameters] CursorQuery query, Caller caller, FriendLists lists, FriendProfiles profiles, CancellationToken ct)
    {
        var page = await lists.Friends(caller.UserId, Cursors.Read(query.Place()), Paging.Limit(query.Limit), ct);
        return TypedResults.Ok(new FriendPage(await profiles.Show(page.Items, caller.UserId, ct), page.Total, Cursors.Write(page.Next))
        {
            LastEventId = new VersionedId(FriendStream.IdName, caller.UserId, page.Version).ToString(),
        });
    }
}
