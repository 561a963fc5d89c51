namespace BigTech.Notifications.Domain;

/// <summary>What a user wants to be told of, and when.</summary>
/// <param name="Unwanted">The kinds that he does not want, as the bits of their numbers.</param>
internal sealed record Preferences(long Unwanted, QuietHours? QuietHours)
{
    /// <summary>Those of somebody who never said.</summary>
    public static Preferences Default { get; } = new(0, null);

    public static Preferences Without(IEnumerable<NotificationKind> unwanted, QuietHours? quietHours) =>
        new(unwanted.Aggregate(0L, (bits, kind) => bits | Bit(kind)), quietHours);

    public static long Bit(NotificationKind kind) => 1L << (int)kind;

    public bool Wants(NotificationKind kind) => (Unwanted & Bit(kind)) == 0;

    public bool IsQuiet(DateTimeOffset now) => QuietHours?.Contain(now) ?? false;
}

/// <summary>A room that a user wants to hear nothing of.</summary>
/// <param name="Until">Null: until he says otherwise.</param>
internal sealed record Mute(long RoomId, DateTimeOffset? Until);
