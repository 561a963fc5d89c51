using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Users.Domain;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Users.Storage;

/// <summary>What is to be sent next.</summary>
/// <param name="Letter">Null if nothing was found this time.</param>
/// <param name="Expired">Mails that could not be sent in time and are dead letters now.</param>
/// <param name="IsEmpty">Whether nothing is due.</param>
internal sealed record NextLetter(Letter? Letter, int Expired, bool IsEmpty);

/// <summary>
/// The outbox of mails: a mail is put in by the transaction of its cause, and taken out by one process at a time. Whether there is an
/// account, and so what a mail says, is looked up when it is taken out.
/// </summary>
/// <param name="isOn">Whether this installation sends mails; without it none is put in.</param>
internal sealed class MailOutbox(
    [FromKeyedServices(UsersDatabase.Name)] Store store, Func<byte[]> tokenKey, MailRules rules, TimeProvider time, bool isOn)
{
    // So many without anything to say are done with in one transaction.
    private const int MaxPerStep = 100;

    // Of the registrations that an address may have: strangers can add to them, but not without end to what its holder is asked.
    private const int MaxRegistrationsAsked = 5;

    private readonly Lazy<byte[]> _tokenKey = new(tokenKey);

    /// <summary>Whether this installation sends mails.</summary>
    public bool IsOn => isOn;

    /// <summary>A mail was put in by this process.</summary>
    public event Action? Added;

    /// <summary>Puts a mail in.</summary>
    public void Add(UnitOfWork work, MailKind kind, string address, MailSubject subject, MailLanguage language)
    {
        if (!isOn) return;
        MailRows.Add(work, kind, address, subject, language);
        work.AfterCommit(() => Added?.Invoke());
    }

    /// <summary>Puts a mail in that nothing else causes.</summary>
    public Task Add(MailKind kind, EmailAddress address, MailLanguage language) =>
        store.Write(work => Add(work, kind, address.Value, default, language));

    public ValueTask<bool> HasDue(CancellationToken ct) => store.Read(reader => MailRows.HasDue(reader, time.GetDbNow()), ct);

    public ValueTask<MailDepth> Depth(CancellationToken ct) => store.Read(MailRows.Depth, ct);

    /// <summary>Writes down what became of an attempt.</summary>
    public Task Settle(Delivery delivery) => store.Write(work => Settle(work, delivery));

    /// <summary>Takes out the next mail, and in the same commit writes down what became of the last one.</summary>
    public Task<NextLetter> Next(Delivery? last) => store.Write(work =>
    {
        if (last is not null) Settle(work, last);
        var expired = 0;
        for (var i = 0; i < MaxPerStep; i++)
        {
            if (MailRows.Claim(work, rules.Lease) is not { } mail) return new NextLetter(null, expired, IsEmpty: true);
            if (mail.ExpiresAt <= work.Now)
            {
                MailRows.Expire(work, mail);
                expired++;
            }
            else if (Read(work, mail) is { } letter)
            {
                return new NextLetter(letter, expired, IsEmpty: false);
            }
            else
            {
                MailRows.Delete(work, mail);
            }
        }
        return new NextLetter(null, expired, IsEmpty: false);
    });

    private void Settle(UnitOfWork work, Delivery delivery) =>
        MailRows.Settle(work, delivery, rules, jitter: Random.Shared.NextDouble());

    /// <summary>What a mail says; null if there is nothing to say.</summary>
    private Letter? Read(UnitOfWork work, OutgoingMail mail) => mail.Kind switch
    {
        MailKind.PasswordReset => ReadReset(work, mail),
        MailKind.Verification => ReadVerification(work, mail),
        MailKind.PasswordChanged => ReadNotice(work, mail, LetterKind.PasswordChanged),
        _ => ReadNotice(work, mail, LetterKind.AddressChanged),
    };

    private Letter? ReadReset(UnitOfWork work, OutgoingMail mail)
    {
        var key = EmailAddress.KeyOf(mail.Address);
        return UserRepository.FindByEmail(work, key).Now() is { } user
            ? WithToken(
                work, mail, LetterKind.ResetPassword, user.Email, user.Username,
                new KnownToken(TokenPurpose.PasswordReset, MailSubject.Of(user), key))
            : null;
    }

    private Letter? ReadVerification(UnitOfWork work, OutgoingMail mail)
    {
        var key = EmailAddress.KeyOf(mail.Address);
        var holder = UserRepository.FindByEmail(work, key).Now();
        if (mail.Subject.RegistrationId is { } id) return ReadRegistration(work, mail, id, holder);
        // The wish of another user, or a registration, must not keep the holder of an account from verifying it.
        if (mail.Subject.UserId is null && holder is { EmailVerifiedAt: null }) return VerifyAddress(work, mail, holder.Email, holder);
        if (mail.Subject.UserId is null && AskForRegistrations(work, mail, key)) return null;
        var change = EmailChangeRows.Find(work, key, mail.Subject.UserId);
        if (holder is not null && change is not null && change.UserId != holder.Id) return AddressTaken(mail, holder);
        var user = change is not null ? UserRepository.Find(work, change.UserId).Now() : holder;
        return user is null || (change is null && user.EmailVerifiedAt is not null)
            ? null
            : VerifyAddress(work, mail, change?.Email ?? user.Email, user);
    }

    private Letter VerifyAddress(UnitOfWork work, OutgoingMail mail, EmailAddress address, User user) => WithToken(
        work, mail, LetterKind.VerifyAddress, address, user.Username,
        new KnownToken(TokenPurpose.Verification, MailSubject.Of(user), address.Key));

    private Letter? ReadRegistration(UnitOfWork work, OutgoingMail mail, string id, User? holder)
    {
        if (RegistrationRows.Find(work, id, work.Now).Now() is not { } registration) return null;
        if (holder is not null) return AddressTaken(mail, holder);
        return WithToken(
            work, mail, LetterKind.FinishRegistration, registration.Email, registration.Username,
            new KnownToken(TokenPurpose.Registration, mail.Subject, registration.Email.Key));
    }

    /// <summary>Asks for a mail for each registration of an address: which of them is its holder's is not known here.</summary>
    /// <returns>Whether there is any.</returns>
    private static bool AskForRegistrations(UnitOfWork work, OutgoingMail mail, string emailKey)
    {
        var ids = RegistrationRows.Ids(work, emailKey, MaxRegistrationsAsked);
        foreach (var id in ids) MailRows.Add(work, mail.Kind, mail.Address, new MailSubject(RegistrationId: id), mail.Language);
        return ids.Count > 0;
    }

    private static Letter AddressTaken(OutgoingMail mail, User holder) =>
        new(mail, LetterKind.AddressTaken, holder.Email.Value, holder.Username.Value, Token: null);

    /// <summary>A notice goes to the address that was the account's at the time.</summary>
    private static Letter? ReadNotice(UnitOfWork work, OutgoingMail mail, LetterKind kind) =>
        UserRepository.Find(work, mail.Subject.UserId!.Value).Now() is { } user
            ? new Letter(mail, kind, mail.Address, user.Username.Value, Token: null)
            : null;

    private Letter WithToken(
        UnitOfWork work, OutgoingMail mail, LetterKind kind, EmailAddress address, Username username, KnownToken known)
    {
        var token = MailToken.Create(_tokenKey.Value, mail.Id);
        var life = known.Purpose == TokenPurpose.PasswordReset ? MailRules.ResetLife : MailRules.VerificationLife;
        MailedTokenRows.Save(work, token, known, life);
        return new Letter(mail, kind, address.Value, username.Value, token);
    }
}
