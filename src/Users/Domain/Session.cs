namespace BigTech.Users.Domain;

/// <summary>The client that opened a session, as shown to the user in the list.</summary>
internal sealed record Device(string? UserAgent, string? Address);

/// <summary>The limits of sessions.</summary>
/// <param name="Lifetime">How long a session lives without a renewal.</param>
/// <param name="MaxAge">How long it lives whatever its renewals.</param>
/// <param name="RefreshGrace">How long a renewal may be repeated while the token that it gave is unused; zero: never.</param>
/// <param name="MaxPerUser">The open sessions of one user; beyond, the oldest ends.</param>
internal sealed record SessionRules(TimeSpan Lifetime, TimeSpan MaxAge, TimeSpan RefreshGrace, int MaxPerUser);

/// <summary>The outcome of a session renewal.</summary>
internal enum Renewal
{
    Renewed,

    /// <summary>The token was used a moment ago, and its successor not yet: the same successor is given again, nothing changed.</summary>
    Repeated,

    /// <summary>The token or its session has expired or ended; nothing changed.</summary>
    Refused,

    /// <summary>
    /// The token had been used before and its successor too, or long ago, so one of its two holders is an attacker: the session has ended.
    /// </summary>
    Reused,
}

/// <summary>One sign-in of a user on one device, with all refresh tokens that descend from it.</summary>
/// <param name="Id">0 until the store assigns it.</param>
/// <param name="ExpiresAt">When it ends without a renewal.</param>
/// <param name="EndedAt">When it was ended explicitly.</param>
internal sealed record Session(
    long Id, long UserId, Device Device, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt, DateTimeOffset ExpiresAt,
    DateTimeOffset? EndedAt)
{
    public static Session Open(long userId, Device device, DateTimeOffset now, SessionRules rules) =>
        new(0, userId, device, now, now, Expiry(now, now, rules), null);

    public bool IsActive(DateTimeOffset now) => EndedAt is null && ExpiresAt > now;

    public Session End(DateTimeOffset now) => EndedAt is null ? this with { EndedAt = now } : this;

    /// <summary>Renews the session with one of its tokens, which then only leads to the same successor, and not for long.</summary>
    /// <param name="successor">The token that <paramref name="presented"/> was exchanged for, if it was.</param>
    public (Renewal Outcome, Session Session) Renew(
        RefreshToken presented, RefreshToken? successor, DateTimeOffset now, SessionRules rules)
    {
        if (presented.SessionId != Id) throw new ArgumentException("The token belongs to another session.", nameof(presented));
        if (!IsActive(now) || CreatedAt + rules.MaxAge <= now) return (Renewal.Refused, this);
        if (presented.UsedAt is { } usedAt)
        {
            return IsRepeat(usedAt, successor, now, rules) ? (Renewal.Repeated, this) : (Renewal.Reused, End(now));
        }
        if (presented.ExpiresAt <= now) return (Renewal.Refused, this);
        return (Renewal.Renewed, this with { LastUsedAt = now, ExpiresAt = Expiry(CreatedAt, now, rules) });
    }

    /// <summary>Two tabs renewed at once, or the answer was lost: the successor is unused, so this is the newest token but one.</summary>
    private bool IsRepeat(DateTimeOffset usedAt, RefreshToken? successor, DateTimeOffset now, SessionRules rules) =>
        successor is { UsedAt: null } && successor.SessionId == Id && rules.RefreshGrace > TimeSpan.Zero
            && now - usedAt <= rules.RefreshGrace;

    private static DateTimeOffset Expiry(DateTimeOffset createdAt, DateTimeOffset now, SessionRules rules)
    {
        var (idle, latest) = (now + rules.Lifetime, createdAt + rules.MaxAge);
        return idle < latest ? idle : latest;
    }
}
