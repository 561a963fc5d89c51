using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Contracts.Users;
using BigTech.Friends.Storage;
using BigTech.Friends.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Friends.Features;

internal readonly record struct FriendSearchServices(
    FriendLists Lists, IUserSearch Search, FriendProfiles Profiles, FriendLimits Limits, HttpResponse Response);

/// <summary><c>GET /friends/search</c>: friends by username, display name or its initial consonants (초성), the best match first.</summary>
internal static class SearchFriends
{
    public static async Task<Ok<FriendPage>> Handle(
        [AsParameters] SearchQuery query, Caller caller, [AsParameters] FriendSearchServices services, CancellationToken ct)
    {
        var text = query.Text();
        var size = Paging.Limit(query.Limit);
        var from = Parse(query.Place());
        return TypedResults.Ok(await services.Limits.Search(
            services.Response, caller, () => Search(text, from, size, caller, services, ct), ct));
    }

    private static async Task<FriendPage> Search(
        string text, (int Rank, string Key)? from, int size, Caller caller, FriendSearchServices services, CancellationToken ct)
    {
        var friends = (await services.Lists.AllFriends(caller.UserId, ct)).ToDictionary(friend => friend.UserId);
        var matches = await services.Search.FindAmong(friends.Keys, text, ct);
        var rest = from is { } place ? matches.Where(match => IsBehind(match, place.Rank, place.Key)).ToList() : matches;
        var page = rest.Take(size).ToList();
        var next = rest.Count > size
            ? Paging.Cursor(string.Create(CultureInfo.InvariantCulture, $"{(int)page[^1].Rank}:{page[^1].Key}"))
            : null;
        var views = await services.Profiles.Show(
            page.ConvertAll(match => friends[match.User.Id]), page.ToDictionary(
                match => match.User.Id, match => FriendProfiles.Show(match.User)), caller.UserId, ct);
        return new FriendPage(views, matches.Count, next);
    }

    private static bool IsBehind(UserMatch match, int rank, string key) =>
        (int)match.Rank > rank || ((int)match.Rank == rank && string.CompareOrdinal(match.Key, key) > 0);

    private static (int Rank, string Key)? Parse(SentCursor cursor)
    {
        if (cursor.Read() is not { } place) return null;
        return place.Split(':', 2) is [var rank, var key]
            && int.TryParse(rank, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed)
            ? (parsed, key)
            : throw cursor.NotOfThisList();
    }
}
