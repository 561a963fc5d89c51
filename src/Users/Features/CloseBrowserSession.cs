using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

internal static class CloseBrowserSession
{
    public static NoContent Handle(HttpContext context)
    {
        BrowserSessionCookie.Remove(context);
        return TypedResults.NoContent();
    }
}
