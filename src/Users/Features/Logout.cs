using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

internal static class Logout
{
    public static async Task<NoContent> Handle(Caller caller, SessionRepository sessions, AccessTokens tokens, TimeProvider time)
    {
        tokens.ThrowIfNotRevocable();
        var session = AccessTokens.SessionOf(caller);
        await sessions.End(caller.UserId, session, time.GetDbNow());
        await tokens.Revoke([session]);
        return TypedResults.NoContent();
    }
}
