using BigTech.BuildingBlocks.Web.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

internal static class OpenBrowserSession
{
    public static async Task<NoContent> Handle(HttpContext context, Caller caller, BrowserSessions browsers, CancellationToken ct)
    {
        // The session may have ended a moment ago.
        if (await browsers.Issue(caller.UserId, AccessTokens.SessionOf(caller), ct) is not var (value, maxAge))
        {
            throw BearerChallenge.For(context);
        }
        BrowserSessionCookie.Set(context, value, maxAge);
        return TypedResults.NoContent();
    }
}
