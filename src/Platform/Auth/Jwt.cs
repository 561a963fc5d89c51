using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BigTech.Platform.Auth;

/// <summary>What an access token says.</summary>
public sealed record AccessClaims(long UserId, string SessionId, string Username, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);

/// <summary>A P-256 key with the id under which JWKS publishes it.</summary>
public sealed record SigningKey(string Id, ECDsa Key);

/// <summary>
/// Access tokens: JWS compact serialization (RFC 7515) of a JWT (RFC 7519) with ES256, of type <c>at+jwt</c> (RFC 9068). The algorithm
/// and the type are pinned and every claim is checked, as RFC 8725 asks: a token never chooses how it is verified.
/// </summary>
public static class Jwt
{
    public const string Issuer = "bigtech-chat";
    public const string Audience = "bigtech-chat";

    private const string Algorithm = "ES256";
    private const string Type = "at+jwt";
    private const int LongestToken = 4096;
    private const int SignatureBytes = 64;
    private static readonly int SignatureLength = Base64Url.GetEncodedLength(SignatureBytes);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <summary>Signs an access token.</summary>
    public static string Sign(AccessClaims claims, SigningKey key)
    {
        var header = Encode(json =>
        {
            json.WriteString("alg", Algorithm);
            json.WriteString("typ", Type);
            json.WriteString("kid", key.Id);
        });
        var payload = Encode(json =>
        {
            json.WriteString("iss", Issuer);
            json.WriteString("aud", Audience);
            json.WriteString("sub", claims.UserId.ToString(System.Globalization.CultureInfo.InvariantCulture));
            json.WriteString("sid", claims.SessionId);
            json.WriteString("username", claims.Username);
            json.WriteNumber("iat", claims.IssuedAt.ToUnixTimeSeconds());
            json.WriteNumber("exp", claims.ExpiresAt.ToUnixTimeSeconds());
            json.WriteString("jti", Guid.CreateVersion7(claims.IssuedAt).ToString("N"));
        });
        var signed = $"{header}.{payload}";
        var signature = key.Key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>The claims of a token that is genuine and in force at <paramref name="now"/>; null otherwise.</summary>
    /// <param name="findKey">The public key of a key id; null when there is none.</param>
    public static AccessClaims? Verify(string token, Func<string, ECDsa?> findKey, DateTimeOffset now)
    {
        if (token.Length > LongestToken) return null;
        var parts = token.Split('.');
        // Decoding passes over white space and padding, which would give one signature any number of spellings, each remembered apart.
        if (parts.Length != 3 || parts[2].Length != SignatureLength) return null;
        try
        {
            using var header = Decode(parts[0]);
            if (Text(header, "alg") != Algorithm || Text(header, "typ") != Type || header.RootElement.TryGetProperty("crit", out _)) return null;
            if (Text(header, "kid") is not { } keyId || findKey(keyId) is not { } key) return null;
            var signature = Base64Url.DecodeFromChars(parts[2]);
            var signed = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
            if (signature.Length != SignatureBytes
                || !key.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)) return null;
            using var payload = Decode(parts[1]);
            return Claims(payload, now);
        }
        catch (Exception error) when (error is FormatException or JsonException or InvalidOperationException or CryptographicException)
        {
            return null;
        }
    }

    private static AccessClaims? Claims(JsonDocument payload, DateTimeOffset now)
    {
        if (Text(payload, "iss") != Issuer || Text(payload, "aud") != Audience) return null;
        if (!long.TryParse(Text(payload, "sub"), System.Globalization.NumberStyles.None, null, out var userId)) return null;
        if (Text(payload, "sid") is not { Length: > 0 } sessionId || Text(payload, "username") is not { } username) return null;
        if (Time(payload, "iat") is not { } issued || Time(payload, "exp") is not { } expires) return null;
        if (expires <= now || issued > now + ClockSkew) return null;
        if (Time(payload, "nbf") is { } notBefore && notBefore > now + ClockSkew) return null;
        return new AccessClaims(userId, sessionId, username, issued, expires);
    }

    private static string Encode(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return Base64Url.EncodeToString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    private static JsonDocument Decode(string part) =>
        JsonDocument.Parse(Base64Url.DecodeFromChars(part), new JsonDocumentOptions { AllowDuplicateProperties = false });

    private static string? Text(JsonDocument document, string name) =>
        document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static DateTimeOffset? Time(JsonDocument document, string name)
    {
        const long year9999 = 253402300799;
        return document.RootElement.TryGetProperty(name, out var value) && value.TryGetInt64(out var seconds) && seconds is >= 0 and <= year9999
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
    }
}
