using BigTech.Contracts.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary>Users by id.</summary>
internal sealed record FindUsersQuestion(long[] Ids);

/// <summary>The users of a list whose names match a text.</summary>
internal sealed record FindAmongQuestion(long[] Ids, string Text);

/// <summary>The presence of several users, as one viewer may see it.</summary>
internal sealed record PresenceQuestion(long ViewerId, long[] Ids);

/// <summary>
/// The internal HTTP endpoints for other services: the interfaces that this context declares in Contracts. One file holds them all because
/// they are no use cases, only the other side of the client in <c>Remote</c>.
/// </summary>
internal static class UserInternalEndpoints
{
    public const string UsersPath = "/internal/users/find";
    public const string SearchPath = "/internal/users/find-among";
    public const string PresencePath = "/internal/presence/find";

    public static async Task<Ok<UserSummary[]>> HandleUsers(FindUsersQuestion question, IUserDirectory directory, CancellationToken ct) =>
        TypedResults.Ok<UserSummary[]>([.. await directory.Find(question.Ids, ct)]);

    public static async Task<Ok<UserMatch[]>> HandleSearch(FindAmongQuestion question, IUserSearch search, CancellationToken ct) =>
        TypedResults.Ok<UserMatch[]>([.. await search.FindAmong(question.Ids, question.Text, ct)]);

    public static async Task<Ok<OnlineStatus[]>> HandlePresence(
        PresenceQuestion question, IPresenceDirectory presence, CancellationToken ct) =>
        TypedResults.Ok<OnlineStatus[]>([.. await presence.Find(question.ViewerId, question.Ids, ct)]);
}
