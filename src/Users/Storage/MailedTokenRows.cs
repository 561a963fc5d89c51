using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Users.Domain;

namespace BigTech.Users.Storage;

/// <summary>A mailed secret that can still be used.</summary>
internal sealed record KnownToken(TokenPurpose Purpose, MailSubject Subject, string EmailKey);

/// <summary>The hashes of mailed secrets as rows.</summary>
internal static class MailedTokenRows
{
    private static readonly DialectSql SaveSql = Upsert.Replace(
        """
        INSERT INTO mailed_tokens (hash, purpose, user_id, registration_id, email_key, expires_at)
        VALUES (@hash, @purpose, @userId, @registrationId, @emailKey, @expiresAt)
        """,
        key: "hash", "purpose", "user_id", "registration_id", "email_key", "expires_at");

    private const string FindSql = """
        SELECT purpose AS Purpose, user_id AS UserId, registration_id AS RegistrationId, email_key AS EmailKey
        FROM mailed_tokens WHERE hash = @hash AND expires_at > @now
        """;

    /// <summary>Makes a secret valid, or its life longer when its mail is sent once more.</summary>
    public static void Save(UnitOfWork work, MailToken token, KnownToken known, TimeSpan life) => work.Execute(SaveSql, new
    {
        hash = token.Hash,
        purpose = MailWireNames.NameOf(known.Purpose),
        userId = known.Subject.UserId,
        registrationId = known.Subject.RegistrationId,
        emailKey = known.EmailKey,
        expiresAt = (work.Now + life).ToDb(),
    });

    public static async ValueTask<KnownToken?> Find(ReadSession reader, MailToken token, DateTimeOffset now)
    {
        var row = await reader.First<Row>(FindSql, new { hash = token.Hash, now = now.ToDb() });
        return row is null ? null : new KnownToken(PurposeOf(row.Purpose), new MailSubject(row.UserId, row.RegistrationId), row.EmailKey);
    }

    /// <summary>Ends the secrets of an address for one purpose.</summary>
    /// <param name="userId">Only those of this account; null: all.</param>
    public static void End(UnitOfWork work, string emailKey, TokenPurpose purpose, long? userId = null) => work.Execute(
        "DELETE FROM mailed_tokens WHERE email_key = @emailKey AND purpose = @purpose AND (@userId IS NULL OR user_id = @userId)",
        new { emailKey, purpose = MailWireNames.NameOf(purpose), userId });

    private static TokenPurpose PurposeOf(string name) =>
        Enum.GetValues<TokenPurpose>().Single(purpose => MailWireNames.NameOf(purpose) == name);

    private sealed record Row(string Purpose, long? UserId, string? RegistrationId, string EmailKey);
}
