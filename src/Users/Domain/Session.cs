namespace BigTech.Users.Domain;

/// <summary>Where a session was opened, as its owner will recognise it in the list.</summary>
internal sealed record Device(string? UserAgent, string? Address);

/// <summary>How the attempt to renew a session ended.</summary>
internal enum Renewal
{
    Renewed,

    /// <summary>The token or its session is over; nothing changed.</summary>
    Refused,

    /// <summary>The token had been used before, so one of its two holders is a thief: the whole session has ended.</summary>
    Reused,
}

/// <summary>One sign-in of a user on one device: the family of all refresh tokens that descend from it.</summary>
/// <param name="Id">0 until the store has assigned it.</param>
/// <param name="ExpiresAt">When it ends unless it is renewed before.</param>
/// <param name="EndedAt">When it was ended on purpose.</param>
internal sealed record Session(
    long Id, long UserId, Device Device, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt, DateTimeOffset ExpiresAt,
    DateTimeOffset? EndedAt)
{
    public static Session Open(long userId, Device device, DateTimeOffset now, TimeSpan lifetime) =>
        new(0, userId, device, now, now, now + lifetime, null);

    public bool IsActive(DateTimeOffset now) => EndedAt is null && ExpiresAt > now;

    public Session End(DateTimeOffset now) => EndedAt is null ? this with { EndedAt = now } : this;

    /// <summary>Renews the session against one of its tokens, which is used up by it.</summary>
    public (Renewal Outcome, Session Session) Renew(RefreshToken presented, DateTimeOffset now, TimeSpan lifetime)
    {
        if (presented.SessionId != Id) throw new ArgumentException("The token belongs to another session.", nameof(presented));
        if (!IsActive(now)) return (Renewal.Refused, this);
        if (presented.UsedAt is not null) return (Renewal.Reused, End(now));
        if (presented.ExpiresAt <= now) return (Renewal.Refused, this);
        return (Renewal.Renewed, this with { LastUsedAt = now, ExpiresAt = now + lifetime });
    }
}
