namespace BigTech.Notifications.Domain;

/// <summary>Which notifications a user wants, and when.</summary>
/// <param name="Unwanted">The unwanted kinds, as a bit mask of their numbers.</param>
internal sealed record Preferences(long Unwanted, QuietHours? QuietHours)
{
    /// <summary>The preferences of a user who has set none.</summary>
    public static Preferences Default { get; } = new(0, null);

    public static Preferences Without(IEnumerable<NotificationKind> unwanted, QuietHours? quietHours) =>
        new(unwanted.Aggregate(0L, (bits, kind) => bits | Bit(kind)), quietHours);

    public static long Bit(NotificationKind kind) => 1L << (int)kind;

    public bool Wants(NotificationKind kind) => (Unwanted & Bit(kind)) == 0;

    public bool IsQuiet(DateTimeOffset now) => QuietHours?.Contain(now) ?? false;
}

/// <summary>A room whose messages do not notify a user.</summary>
/// <param name="Until">Null: until the user removes it.</param>
internal sealed record Mute(long RoomId, DateTimeOffset? Until);
