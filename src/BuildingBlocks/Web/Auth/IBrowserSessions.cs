namespace BigTech.BuildingBlocks.Web.Auth;

/// <summary>An open session that a browser's cookie stands for.</summary>
/// <param name="GoodForSeconds">
/// How long the answer may be used. If the session ends in that time, it is in the list of revoked sessions for longer.
/// </param>
public sealed record BrowserSession(long UserId, string SessionId, string Username, int GoodForSeconds);

/// <summary>The check of browsers' cookies, which open streams and files: only the User context knows which sessions are open.</summary>
public interface IBrowserSessions
{
    /// <summary>The open session of a cookie's value; null when the value is not genuine or its session has ended.</summary>
    Task<BrowserSession?> Find(string cookie, CancellationToken ct);
}
