using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Users.Domain;

namespace BigTech.Users.Storage;

/// <summary>Accounts that wait for the verification of their address, as rows.</summary>
internal static class RegistrationRows
{
    private const string AddSql = """
        INSERT INTO registrations (id, email_key, email, username, username_key, password_hash, display_name, expires_at)
        VALUES (@id, @emailKey, @email, @username, @usernameKey, @passwordHash, @displayName, @expiresAt)
        """;

    private const string Columns =
        "email AS Email, username AS Username, password_hash AS PasswordHash, display_name AS DisplayName, expires_at AS ExpiresAt";

    private const string FindSql = $"SELECT {Columns} FROM registrations WHERE id = @id AND expires_at > @now";

    private const string FindNewestSql = $"""
        SELECT {Columns} FROM registrations WHERE email_key = @emailKey AND expires_at > @now ORDER BY expires_at DESC, id DESC LIMIT 1
        """;

    private const string IdsSql = """
        SELECT id FROM registrations WHERE email_key = @emailKey AND expires_at > @now ORDER BY expires_at DESC, id DESC LIMIT @max
        """;

    private const string IsTakenSql = """
        SELECT EXISTS (SELECT 1 FROM users WHERE username_key = @usernameKey)
            OR EXISTS (SELECT 1 FROM registrations WHERE username_key = @usernameKey AND email_key <> @emailKey AND expires_at > @now)
        """;

    /// <summary>Whether an account has this username, or a registration of another address.</summary>
    public static async ValueTask<bool> IsTaken(ReadSession reader, EmailAddress email, Username username, DateTimeOffset now) =>
        await reader.First<long>(IsTakenSql, new { usernameKey = username.Key, emailKey = email.Key, now = now.ToDb() }) == 1;

    /// <returns>The id of the row.</returns>
    public static string Add(UnitOfWork work, Registration registration)
    {
        var id = work.NewId();
        work.Execute(AddSql, new
        {
            id,
            emailKey = registration.Email.Key,
            email = registration.Email.Value,
            username = registration.Username.Value,
            usernameKey = registration.Username.Key,
            passwordHash = registration.PasswordHash,
            displayName = registration.DisplayName?.Value,
            expiresAt = registration.ExpiresAt.ToDb(),
        });
        return id;
    }

    public static async ValueTask<Registration?> Find(ReadSession reader, string id, DateTimeOffset now) =>
        (await reader.First<Row>(FindSql, new { id, now = now.ToDb() }))?.ToRegistration();

    /// <summary>The newest registration of an address.</summary>
    public static async ValueTask<Registration?> FindNewest(ReadSession reader, string emailKey, DateTimeOffset now) =>
        (await reader.First<Row>(FindNewestSql, new { emailKey, now = now.ToDb() }))?.ToRegistration();

    /// <summary>The ids of the newest registrations of an address.</summary>
    public static IReadOnlyList<string> Ids(UnitOfWork work, string emailKey, int max) =>
        work.Query<string>(IdsSql, new { emailKey, now = work.Now.ToDb(), max });

    /// <summary>Ends all registrations of an address.</summary>
    public static void Delete(UnitOfWork work, string emailKey) =>
        work.Execute("DELETE FROM registrations WHERE email_key = @emailKey", new { emailKey });

    private sealed record Row(string Email, string Username, string PasswordHash, string? DisplayName, long ExpiresAt)
    {
        public Registration ToRegistration() => new(
            EmailAddress.FromStore(Email), Domain.Username.FromStore(Username), PasswordHash,
            DisplayName is null ? null : Domain.DisplayName.FromStore(DisplayName), DbTime.FromDb(ExpiresAt));
    }
}
