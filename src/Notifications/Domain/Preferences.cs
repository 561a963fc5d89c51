namespace BigTech.Notifications.Domain;

/// <summary>Which notifications a user wants, and when.</summary>
/// <param name="Unwanted">The unwanted kinds, as a bit mask of their numbers.</param>
internal sealed record Preferences(long Unwanted, QuietHours? QuietHours)
{
    /// <summary>The preferences of a user who has set none.</summary>
    public static Preferences Default { get; } = new(0, null);

    /// <summary>With some kinds wanted or not; the others stay as they are.</summary>
    public Preferences With(IEnumerable<(NotificationKind Kind, bool IsWanted)> kinds) => this with
    {
        Unwanted = kinds.Aggregate(Unwanted, (bits, kind) => kind.IsWanted ? bits & ~Bit(kind.Kind) : bits | Bit(kind.Kind)),
    };

    public static long Bit(NotificationKind kind) => 1L << (int)kind;

    public bool Wants(NotificationKind kind) => (Unwanted & Bit(kind)) == 0;

    public bool IsQuiet(DateTimeOffset now) => QuietHours?.Contain(now) ?? false;
}

/// <summary>A room whose messages do not notify a user.</summary>
/// <param name="Until">Null: until the user removes it.</param>
internal sealed record Mute(long RoomId, DateTimeOffset? Until);
