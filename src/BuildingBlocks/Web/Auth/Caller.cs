using Microsoft.AspNetCore.Http;

namespace BigTech.BuildingBlocks.Web.Auth;

/// <summary>The caller: a user in one of their sessions. Endpoints take it as a parameter.</summary>
public sealed record Caller(long UserId, string SessionId, string Username) : UserSession(UserId, SessionId, Username)
{
    /// <summary>The user id in the keys of counters: made once for each token, not for each request.</summary>
    public string UserKey { get; } = UserId.ToString(CultureInfo.InvariantCulture);

    /// <summary>Binds the caller of a request whose endpoint requires authorization.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<Caller>());
}
