using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace BigTech.Users.Domain;

/// <summary>The secret with which a client renews its session. The server stores only its hash.</summary>
internal sealed class RefreshSecret
{
    private const int SecretBytes = 32;

    private RefreshSecret(string text)
    {
        Text = text;
        Hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
    }

    public string Text { get; }

    // A plain hash is enough: the secret has 256 random bits and cannot be guessed.
    public byte[] Hash { get; }

    public static RefreshSecret Create() => new(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes)));

    /// <summary>
    /// The one that follows this one. It can be computed again with the key, so a repeated renewal gets the same answer and nothing that
    /// could be presented is stored.
    /// </summary>
    public RefreshSecret Successor(byte[] key) => new(Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(Text))));

    /// <summary>The secret that a client presents, valid or not.</summary>
    public static RefreshSecret Presented(string text) => new(text);
}

/// <summary>One refresh token in the chain of a session. A used one is kept, so that a second use is detected.</summary>
internal sealed record RefreshToken(long SessionId, DateTimeOffset ExpiresAt, DateTimeOffset? UsedAt);
