using System.Buffers.Text;
using System.Security.Cryptography;

namespace BigTech.Chat.Domain;

/// <summary>A link by which users join a group.</summary>
/// <param name="Id">Identifies the link to the admins of the group.</param>
/// <param name="Code">Identifies the link to its holders; too long to be guessed.</param>
/// <param name="MaxUses">How many users may join by it; null is no limit.</param>
internal sealed record InviteLink(
    long Id, string Code, long RoomId, long CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, long? MaxUses, long Uses)
{
    public const int MaxPerRoom = 50;
    public const int MaxKeptPerRoom = 500;
    public const int DefaultHours = 7 * 24;
    public const int MaxHours = 365 * 24;

    private const int CodeBytes = 16;

    /// <summary>How long after the end of a link a member who joined by it may repeat the request.</summary>
    public static readonly TimeSpan RepeatPeriod = TimeSpan.FromDays(1);

    /// <summary>A new link; the store assigns its id.</summary>
    public static InviteLink Create(long roomId, long createdBy, DateTimeOffset now, long hours, long? maxUses) => new(
        0, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(CodeBytes)), roomId, createdBy, now, now.AddHours(hours), maxUses, 0);

    /// <summary>Whether a user who is not a member may join by it.</summary>
    public bool IsOpen(DateTimeOffset now) => now < ExpiresAt && (MaxUses is null || Uses < MaxUses);

    /// <summary>Counts a use. The last one ends the link.</summary>
    public InviteLink Use(DateTimeOffset now) => this with { Uses = Uses + 1, ExpiresAt = Uses + 1 == MaxUses ? now : ExpiresAt };

    /// <summary>A link that is revoked expires at that moment.</summary>
    public InviteLink Revoke(DateTimeOffset now) => this with { ExpiresAt = now };
}
