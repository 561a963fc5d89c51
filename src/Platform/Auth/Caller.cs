using Microsoft.AspNetCore.Http;

namespace BigTech.Platform.Auth;

/// <summary>The caller: a user in one of their sessions. Endpoints take it as a parameter.</summary>
/// <param name="SessionId">The sign-in that the access token belongs to.</param>
/// <param name="Username">The username in the token.</param>
public sealed record Caller(long UserId, string SessionId, string Username)
{
    /// <summary>Binds the caller of a request whose endpoint requires authorization.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<Caller>());
}
