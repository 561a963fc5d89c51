using System.Buffers.Binary;
using System.Security.Cryptography;
using BigTech.Users.Domain;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace BigTech.Users.Passwords;

/// <summary>
/// Hashes and verifies passwords. A wrong password costs the same number of iterations whether the account is unknown, or has a hash of
/// today's cost or a cheaper one of earlier: the time tells nothing.
/// </summary>
internal sealed class PasswordHashing
{
    // The header of a hash (ASP.NET Core Identity): the format, and in the second format the iterations behind it.
    private const byte FirstFormat = 0, SecondFormat = 1;
    private const int IterationsAt = 5, HeaderLength = 13, IterationsOfFirstFormat = 1000;

    private readonly int _iterations;
    private readonly PasswordHasher<User> _hasher;
    private readonly Lazy<string> _dummyHash;
    private long _spent;

    public PasswordHashing(int iterations)
    {
        _iterations = iterations;
        _hasher = new PasswordHasher<User>(Options.Create(new PasswordHasherOptions { IterationCount = iterations }));
        _dummyHash = new Lazy<string>(() => Hash(RandomNumberGenerator.GetHexString(32)));
    }

    /// <summary>The iterations of all work so far.</summary>
    public long Spent => Volatile.Read(ref _spent);

    /// <summary>Prepares the hash that stands for those of unknown accounts.</summary>
    public void WarmUp() => _ = _dummyHash.Value;

    // The hasher ignores the user: its type only distinguishes kinds of hashers.
    public string Hash(string password)
    {
        Interlocked.Add(ref _spent, _iterations);
        return _hasher.HashPassword(null!, password);
    }

    /// <summary>Verifies a password.</summary>
    /// <param name="hash">Null for an unknown account.</param>
    public PasswordVerificationResult Verify(string? hash, string password)
    {
        var compared = hash ?? _dummyHash.Value;
        var iterations = IterationsOf(compared);
        Interlocked.Add(ref _spent, iterations);
        var result = _hasher.VerifyHashedPassword(null!, compared, password);
        if (hash is not null && result != PasswordVerificationResult.Failed) return result;
        Waste(_iterations - iterations, password);
        return PasswordVerificationResult.Failed;
    }

    private void Waste(int iterations, string password)
    {
        if (iterations <= 0) return;
        Span<byte> result = stackalloc byte[32];
        Interlocked.Add(ref _spent, iterations);
        Rfc2898DeriveBytes.Pbkdf2(password, result[..16], result, iterations, HashAlgorithmName.SHA512);
    }

    private static int IterationsOf(string hash)
    {
        var bytes = Convert.FromBase64String(hash);
        return bytes switch
        {
            [SecondFormat, ..] when bytes.Length > HeaderLength => (int)BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(IterationsAt)),
            [FirstFormat, ..] => IterationsOfFirstFormat,
            _ => 0,
        };
    }
}
