using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace BigTech.Users.Domain;

/// <summary>What a mailed secret is good for.</summary>
internal enum TokenPurpose
{
    PasswordReset,
    Verification,

    /// <summary>The verification of an address whose account does not exist yet.</summary>
    Registration,
}

/// <summary>The secret in a mail: who has it reads the mails of an address. The server stores only its hash.</summary>
internal sealed class MailToken
{
    private MailToken(string text)
    {
        Text = text;
        Hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
    }

    public string Text { get; }

    // A plain hash is enough: the secret is the output of a MAC and cannot be guessed.
    public byte[] Hash { get; }

    /// <summary>
    /// The secret of a mail. It can be computed again with the key, so a second attempt to send the mail carries the same one, and neither
    /// the outbox nor a backup of it holds anything that could be presented.
    /// </summary>
    public static MailToken Create(byte[] key, string mailId) =>
        new(Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(mailId))));

    /// <summary>The secret that a client presents, valid or not.</summary>
    public static MailToken Presented(string text) => new(text);
}
