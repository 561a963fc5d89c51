using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Users.Domain;
using BigTech.Users.Presence;
using BigTech.Users.Storage;

namespace BigTech.Users.Features;

/// <summary>Issues the tokens of sessions, and revokes them.</summary>
internal sealed class AccessTokens(
    SigningKeys keys, ServerKey server, ISessionRevocations revocations, IPresenceService presence, UsersOptions options,
    TimeProvider time)
{
    private readonly byte[] _refreshKey = server.For("refresh tokens");

    // A concurrent renewal may issue a token shortly after the session has ended.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>How long after the end of a session one of its tokens may still be in use.</summary>
    public TimeSpan RevocationTime => options.AccessTokenLifetime + Margin;

    /// <summary>The tokens that a client gets after a sign-in and after every renewal.</summary>
    public TokenResponse Issue(User user, Session session, RefreshSecret refresh)
    {
        var now = time.GetUtcNow();
        // A session ends at the latest when it is too old, and its tokens with it.
        var left = session.ExpiresAt - now;
        var lifetime = left < options.AccessTokenLifetime ? left : options.AccessTokenLifetime;
        var claims = new AccessClaims(user.Id, IdOf(session.Id), user.Username.Value, now, now + lifetime);
        return new TokenResponse(keys.Sign(claims), refresh.Text, TokenResponse.Bearer, (int)lifetime.TotalSeconds, user.Id);
    }

    /// <summary>The refresh token that is given in exchange for another.</summary>
    public RefreshSecret SuccessorOf(RefreshSecret refresh) => refresh.Successor(_refreshKey);

    /// <summary>Called before a session is opened, renewed or ended: not allowed while a revocation cannot be published.</summary>
    /// <exception cref="AppError">503: other replicas are unavailable; nothing was done.</exception>
    public void ThrowIfNotRevocable() => revocations.EnsureAvailable();

    /// <summary>
    /// Revokes the access tokens of a user's sessions on all replicas, and what keeps the user online by them. The end of the sessions must
    /// be stored already.
    /// </summary>
    /// <exception cref="AppError">503: other replicas are unavailable. They get the revocation later, because it is stored.</exception>
    public async Task Revoke(long userId, IEnumerable<long> sessions)
    {
        var ended = sessions.Select(IdOf).ToList();
        await revocations.Publish([.. ended.Select(id => new RevokedSession(id, RevocationTime))]);
        await presence.EndSessions(userId, ended);
    }

    /// <summary>Revokes the access tokens of sessions that ended earlier.</summary>
    /// <exception cref="AppError">503: other replicas are unavailable.</exception>
    public Task RevokeAgain(IEnumerable<(long Id, DateTimeOffset EndedAt)> sessions)
    {
        var now = time.GetUtcNow();
        return revocations.Publish(
            [.. sessions.Select(session => new RevokedSession(IdOf(session.Id), session.EndedAt + RevocationTime - now))]);
    }

    /// <summary>The id of a caller's session in the store.</summary>
    public static long SessionOf(Caller caller) => long.Parse(caller.SessionId, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>The id of a session in tokens.</summary>
    public static string IdOf(long sessionId) => sessionId.ToString(CultureInfo.InvariantCulture);
}
