using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

internal static class LogoutEverywhere
{
    public static async Task<NoContent> Handle(
        HttpContext context, Caller caller, SessionRepository sessions, AccessTokens tokens, BrowserSessions browsers, TimeProvider time)
    {
        tokens.ThrowIfNotRevocable();
        await tokens.Revoke(caller.UserId, await sessions.EndAll(caller.UserId, time.GetDbNow()));
        if (BrowserSessionCookie.Find(context.Request) is { } cookie && browsers.IsOf(cookie, caller.UserId))
        {
            BrowserSessionCookie.Remove(context);
        }
        return TypedResults.NoContent();
    }
}
