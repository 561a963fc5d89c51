namespace BigTech.Users.Domain;

/// <summary>A credential holder: the root of his profile.</summary>
/// <param name="Id">0 until the store has assigned it.</param>
/// <param name="UpdatedAt">When the profile last changed.</param>
internal sealed record User(
    long Id, EmailAddress Email, Username Username, string PasswordHash, Profile Profile, DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public static User Register(EmailAddress email, Username username, DisplayName? displayName, string passwordHash, DateTimeOffset now) =>
        new(0, email, username, passwordHash, new Profile(displayName ?? DisplayName.Of(username), null, null), now, now);

    /// <summary>
    /// The user with another profile; the very same user when nothing differs. Whoever is told of two changes keeps the later one: a clock
    /// that was set back must not make the second the earlier.
    /// </summary>
    public User With(Profile profile, DateTimeOffset now) =>
        profile == Profile ? this : this with { Profile = profile, UpdatedAt = now > UpdatedAt ? now : UpdatedAt.AddMicroseconds(1) };

    /// <summary>Only the id: a log line must not carry an address or a hash.</summary>
    public override string ToString() => $"User {Id}";
}
