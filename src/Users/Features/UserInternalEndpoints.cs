using BigTech.Contracts.Users;

namespace BigTech.Users.Features;

/// <summary>Users by id.</summary>
internal sealed record FindUsersQuestion(long[] Ids);

/// <summary>The users of a list whose names match a text.</summary>
internal sealed record FindAmongQuestion(long[] Ids, string Text);

/// <summary>The presence of several users, as one viewer may see it.</summary>
internal sealed record PresenceQuestion(long ViewerId, long[] Ids);

/// <summary>The internal HTTP endpoints for other services: the interfaces that this context declares in Contracts.</summary>
internal static class UserInternalEndpoints
{
    public const string UsersPath = "/internal/users/find";
    public const string SearchPath = "/internal/users/find-among";
    public const string PresencePath = "/internal/presence/find";

    public static async Task<UserSummary[]> FindUsers(FindUsersQuestion question, IUserDirectory directory, CancellationToken ct) =>
        [.. await directory.Find(question.Ids, ct)];

    public static async Task<UserMatch[]> FindAmong(FindAmongQuestion question, IUserSearch search, CancellationToken ct) =>
        [.. await search.FindAmong(question.Ids, question.Text, ct)];

    public static async Task<OnlineStatus[]> FindPresence(PresenceQuestion question, IPresenceDirectory presence, CancellationToken ct) =>
        [.. await presence.Find(question.ViewerId, question.Ids, ct)];
}
