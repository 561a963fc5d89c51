using System.Globalization;
using BigTech.Platform;
using BigTech.Platform.Auth;
using BigTech.Users.Domain;
using BigTech.Users.Storage;

namespace BigTech.Users.Features;

/// <summary>Makes access tokens, and ends them before their time.</summary>
internal sealed class AccessTokens(SigningKeys keys, ISessionRevocations revocations, UsersOptions options, TimeProvider time)
{
    // A request that was renewing the session as it ended may have got a token a moment later.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>How long after the end of a session a token of it may still be about.</summary>
    public TimeSpan RevocationTime => options.AccessTokenLifetime + Margin;

    /// <summary>What a client gets to work with: after a sign-in and after every renewal.</summary>
    public TokenResponse Issue(User user, Session session, RefreshSecret refresh)
    {
        var now = time.GetUtcNow();
        var claims = new AccessClaims(user.Id, IdOf(session.Id), user.Username.Value, now, now + options.AccessTokenLifetime);
        return new TokenResponse(keys.Sign(claims), refresh.Text, "bearer", (int)options.AccessTokenLifetime.TotalSeconds, user.Id);
    }

    /// <summary>Asked before a session begins, goes on or ends: each is refused while an end of it could not be told.</summary>
    /// <exception cref="AppError">503: other replicas cannot be told now; nothing was done.</exception>
    public void ThrowIfNotRevocable() => revocations.EnsureAvailable();

    /// <summary>Refuses the access tokens of sessions from now on, everywhere. The store must know of their end already.</summary>
    /// <exception cref="AppError">503: other replicas could not be told. They will be, for the store knows.</exception>
    public Task Revoke(IEnumerable<long> sessions) => revocations.Publish([.. sessions.Select(id => new RevokedSession(IdOf(id), RevocationTime))]);

    /// <summary>Refuses the access tokens of sessions that ended a while ago.</summary>
    /// <exception cref="AppError">503: other replicas could not be told.</exception>
    public Task RevokeAgain(IEnumerable<(long Id, DateTimeOffset EndedAt)> sessions)
    {
        var now = time.GetUtcNow();
        return revocations.Publish([.. sessions.Select(session => new RevokedSession(IdOf(session.Id), session.EndedAt + RevocationTime - now))]);
    }

    /// <summary>The session of a caller, as the store knows it.</summary>
    public static long SessionOf(Caller caller) => long.Parse(caller.SessionId, NumberStyles.None, CultureInfo.InvariantCulture);

    private static string IdOf(long sessionId) => sessionId.ToString(CultureInfo.InvariantCulture);
}

/// <param name="ExpiresIn">Seconds for which the access token is good.</param>
internal sealed record TokenResponse(string AccessToken, string RefreshToken, string TokenType, int ExpiresIn, long UserId);
