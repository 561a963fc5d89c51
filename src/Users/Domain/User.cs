namespace BigTech.Users.Domain;

/// <summary>A user account with its credentials and profile.</summary>
/// <param name="Id">0 until the store assigns it.</param>
/// <param name="UpdatedAt">When the profile last changed.</param>
internal sealed record User(
    long Id, EmailAddress Email, Username Username, string PasswordHash, Profile Profile, DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    /// <summary>When the address was verified; null if it was not.</summary>
    public DateTimeOffset? EmailVerifiedAt { get; init; }

    public static User Register(EmailAddress email, Username username, DisplayName? displayName, string passwordHash, DateTimeOffset now) =>
        new(0, email, username, passwordHash, new Profile(displayName ?? DisplayName.From(username), null, null), now, now);

    /// <summary>
    /// The user with another profile, or the same instance if nothing differs. Consumers keep the later of two changes, so the second one
    /// must not get an earlier time when the clock is set back.
    /// </summary>
    public User With(Profile profile, DateTimeOffset now) =>
        profile == Profile ? this : this with { Profile = profile, UpdatedAt = now > UpdatedAt ? now : UpdatedAt.AddMicroseconds(1) };

    /// <summary>Only the id: a log line must not contain an address or a hash.</summary>
    public override string ToString() => $"User {Id}";
}
