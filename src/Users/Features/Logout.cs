using System.Text.Json.Serialization;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary>What to end beside the session of the access token.</summary>
/// <param name="RefreshToken">In place of an access token, as in RFC 7009: its session ends.</param>
/// <remarks>Unknown fields are refused: with a misspelt one the caller's own session would end alone.</remarks>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record LogoutRequest(string? RefreshToken = null) : IHasExample
{
    public static object Example => new LogoutRequest("the refresh_token of the last answer");
}

internal static class Logout
{
    public static async Task<NoContent> Handle(
        HttpContext context, SessionRepository sessions, AccessTokens tokens, BrowserSessions browsers, TimeProvider time,
        LogoutRequest? body = null)
    {
        var caller = context.Features.Get<Caller>();
        if (caller is null && body?.RefreshToken is null) throw BearerChallenge.For(context);
        tokens.ThrowIfNotRevocable();
        var now = time.GetDbNow();
        if (caller is not null)
        {
            var own = AccessTokens.SessionOf(caller);
            await sessions.End(caller.UserId, own, now);
            await tokens.Revoke(caller.UserId, [own]);
            RemoveCookie(context, browsers, caller.UserId, own);
        }
        // An unknown token is no error (RFC 7009, section 2.2): there is nothing left to end.
        if (body?.RefreshToken is { } token && await sessions.End(RefreshSecret.Presented(token), now) is { } session)
        {
            await tokens.Revoke(session.UserId, [session.Id]);
            RemoveCookie(context, browsers, session.UserId, session.Id);
        }
        return TypedResults.NoContent();
    }

    /// <summary>The cookie of a session that goes on stays.</summary>
    private static void RemoveCookie(HttpContext context, BrowserSessions browsers, long userId, long sessionId)
    {
        if (BrowserSessionCookie.Find(context.Request) is { } cookie && browsers.IsOf(cookie, userId, sessionId))
        {
            BrowserSessionCookie.Remove(context);
        }
    }
}
