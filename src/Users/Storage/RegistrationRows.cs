using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Users.Domain;

namespace BigTech.Users.Storage;

/// <summary>Accounts that wait for the verification of their address, as rows.</summary>
internal static class RegistrationRows
{
    private const string AddSql = """
        INSERT INTO registrations (id, email_key, email, username, username_key, password_hash, display_name, contested, expires_at)
        VALUES (@id, @emailKey, @email, @username, @usernameKey, @passwordHash, @displayName, @contested, @expiresAt)
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

    private const string ContestSql = "UPDATE registrations SET contested = contested + 1 WHERE email_key = @emailKey";

    private const string IsTakenSql = """
        SELECT EXISTS (SELECT 1 FROM users WHERE username_key = @usernameKey)
            OR EXISTS (SELECT 1 FROM registrations WHERE username_key = @usernameKey AND email_key <> @emailKey AND expires_at > @now)
        """;

    /// <summary>Whether an account has this username, or a registration of another address.</summary>
    public static async ValueTask<bool> IsTaken(ReadSession reader, EmailAddress email, Username username, DateTimeOffset now) =>
        await reader.First<long>(IsTakenSql, new { usernameKey = username.Key, emailKey = email.Key, now = now.ToDb() }) == 1;

    /// <summary>Adds a registration. If its address has others, none of them is finished with a code alone from now on.</summary>
    /// <returns>The id of the row.</returns>
    public static string Add(UnitOfWork work, Registration registration)
    {
        var id = work.NewId();
        var others = Contest(work, registration.Email.Key);
        work.Execute(AddSql, new
        {
            id,
            emailKey = registration.Email.Key,
            email = registration.Email.Value,
            username = registration.Username.Value,
            usernameKey = registration.Username.Key,
            passwordHash = registration.PasswordHash,
            displayName = registration.DisplayName?.Value,
            contested = others > 0 ? 1 : 0,
            expiresAt = registration.ExpiresAt.ToDb(),
        });
        return id;
    }

    /// <summary>Notes that an address was registered again, also where that was stored nowhere.</summary>
    /// <returns>How many registrations the address has.</returns>
    public static int Contest(UnitOfWork work, string emailKey) => work.Execute(ContestSql, new { emailKey });

    /// <summary>Whether a code alone does not finish a registration.</summary>
    public static bool IsContested(UnitOfWork work, string id) =>
        work.First<long?>("SELECT contested FROM registrations WHERE id = @id", new { id }) > 0;

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
