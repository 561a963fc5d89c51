using BigTech.Contracts.Friends;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Friends.Features;

/// <summary>The users of a list who are friends of a user.</summary>
internal sealed record FindFriendsQuestion(long UserId, long[] Ids);

/// <summary>
/// The endpoints for other services: the HTTP form of the interface that this context declares in Contracts. One file holds them all,
/// because they are no use cases, only the other side of the client in <c>Remote</c>.
/// </summary>
internal static class FriendInternalEndpoints
{
    public const string FriendsPath = "/internal/friends/find";

    public static async Task<Ok<long[]>> HandleFriends(FindFriendsQuestion question, IFriendDirectory directory, CancellationToken ct) =>
        TypedResults.Ok<long[]>([.. await directory.FindFriends(question.UserId, question.Ids, ct)]);
}
