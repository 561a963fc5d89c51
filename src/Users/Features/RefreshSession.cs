using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

internal sealed record RefreshRequest(string? RefreshToken) : IHasExample
{
    public static object Example => new RefreshRequest("the refresh_token of the last answer");
}

internal sealed partial class RefreshSession(
    SessionRepository sessions, AccessTokens tokens, UsersOptions options, TimeProvider time, ILogger<RefreshSession> logger)
{
    public static async Task<Ok<TokenResponse>> Handle(RefreshRequest body, RefreshSession refresh)
    {
        var errors = new ValidationErrors();
        var token = errors.TakeRequired("refresh_token", body.RefreshToken);
        errors.ThrowIfAny();
        return TypedResults.Ok(await refresh.Run(RefreshSecret.Presented(token)));
    }

    private async Task<TokenResponse> Run(RefreshSecret presented)
    {
        tokens.ThrowIfNotRevocable();
        var next = RefreshSecret.Create();
        var (outcome, session, user) = await sessions.Renew(presented, next, time.GetDbNow(), options.RefreshTokenLifetime);
        if (outcome == Renewal.Renewed) return tokens.Issue(user!, session!, next);
        if (outcome == Renewal.Refused)
        {
            throw AppError.Unauthorized("invalid_refresh_token", "The refresh token is not valid, has expired, or its session has ended.");
        }
        LogReuse(session!.UserId, session.Id);
        await tokens.Revoke([session.Id]);
        throw AppError.Unauthorized("refresh_token_reused", "The refresh token was used before, so its session has ended. Sign in again.");
    }

    [LoggerMessage(1, LogLevel.Warning, "Refresh token reuse by user {UserId}; session {SessionId} revoked")]
    private partial void LogReuse(long userId, long sessionId);
}
