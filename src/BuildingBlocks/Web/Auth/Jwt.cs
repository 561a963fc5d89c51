using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BigTech.BuildingBlocks.Web.Auth;

/// <summary>The claims of an access token.</summary>
public sealed record AccessClaims(long UserId, string SessionId, string Username, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);

/// <summary>A P-256 key with the id under which JWKS publishes it.</summary>
public sealed record SigningKey(string Id, ECDsa Key);

/// <summary>
/// Access tokens: JWTs (RFC 7519) signed with ES256, of type <c>at+jwt</c> (RFC 9068). Microsoft.IdentityModel writes and verifies them.
/// The algorithm and the type are pinned and every claim is checked, as RFC 8725 requires: a token never selects how it is verified.
/// </summary>
public static class Jwt
{
    public const string Issuer = "bigtech-chat";
    public const string Audience = "bigtech-chat";

    private const string Type = "at+jwt";
    private const int MaxTokenLength = 4096;
    private const long Year9999 = 253402300799;
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    // Decoding ignores white space and padding, so one signature would have many spellings, each cached separately.
    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    // A cache would keep keys that are retired and disposed.
    private static readonly CryptoProviderFactory Crypto = new() { CacheSignatureProviders = false };

    /// <summary>Signs an access token.</summary>
    public static string Sign(AccessClaims claims, SigningKey key) => Handler.CreateToken(new SecurityTokenDescriptor
    {
        TokenType = Type,
        Issuer = Issuer,
        Audience = Audience,
        IssuedAt = claims.IssuedAt.UtcDateTime,
        Expires = claims.ExpiresAt.UtcDateTime,
        Claims = new Dictionary<string, object>
        {
            ["sub"] = claims.UserId.ToString(CultureInfo.InvariantCulture),
            ["sid"] = claims.SessionId,
            ["username"] = claims.Username,
            ["jti"] = Guid.CreateVersion7(claims.IssuedAt).ToString("N"),
        },
        SigningCredentials = new SigningCredentials(KeyOf(key.Key, key.Id), SecurityAlgorithms.EcdsaSha256),
    });

    /// <summary>The claims of a token that is genuine and valid at <paramref name="now"/>; null otherwise.</summary>
    /// <param name="findKey">Returns the public key of a key id; null when there is none.</param>
    public static AccessClaims? Verify(string token, Func<string, ECDsa?> findKey, DateTimeOffset now)
    {
        if (token.Length > MaxTokenLength || token.AsSpan().ContainsAnyExcept(Alphabet) || token.Split('.') is not [var header, var payload,
            _])
        {
            return null;
        }
        if (Read(header,
            JwtJson.Default.JwtHeader) is not { Crit.ValueKind: JsonValueKind.Undefined } head || findKey(head.Kid) is not { } key)
        {
            return null;
        }
        var verification = Handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = Issuer,
            ValidAudience = Audience,
            ValidTypes = [Type],
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            IssuerSigningKey = KeyOf(key, head.Kid),
            TryAllIssuerSigningKeys = false,
            // The library also accepts times as text, and applies the clock skew of the start to the expiry as well.
            ValidateLifetime = false,
        });
        // The key is at hand, so the task has completed.
        return verification.GetAwaiter().GetResult().IsValid && Read(payload, JwtJson.Default.JwtPayload) is { } claims
            ? InForce(claims, now)
            : null;
    }

    private static AccessClaims? InForce(JwtPayload claims, DateTimeOffset now)
    {
        var latest = (now + ClockSkew).ToUnixTimeSeconds();
        if (!long.TryParse(claims.Sub, NumberStyles.None, CultureInfo.InvariantCulture, out var userId) || claims.Sid.Length == 0)
        {
            return null;
        }
        if (claims.Iat < 0 || claims.Iat > latest || claims.Nbf > latest || claims.Exp <= now.ToUnixTimeSeconds() || claims.Exp > Year9999)
        {
            return null;
        }
        return new AccessClaims(
            userId, claims.Sid, claims.Username, DateTimeOffset.FromUnixTimeSeconds(claims.Iat),
            DateTimeOffset.FromUnixTimeSeconds(claims.Exp));
    }

    private static ECDsaSecurityKey KeyOf(ECDsa key, string id) => new(key) { KeyId = id, CryptoProviderFactory = Crypto };

    private static T? Read<T>(string part, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            // The library and the deserializer ignore duplicate names.
            using var document = JsonDocument.Parse(
                Base64Url.DecodeFromChars(part), new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.Deserialize(type);
        }
        // InvalidOperationException: a lone surrogate in a name.
        catch (Exception error) when (error is FormatException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

internal sealed record JwtHeader(string Kid, JsonElement Crit = default);

/// <summary>The claims in the only accepted form: the audience is one string, times are numbers.</summary>
internal sealed record JwtPayload(string Aud, string Sub, string Sid, string Username, long Iat, long Exp, long? Nbf = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(JwtHeader))]
[JsonSerializable(typeof(JwtPayload))]
internal sealed partial class JwtJson : JsonSerializerContext;
