using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Users.Domain;

namespace BigTech.Users.Storage;

/// <summary>An address that a user wants, until it is verified.</summary>
internal sealed record EmailChange(long UserId, EmailAddress Email);

/// <summary>The addresses that users want, as rows; the last wish of a user counts.</summary>
internal static class EmailChangeRows
{
    private static readonly DialectSql SaveSql = Upsert.Replace(
        "INSERT INTO email_changes (user_id, email, email_key, expires_at) VALUES (@userId, @email, @emailKey, @expiresAt)",
        key: "user_id", "email", "email_key", "expires_at");

    private const string FindSql = """
        SELECT user_id AS UserId, email AS Email FROM email_changes
        WHERE email_key = @emailKey AND expires_at > @now AND (@userId IS NULL OR user_id = @userId) ORDER BY expires_at DESC LIMIT 1
        """;

    public static void Save(UnitOfWork work, EmailChange change) => work.Execute(SaveSql, new
    {
        userId = change.UserId,
        email = change.Email.Value,
        emailKey = change.Email.Key,
        expiresAt = (work.Now + MailRules.VerificationLife).ToDb(),
    });

    /// <summary>The wish of a user for an address.</summary>
    /// <param name="userId">Null: the newest of all users.</param>
    public static EmailChange? Find(UnitOfWork work, string emailKey, long? userId) =>
        work.First<Row>(FindSql, new { emailKey, userId, now = work.Now.ToDb() }) is { } row
            ? new EmailChange(row.UserId, EmailAddress.FromStore(row.Email))
            : null;

    public static void Delete(UnitOfWork work, long userId) =>
        work.Execute("DELETE FROM email_changes WHERE user_id = @userId", new { userId });

    private sealed record Row(long UserId, string Email);
}
