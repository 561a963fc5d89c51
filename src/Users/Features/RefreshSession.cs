using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

internal sealed record RefreshRequest(string? RefreshToken) : IHasExample
{
    public static object Example => new RefreshRequest("the refresh_token of the last answer");
}

internal static partial class RefreshSession
{
    public static async Task<Ok<TokenResponse>> Handle(
        RefreshRequest body, ClientInfo client, HttpResponse response, [AsParameters] SignInServices signIn, ILoggerFactory loggers,
        CancellationToken ct)
    {
        var errors = new ValidationErrors();
        var token = errors.TakeRequired("refresh_token", body.RefreshToken);
        errors.ThrowIfAny();
        signIn.Tokens.ThrowIfNotRevocable();
        var presented = RefreshSecret.Presented(token);
        if (await signIn.Sessions.FindSession(presented, ct) is { } known) await signIn.Limits.TakeRenewal(response, known, ct);
        var next = signIn.Tokens.SuccessorOf(presented);
        var (outcome, session, user) = await signIn.Sessions.Renew(presented, next, signIn.Time.GetDbNow(), signIn.Rules);
        if (outcome is Renewal.Renewed or Renewal.Repeated) return TypedResults.Ok(signIn.Tokens.Issue(user!, session!, next));
        if (outcome == Renewal.Reused)
        {
            LogReuse(loggers.CreateLogger(typeof(RefreshSession)), session!.UserId, session.Id);
            await signIn.Tokens.Revoke([session.Id]);
        }
        await signIn.Limits.TakeFailedRenewal(response, client, ct);
        throw outcome == Renewal.Reused
            ? AppError.Unauthorized("refresh_token_reused", "The refresh token was used before, so its session has ended. Sign in again.")
            : AppError.Unauthorized("invalid_refresh_token", "The refresh token is not valid, has expired, or its session has ended.");
    }

    [LoggerMessage(1, LogLevel.Warning, "Refresh token reuse by user {UserId}; session {SessionId} revoked")]
    private static partial void LogReuse(ILogger logger, long userId, long sessionId);
}
