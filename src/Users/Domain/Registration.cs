namespace BigTech.Users.Domain;

/// <summary>
/// An account that will exist when its address is verified. It is stored alike whether or not the address has an account already, and
/// reserves its username alike.
/// </summary>
internal sealed record Registration(
    EmailAddress Email, Username Username, string PasswordHash, DisplayName? DisplayName, DateTimeOffset ExpiresAt)
{
    /// <summary>The account, once its address is verified.</summary>
    public User ToUser(DateTimeOffset now) =>
        User.Register(Email, Username, DisplayName, PasswordHash, now) with { EmailVerifiedAt = now };

    /// <summary>Only the type: a log line must contain neither an address nor a hash.</summary>
    public override string ToString() => nameof(Registration);
}
