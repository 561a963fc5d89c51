using BigTech.BuildingBlocks.Web.Auth;
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

/// <summary>The value of a browser's cookie.</summary>
internal sealed record BrowserSessionQuestion(string Cookie);

/// <summary>The session of a cookie; null when there is none.</summary>
internal sealed record BrowserSessionAnswer(BrowserSession? Session);

/// <summary>
/// The internal HTTP endpoints for other services: the interfaces that this context declares in Contracts. One file holds them all because
/// they are no use cases, only the other side of the client in <c>Remote</c>.
/// </summary>
internal static class UserInternalEndpoints
{
    public const string UsersPath = "/internal/users/find";
    public const string SearchPath = "/internal/users/find-among";
    public const string PresencePath = "/internal/presence/find";
    public const string BrowserSessionPath = "/internal/browser-sessions/find";

    public static async Task<Ok<UserSummary[]>> HandleUsers(FindUsersQuestion question, IUserDirectory directory, CancellationToken ct) =>
        TypedResults.Ok<UserSummary[]>([.. await directory.Find(question.Ids, ct)]);

    public static async Task<Ok<UserMatch[]>> HandleSearch(FindAmongQuestion question, IUserSearch search, CancellationToken ct) =>
        TypedResults.Ok<UserMatch[]>([.. await search.FindAmong(question.Ids, question.Text, ct)]);

    public static async Task<Ok<OnlineStatus[]>> HandlePresence(
        PresenceQuestion question, IPresenceDirectory presence, CancellationToken ct) =>
        TypedResults.Ok<OnlineStatus[]>([.. await presence.Find(question.ViewerId, question.Ids, ct)]);

    public static async Task<Ok<BrowserSessionAnswer>> HandleBrowserSession(
        BrowserSessionQuestion question, IBrowserSessions browsers, CancellationToken ct) =>
        TypedResults.Ok(new BrowserSessionAnswer(await browsers.Find(question.Cookie, ct)));
}
