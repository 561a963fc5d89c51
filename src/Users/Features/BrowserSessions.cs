using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Users.Storage;

namespace BigTech.Users.Features;

/// <summary>
/// The values of browsers' cookies: a signed reference to a session, without an end of its own. Nothing is stored, and the signing keys of
/// access tokens do not matter: it lives and ends with the session.
/// </summary>
internal sealed class BrowserSessions(
    ServerKey server, SessionRepository sessions, UsersOptions options, TimeProvider time) : IBrowserSessions
{
    // The version, the user, the session, its beginning: a restored backup may give its id to another session.
    private const byte Version = 1;
    private const int UserAt = 1, SessionAt = 9, BeginningAt = 17, SignatureAt = 25, Length = SignatureAt + HMACSHA256.HashSizeInBytes;

    private readonly byte[] _key = server.For("browser sessions");

    /// <summary>The value for an open session, and how long the session can last at most; null if it has ended.</summary>
    public async Task<(string Value, TimeSpan MaxAge)?> Issue(long userId, long sessionId, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (await sessions.FindOpen(userId, sessionId, now, ct) is not { } open) return null;
        return (Write(userId, open), open.CreatedAt.AddDays(options.SessionDays) - now);
    }

    /// <inheritdoc/>
    public async Task<BrowserSession?> Find(string cookie, CancellationToken ct)
    {
        if (Read(cookie) is not var (userId, sessionId, beginning)) return null;
        var now = time.GetUtcNow();
        if (await sessions.FindOpen(userId, sessionId, now, ct) is not { } open || Micros(open.CreatedAt) != beginning) return null;
        var left = open.ExpiresAt - now;
        var goodFor = left < options.AccessTokenLifetime ? left : options.AccessTokenLifetime;
        return new BrowserSession(userId, AccessTokens.IdOf(sessionId), open.Username, (int)goodFor.TotalSeconds);
    }

    /// <summary>Whether a value is genuine and of this user's session, which may have ended.</summary>
    public bool IsOf(string cookie, long userId, long? sessionId = null) =>
        Read(cookie) is var (user, session, _) && user == userId && (sessionId is null || session == sessionId);

    private string Write(long userId, OpenSession session)
    {
        Span<byte> value = stackalloc byte[Length];
        value[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(value[UserAt..], userId);
        BinaryPrimitives.WriteInt64BigEndian(value[SessionAt..], session.Id);
        BinaryPrimitives.WriteInt64BigEndian(value[BeginningAt..], Micros(session.CreatedAt));
        HMACSHA256.HashData(_key, value[..SignatureAt], value[SignatureAt..]);
        return Base64Url.EncodeToString(value);
    }

    private (long UserId, long SessionId, long Beginning)? Read(string cookie)
    {
        Span<byte> value = stackalloc byte[Length];
        if (Base64Url.DecodeFromChars(cookie, value, out _, out var length) != OperationStatus.Done || length != Length) return null;
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, value[..SignatureAt], signature);
        if (!CryptographicOperations.FixedTimeEquals(signature, value[SignatureAt..]) || value[0] != Version) return null;
        return (
            BinaryPrimitives.ReadInt64BigEndian(value[UserAt..]), BinaryPrimitives.ReadInt64BigEndian(value[SessionAt..]),
            BinaryPrimitives.ReadInt64BigEndian(value[BeginningAt..]));
    }

    private static long Micros(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
