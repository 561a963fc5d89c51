using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary>The session to renew.</summary>
/// <param name="RefreshToken">The <c>refresh_token</c> of the last answer.</param>
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
        if (await signIn.Sessions.FindSession(presented, signIn.Time.GetDbNow(), ct) is not var (session, isOpen))
        {
            await signIn.Limits.TakeUnknownToken(response, client, ct);
            throw AccountErrors.InvalidRefreshToken();
        }
        // The client must learn that it has to sign in again, however many of its network learn the same.
        if (!isOpen) throw AccountErrors.InvalidRefreshToken();
        var logger = loggers.CreateLogger(typeof(RefreshSession));
        return TypedResults.Ok(await signIn.Limits.Renew(response, session, () => Renew(presented, signIn, logger), ct));
    }

    private static async Task<TokenResponse> Renew(RefreshSecret presented, SignInServices signIn, ILogger logger)
    {
        var next = signIn.Tokens.SuccessorOf(presented);
        var (outcome, session, user) = await signIn.Sessions.Renew(presented, next, signIn.Time.GetDbNow(), signIn.Rules);
        if (outcome is Renewal.Renewed or Renewal.Repeated) return signIn.Tokens.Issue(user!, session!, next);
        if (outcome != Renewal.Reused) throw AccountErrors.InvalidRefreshToken();
        LogReuse(logger, session!.UserId, session.Id);
        await signIn.Tokens.Revoke(session.UserId, [session.Id]);
        throw AccountErrors.RefreshTokenReused();
    }

    [LoggerMessage(1, LogLevel.Warning, "Refresh token reuse by user {UserId}; session {SessionId} revoked")]
    private static partial void LogReuse(ILogger logger, long userId, long sessionId);
}
