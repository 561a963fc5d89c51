using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Contracts.Users;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary>A page of found users, best matches first.</summary>
/// <param name="Users">The users of this page.</param>
/// <param name="NextCursor">The cursor of the next page; null on the last one.</param>
/// <param name="TotalCount">How many users match: 1,000 where 1,000 users or more match; the results end there, too.</param>
internal sealed record SearchResponse(IReadOnlyList<UserResponse> Users, int TotalCount, string? NextCursor);

internal static class SearchUsers
{
    private const int DefaultLimit = 20;

    public static async Task<Ok<SearchResponse>> Handle(
        [AsParameters] SearchQuery query, Caller caller, UserSearch search, SearchLimits limits, HttpResponse response,
        CancellationToken ct)
    {
        var text = query.Text();
        var (place, size) = (PlaceOf(query.Place()), Paging.Limit(query.Limit, DefaultLimit));
        var page = await limits.Run(
            response, caller.UserId, () => search.Find(text, caller.UserId, place, size, ct).AsTask(), ct);
        return TypedResults.Ok(new SearchResponse(
            page.Users.ConvertAll(UserResponse.Public), page.Total, page.Next is null ? null : CursorOf(page.Next)));
    }

    private static string CursorOf(SearchPlace place) =>
        Paging.Cursor(string.Create(CultureInfo.InvariantCulture, $"{(int)place.Rank}:{place.Key}"));

    private static SearchPlace? PlaceOf(SentCursor cursor)
    {
        if (cursor.Read() is not { Length: > 0 } place) return null;
        return place.Split(':', 2) is [var text, var key]
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rank)
            ? new SearchPlace((MatchRank)rank, key)
            : throw cursor.NotOfThisList();
    }
}
