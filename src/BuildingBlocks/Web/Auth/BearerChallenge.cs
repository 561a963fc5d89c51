using Microsoft.AspNetCore.Http;

namespace BigTech.BuildingBlocks.Web.Auth;

/// <summary>The refusal of a request without a valid access token (RFC 6750, section 3).</summary>
public static class BearerChallenge
{
    /// <summary>Sets <c>WWW-Authenticate</c> and returns the error to respond with.</summary>
    public static AppError For(HttpContext context)
    {
        var presented = context.Request.Headers.Authorization.Count > 0;
        context.Response.Headers.WWWAuthenticate = presented ? "Bearer error=\"invalid_token\"" : "Bearer";
        return presented ? InvalidToken() : NotSignedIn();
    }

    internal static AppError InvalidToken() =>
        AppError.Unauthorized("invalid_token", "The access token is not valid, has expired, or its session has ended.");

    internal static AppError NotSignedIn() => AppError.Unauthorized("not_signed_in", "This needs a bearer token.");
}
