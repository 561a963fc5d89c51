using BigTech.Friends.Storage;
using BigTech.Platform.Auth;
using BigTech.Platform.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Friends.Features;

internal sealed record FriendPage(IReadOnlyList<FriendView> Friends, long TotalCount, string? NextCursor);

/// <summary><c>GET /friends</c> and <c>GET /friends/list</c>: the caller's friends, the newest friendship first.</summary>
internal static class ListFriends
{
    public static async Task<Ok<FriendPage>> Handle(
        int? limit, string? after, string? cursor, Caller me, FriendLists lists, People people, CancellationToken ct)
    {
        var page = await lists.Friends(me.UserId, Cursors.Read(after ?? cursor), Paging.Limit(limit), ct);
        return TypedResults.Ok(new FriendPage(await people.Show(page.Items, me.UserId, ct), page.Total, Cursors.Write(page.Next)));
    }
}
