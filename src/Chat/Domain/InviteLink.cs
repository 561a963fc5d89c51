using System.Buffers.Text;
using System.Security.Cryptography;

namespace BigTech.Chat.Domain;

/// <summary>A link by which anybody who has it joins a group.</summary>
/// <param name="Code">What the link is known by; nobody guesses it.</param>
/// <param name="MaxUses">How many may join by it; null when it does not matter.</param>
internal sealed record InviteLink(
    string Code, long RoomId, long CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, long? MaxUses, long Uses)
{
    public const int MostOfARoom = 50;

    private const int CodeBytes = 16;

    public static readonly TimeSpan ShortestLife = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan UsualLife = TimeSpan.FromDays(7);
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(365);

    public static InviteLink Create(long roomId, long createdBy, DateTimeOffset now, TimeSpan life, long? maxUses) => new(
        Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(CodeBytes)), roomId, createdBy, now, now + life, maxUses, 0);

    /// <summary>Whether somebody may join by it.</summary>
    public bool IsOpen(DateTimeOffset now) => now < ExpiresAt && (MaxUses is null || Uses < MaxUses);

    public InviteLink Use() => this with { Uses = Uses + 1 };
}
