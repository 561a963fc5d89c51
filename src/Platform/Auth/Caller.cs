using Microsoft.AspNetCore.Http;

namespace BigTech.Platform.Auth;

/// <summary>Who is asking: a user in one of his sessions. Endpoints take it as a parameter.</summary>
/// <param name="SessionId">The sign-in that the access token belongs to.</param>
/// <param name="Username">As the token carries it.</param>
public sealed record Caller(long UserId, string SessionId, string Username)
{
    /// <summary>Binds the caller of a request whose endpoint requires authorization.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<Caller>());
}
