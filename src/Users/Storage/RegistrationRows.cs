using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Users.Domain;

namespace BigTech.Users.Storage;

/// <summary>Accounts that wait for the verification of their address, as rows; the newest one of an address counts.</summary>
internal static class RegistrationRows
{
    private static readonly DialectSql SaveSql = Upsert.Replace(
        """
        INSERT INTO registrations (email_key, email, username, username_key, password_hash, display_name, expires_at)
        VALUES (@emailKey, @email, @username, @usernameKey, @passwordHash, @displayName, @expiresAt)
        """,
        key: "email_key", "email", "username", "username_key", "password_hash", "display_name", "expires_at");

    private const string FindSql = """
        SELECT email AS Email, username AS Username, password_hash AS PasswordHash, display_name AS DisplayName, expires_at AS ExpiresAt
        FROM registrations WHERE email_key = @emailKey AND expires_at > @now
        """;

    private const string IsTakenSql = """
        SELECT EXISTS (SELECT 1 FROM users WHERE username_key = @usernameKey)
            OR EXISTS (SELECT 1 FROM registrations WHERE username_key = @usernameKey AND email_key <> @emailKey AND expires_at > @now)
        """;

    // An expired one that is not swept yet holds its name.
    private const string MakeRoomSql = "DELETE FROM registrations WHERE username_key = @usernameKey AND email_key <> @emailKey";

    /// <summary>Whether an account has this username, or a registration of another address.</summary>
    public static async ValueTask<bool> IsTaken(ReadSession reader, EmailAddress email, Username username, DateTimeOffset now) =>
        await reader.First<long>(IsTakenSql, new { usernameKey = username.Key, emailKey = email.Key, now = now.ToDb() }) == 1;

    public static void Save(UnitOfWork work, Registration registration)
    {
        work.Execute(MakeRoomSql, new { usernameKey = registration.Username.Key, emailKey = registration.Email.Key });
        work.Execute(SaveSql, new
        {
            emailKey = registration.Email.Key,
            email = registration.Email.Value,
            username = registration.Username.Value,
            usernameKey = registration.Username.Key,
            passwordHash = registration.PasswordHash,
            displayName = registration.DisplayName?.Value,
            expiresAt = registration.ExpiresAt.ToDb(),
        });
    }

    public static async ValueTask<Registration?> Find(ReadSession reader, string emailKey, DateTimeOffset now) =>
        (await reader.First<Row>(FindSql, new { emailKey, now = now.ToDb() }))?.ToRegistration();

    public static void Delete(UnitOfWork work, string emailKey) =>
        work.Execute("DELETE FROM registrations WHERE email_key = @emailKey", new { emailKey });

    private sealed record Row(string Email, string Username, string PasswordHash, string? DisplayName, long ExpiresAt)
    {
        public Registration ToRegistration() => new(
            EmailAddress.FromStore(Email), Domain.Username.FromStore(Username), PasswordHash,
            DisplayName is null ? null : Domain.DisplayName.FromStore(DisplayName), DbTime.FromDb(ExpiresAt));
    }
}
