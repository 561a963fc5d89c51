using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

internal static class EndSession
{
    public static async Task<NoContent> Handle(long id, Caller caller, SessionRepository sessions, AccessTokens tokens, TimeProvider time)
    {
        tokens.ThrowIfNotRevocable();
        var ended = await sessions.End(caller.UserId, id, time.GetDbNow());
        if (!ended) throw AccountErrors.SessionNotFound();
        await tokens.Revoke(caller.UserId, [id]);
        return TypedResults.NoContent();
    }
}
