using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace BigTech.Users.Passwords;

/// <summary>
/// Device tokens: the proof that a user has signed in on a device before. It opens nothing; it only keeps the failures of others from
/// locking its user out. Nothing is stored: a token holds its user, its device and its end, signed.
/// </summary>
/// <param name="key">Shared by replicas.</param>
internal sealed class DeviceTokens(byte[] key, TimeSpan lifetime, TimeProvider time)
{
    // The version, the user, the end in seconds, the device.
    private const byte Version = 1;
    private const int UserAt = 1, EndAt = 9, DeviceAt = 17, SignatureAt = 33, Length = SignatureAt + HMACSHA256.HashSizeInBytes;

    public TimeSpan Lifetime => lifetime;

    /// <summary>Issues a token.</summary>
    /// <param name="device">A device that the user has had; null for a new one.</param>
    public string Issue(long userId, Guid? device)
    {
        Span<byte> token = stackalloc byte[Length];
        token[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(token[UserAt..], userId);
        BinaryPrimitives.WriteInt64BigEndian(token[EndAt..], (time.GetUtcNow() + lifetime).ToUnixTimeSeconds());
        (device ?? Guid.NewGuid()).TryWriteBytes(token[DeviceAt..]);
        HMACSHA256.HashData(key, token[..SignatureAt], token[SignatureAt..]);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>The device of a token; null if it is not genuine, has expired, or is another user's.</summary>
    public Guid? DeviceOf(string? presented, long userId)
    {
        Span<byte> token = stackalloc byte[Length];
        if (Base64Url.DecodeFromChars(presented, token, out _, out var length) != OperationStatus.Done || length != Length) return null;
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, token[..SignatureAt], signature);
        if (!CryptographicOperations.FixedTimeEquals(signature, token[SignatureAt..])) return null;
        var isValid = token[0] == Version
            && BinaryPrimitives.ReadInt64BigEndian(token[UserAt..]) == userId
            && BinaryPrimitives.ReadInt64BigEndian(token[EndAt..]) > time.GetUtcNow().ToUnixTimeSeconds();
        return isValid ? new Guid(token[DeviceAt..SignatureAt]) : null;
    }
}
