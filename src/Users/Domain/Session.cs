namespace BigTech.Users.Domain;

/// <summary>The client that opened a session, as shown to the user in the list.</summary>
internal sealed record Device(string? UserAgent, string? Address);

/// <summary>The outcome of a session renewal.</summary>
internal enum Renewal
{
    Renewed,

    /// <summary>The token or its session has expired or ended; nothing changed.</summary>
    Refused,

    /// <summary>The token had been used before, so one of its two holders is an attacker: the session has ended.</summary>
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
    public static Session Open(long userId, Device device, DateTimeOffset now, TimeSpan lifetime) =>
        new(0, userId, device, now, now, now + lifetime, null);

    public bool IsActive(DateTimeOffset now) => EndedAt is null && ExpiresAt > now;

    public Session End(DateTimeOffset now) => EndedAt is null ? this with { EndedAt = now } : this;

    /// <summary>Renews the session with one of its tokens, which can then not be used again.</summary>
    public (Renewal Outcome, Session Session) Renew(RefreshToken presented, DateTimeOffset now, TimeSpan lifetime)
    {
        if (presented.SessionId != Id) throw new ArgumentException("The token belongs to another session.", nameof(presented));
        if (!IsActive(now)) return (Renewal.Refused, this);
        if (presented.UsedAt is not null) return (Renewal.Reused, End(now));
        if (presented.ExpiresAt <= now) return (Renewal.Refused, this);
        return (Renewal.Renewed, this with { LastUsedAt = now, ExpiresAt = now + lifetime });
    }
}
