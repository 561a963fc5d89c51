using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Users.Domain;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Users.Storage;

/// <summary>What the presentation of a mailed secret has led to.</summary>
internal enum Verification
{
    /// <summary>The address of an account is verified.</summary>
    Verified,

    /// <summary>The account exists from now on.</summary>
    Registered,

    /// <summary>The secret was used, has expired, or was never given.</summary>
    Unknown,

    /// <summary>Another account has verified the address meanwhile.</summary>
    EmailTaken,

    /// <summary>Another account has taken the username meanwhile.</summary>
    UsernameTaken,

    /// <summary>The address was registered more than once: the password must tell which registration is the reader's.</summary>
    PasswordRequired,
}

/// <summary>What the holder of an address may do with the account of it: the mailed secrets prove who that is.</summary>
internal sealed class AddressRepository([FromKeyedServices(UsersDatabase.Name)] Store store, MailOutbox outbox, TimeProvider time)
{
    private const string ResetSql = """
        UPDATE users SET password_hash = @hash, email_verified_at = COALESCE(email_verified_at, @now) WHERE id = @id
        """;

    private const string VerifySql = "UPDATE users SET email_verified_at = COALESCE(email_verified_at, @now) WHERE id = @id";

    private const string ChangeSql = """
        UPDATE users SET email = @email, email_key = @emailKey, email_verified_at = @now WHERE id = @id
        """;

    private static readonly (string Table, string Key, string Condition)[] Expiring =
    [
        ("mailed_tokens", "hash", "expires_at <= @now"), ("email_changes", "user_id", "expires_at <= @now"),
        ("registrations", "id", "expires_at <= @now"), ("mails", "id", "dead_at <= @deadBefore"),
    ];

    /// <summary>Whether a registration would be in conflict over its username.</summary>
    public ValueTask<bool> IsTaken(EmailAddress email, Username username, CancellationToken ct) =>
        store.Read(reader => RegistrationRows.IsTaken(reader, email, username, time.GetDbNow()), ct);

    /// <summary>Stores a registration beside others of its address, and asks for a mail with a code of its own.</summary>
    /// <returns>False if another account or registration has the username.</returns>
    public Task<bool> Register(Registration registration, MailLanguage language) => store.Write(work =>
    {
        if (RegistrationRows.IsTaken(work, registration.Email, registration.Username, work.Now).Now()) return false;
        var subject = new MailSubject(RegistrationId: RegistrationRows.Add(work, registration));
        outbox.Add(work, MailKind.Verification, registration.Email.Value, subject, language);
        return true;
    });

    /// <summary>Notes that an address was registered once more than there are mails for.</summary>
    public Task Contest(EmailAddress email) => store.Write(work => { RegistrationRows.Contest(work, email.Key); });

    /// <summary>The password of the newest registration of an address, if there is one.</summary>
    public ValueTask<string?> FindRegisteredHash(string emailKey, CancellationToken ct) => store.Read(
        async reader => (await RegistrationRows.FindNewest(reader, emailKey, time.GetDbNow()))?.PasswordHash, ct);

    /// <summary>The registration that a secret finishes; null if it finishes none.</summary>
    public ValueTask<Registration?> FindRegistration(MailToken token, CancellationToken ct) => store.Read<Registration?>(
        async reader => await MailedTokenRows.Find(reader, token, time.GetDbNow()) is { Subject.RegistrationId: { } id }
            ? await RegistrationRows.Find(reader, id, time.GetDbNow())
            : null,
        ct);

    /// <summary>Notes the address that a user wants.</summary>
    /// <param name="mayMail">Whether a mail to it is asked for, too.</param>
    public Task Wish(EmailChange change, MailLanguage language, bool mayMail) => store.Write(work =>
    {
        EmailChangeRows.Save(work, change);
        if (mayMail) outbox.Add(work, MailKind.Verification, change.Email.Value, new MailSubject(change.UserId), language);
    });

    /// <summary>Whose password a secret may reset; null if it is not valid.</summary>
    public ValueTask<User?> FindReset(MailToken token, CancellationToken ct) =>
        store.Read(reader => FindReset(reader, token, time.GetDbNow()), ct);

    /// <summary>Resets a password, which ends the secret, all others like it, and all sessions.</summary>
    /// <returns>The user and the ids of the ended sessions; null if the secret is not valid any more.</returns>
    public Task<(User User, List<long> Ended)?> Reset(MailToken token, string hash, MailLanguage language) =>
        store.Write<(User, List<long>)?>(work =>
        {
            if (FindReset(work, token, work.Now).Now() is not { } user) return null;
            EndOpenChanges(work, user);
            work.Execute(ResetSql, new { id = user.Id, hash, now = work.Now.ToDb() });
            outbox.Add(work, MailKind.PasswordChanged, user.Email.Value, MailSubject.Of(user), language);
            return (user, SessionRepository.EndAll(work, user.Id, work.Now));
        });

    /// <summary>Verifies the address of a secret: of an account, of a registration, or the one that a user wants.</summary>
    /// <param name="knowsPassword">Whether the password of the registration was presented as well.</param>
    public Task<Verification> Verify(MailToken token, MailLanguage language, bool knowsPassword = false) => store.Write(work =>
    {
        if (MailedTokenRows.Find(work, token, work.Now).Now() is not { Purpose: not TokenPurpose.PasswordReset } known)
        {
            return Verification.Unknown;
        }
        if (!knowsPassword && known.Subject.RegistrationId is { } registration && RegistrationRows.IsContested(work, registration))
        {
            return Verification.PasswordRequired;
        }
        MailedTokenRows.End(work, known.EmailKey, known.Purpose, known.Subject.UserId);
        return known.Subject switch
        {
            { UserId: { } id } => Verify(work, id, known.EmailKey, language),
            { RegistrationId: { } id } => FinishRegistration(work, id),
            _ => Verification.Unknown,
        };
    });

    /// <summary>
    /// Ends what was asked for with the former password: who knew it must not get at the account by a mail that is still on its way.
    /// </summary>
    public static void EndOpenChanges(UnitOfWork work, User user)
    {
        MailedTokenRows.End(work, user.Email.Key, TokenPurpose.PasswordReset);
        EmailChangeRows.Delete(work, user.Id);
    }

    /// <summary>Deletes what has expired, in short transactions so that callers do not wait long.</summary>
    /// <returns>The number of deleted rows.</returns>
    public async Task<int> DeleteOld(CancellationToken ct)
    {
        const int chunk = 500;
        var now = time.GetUtcNow();
        var parameters = new { now = now.ToDb(), deadBefore = (now - MailRules.DeadLetterLife).ToDb(), chunk };
        var total = 0;
        foreach (var (table, key, condition) in Expiring)
        {
            var sql = new DialectSql(
                Sqlite: $"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE {condition} LIMIT @chunk)",
                MySql: $"DELETE FROM {table} WHERE {condition} LIMIT @chunk");
            int deleted;
            do
            {
                deleted = await store.Write(work => work.Execute(sql, parameters));
                total += deleted;
            }
            while (deleted == chunk && !ct.IsCancellationRequested);
        }
        return total;
    }

    /// <summary>A secret is as good as its address: if the user has another one now, it opens nothing.</summary>
    private static async ValueTask<User?> FindReset(ReadSession reader, MailToken token, DateTimeOffset now) =>
        await MailedTokenRows.Find(reader, token, now) is { Purpose: TokenPurpose.PasswordReset, Subject.UserId: { } id } known
            && await UserRepository.Find(reader, id) is { } user && user.Email.Key == known.EmailKey
            ? user
            : null;

    private Verification Verify(UnitOfWork work, long userId, string emailKey, MailLanguage language)
    {
        if (UserRepository.Find(work, userId).Now() is not { } user) return Verification.Unknown;
        if (EmailChangeRows.Find(work, emailKey, userId) is { } change) return Change(work, user, change.Email, language);
        if (user.Email.Key != emailKey) return Verification.Unknown;
        work.Execute(VerifySql, new { id = user.Id, now = work.Now.ToDb() });
        return Verification.Verified;
    }

    private Verification Change(UnitOfWork work, User user, EmailAddress email, MailLanguage language)
    {
        EmailChangeRows.Delete(work, user.Id);
        var isOther = email.Key != user.Email.Key;
        if (isOther && UserRepository.FindByEmail(work, email.Key).Now() is not null) return Verification.EmailTaken;
        work.Execute(ChangeSql, new { id = user.Id, email = email.Value, emailKey = email.Key, now = work.Now.ToDb() });
        if (isOther) outbox.Add(work, MailKind.AddressChanged, user.Email.Value, MailSubject.Of(user), language);
        return Verification.Verified;
    }

    private static Verification FinishRegistration(UnitOfWork work, string id)
    {
        if (RegistrationRows.Find(work, id, work.Now).Now() is not { } registration) return Verification.Unknown;
        RegistrationRows.Delete(work, registration.Email.Key);
        return UserRepository.Add(work, registration.ToUser(work.Now)).Taken switch
        {
            Taken.Nothing => Verification.Registered,
            Taken.Email => Verification.EmailTaken,
            _ => Verification.UsernameTaken,
        };
    }
}
