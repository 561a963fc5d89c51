using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace BigTech.Users.Domain;

/// <summary>The secret that a client holds to renew its session. The server keeps only its hash.</summary>
internal sealed class RefreshSecret
{
    private const int SecretBytes = 32;

    private RefreshSecret(string text)
    {
        Text = text;
        Hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
    }

    public string Text { get; }

    // A plain hash is enough: the secret has 256 random bits, so there is nothing to guess.
    public byte[] Hash { get; }

    public static RefreshSecret Create() => new(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes)));

    /// <summary>What a client presents, genuine or not.</summary>
    public static RefreshSecret Presented(string text) => new(text);
}

/// <summary>One link in the chain of a session's refresh tokens. A used one is kept, so that a second use is noticed.</summary>
internal sealed record RefreshToken(long SessionId, DateTimeOffset ExpiresAt, DateTimeOffset? UsedAt);
