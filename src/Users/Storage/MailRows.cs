using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Users.Domain;

namespace BigTech.Users.Storage;

/// <summary>The mails that wait, and the dead letters.</summary>
/// <param name="Oldest">When the oldest waiting mail was put in.</param>
internal sealed record MailDepth(long Waiting, DateTimeOffset? Oldest, long DeadLetters);

/// <summary>The outbox of mails as rows.</summary>
internal static class MailRows
{
    private const string InsertSql = """
        INSERT INTO mails (
            id, kind, address, user_id, registration_id, language, attempts, next_at, created_at, expires_at, dead_at, error)
        VALUES (@id, @kind, @address, @userId, @registrationId, @language, 0, @now, @now, @expiresAt, NULL, NULL)
        """;

    // Whose password is forgotten waits at a screen, and a code for it is dead soon. What has failed before may hang again, and waits
    // behind the others: a stranger who signs up with addresses of a slow mail server must not hold up the mails of all.
    private const string DueSql = """
        SELECT id AS Id, kind AS Kind, address AS Address, user_id AS UserId, registration_id AS RegistrationId, language AS Language,
            attempts AS Attempts, expires_at AS ExpiresAt
        FROM mails WHERE dead_at IS NULL AND next_at <= @now
        ORDER BY attempts > 0, kind <> 'password_reset', next_at, id LIMIT 1
        """;

    private const string IsDueSql = "SELECT EXISTS (SELECT 1 FROM mails WHERE dead_at IS NULL AND next_at <= @now)";
    private const string ClaimSql = "UPDATE mails SET attempts = attempts + 1, next_at = @nextAt WHERE id = @id";
    private const string DeleteSql = "DELETE FROM mails WHERE id = @id";

    // The number of the attempt fences off a process that has lost the mail to another one.
    private const string OwnSql = "id = @id AND attempts = @attempts AND dead_at IS NULL";
    private const string SentSql = $"DELETE FROM mails WHERE {OwnSql}";
    private const string RetrySql = $"UPDATE mails SET next_at = @nextAt, error = @error WHERE {OwnSql}";
    private const string PostponeSql = $"UPDATE mails SET next_at = @nextAt, attempts = attempts - 1, error = @error WHERE {OwnSql}";
    private const string DieSql = $"UPDATE mails SET dead_at = @now, error = COALESCE(@error, error, 'Not sent in time.') WHERE {OwnSql}";

    private const string DepthSql = """
        SELECT (SELECT COUNT(*) FROM mails WHERE dead_at IS NULL) AS Waiting,
            (SELECT MIN(created_at) FROM mails WHERE dead_at IS NULL) AS Oldest,
            (SELECT COUNT(*) FROM mails WHERE dead_at IS NOT NULL) AS Dead
        """;

    private const int MaxErrorLength = 500;

    public static void Add(UnitOfWork work, MailKind kind, string address, MailSubject subject, MailLanguage language) =>
        work.Execute(InsertSql, new
        {
            id = work.NewId(),
            kind = MailWireNames.NameOf(kind),
            address,
            userId = subject.UserId,
            registrationId = subject.RegistrationId,
            language = MailWireNames.NameOf(language),
            now = work.Now.ToDb(),
            expiresAt = (work.Now + MailRules.LifeOf(kind)).ToDb(),
        });

    public static async ValueTask<bool> HasDue(ReadSession reader, DateTimeOffset now) =>
        await reader.First<long>(IsDueSql, new { now = now.ToDb() }) == 1;

    /// <summary>Takes the mail whose turn it is, for as long as the lease runs; null when none is due.</summary>
    public static OutgoingMail? Claim(UnitOfWork work, TimeSpan lease)
    {
        if (work.First<Row>(DueSql, new { now = work.Now.ToDb() }) is not { } row) return null;
        work.Execute(ClaimSql, new { id = row.Id, nextAt = (work.Now + lease).ToDb() });
        return row.ToMail(row.Attempts + 1);
    }

    /// <summary>Removes a mail that has nothing to say.</summary>
    public static void Delete(UnitOfWork work, OutgoingMail mail) => work.Execute(DeleteSql, new { id = mail.Id });

    public static void Settle(UnitOfWork work, Delivery delivery, MailRules rules, double jitter)
    {
        var (mail, result, error) = delivery;
        var isLast = result == DeliveryResult.Retry && mail.Attempts >= rules.Attempts;
        var sql = isLast ? DieSql : result switch
        {
            DeliveryResult.Sent => SentSql,
            DeliveryResult.Retry => RetrySql,
            DeliveryResult.Postponed => PostponeSql,
            _ => DieSql,
        };
        work.Execute(sql, new
        {
            id = mail.Id,
            attempts = mail.Attempts,
            now = work.Now.ToDb(),
            nextAt = (result == DeliveryResult.Retry ? work.Now + MailRules.PauseAfter(mail.Attempts, jitter) : work.Now).ToDb(),
            error = error?.Length > MaxErrorLength ? error[..MaxErrorLength] : error,
        });
    }

    /// <summary>Makes a claimed mail a dead letter: it is of no use any more.</summary>
    public static void Expire(UnitOfWork work, OutgoingMail mail) =>
        work.Execute(DieSql, new { id = mail.Id, attempts = mail.Attempts, now = work.Now.ToDb(), error = (string?)null });

    public static async ValueTask<MailDepth> Depth(ReadSession reader)
    {
        var row = (await reader.First<DepthRow>(DepthSql))!;
        return new MailDepth(row.Waiting, DbTime.FromDb(row.Oldest), row.Dead);
    }

    private sealed record Row(
        string Id, string Kind, string Address, long? UserId, string? RegistrationId, string Language, long Attempts, long ExpiresAt)
    {
        public OutgoingMail ToMail(long attempts) => new(
            Id, MailWireNames.KindOf(Kind), Address, new MailSubject(UserId, RegistrationId), MailWireNames.LanguageOf(Language),
            (int)attempts, DbTime.FromDb(ExpiresAt));
    }

    // Properties, not constructor parameters: the engines return different types for computed columns.
    private sealed class DepthRow
    {
        public long Waiting { get; set; }
        public long? Oldest { get; set; }
        public long Dead { get; set; }
    }
}
