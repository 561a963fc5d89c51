namespace BigTech.Users.Domain;

/// <summary>Why a mail is in the outbox.</summary>
internal enum MailKind
{
    /// <summary>A new password was asked for.</summary>
    PasswordReset,

    /// <summary>An address is to be verified: that of an account, of a registration, or one that a user wants.</summary>
    Verification,

    /// <summary>Tells the user that their password has changed.</summary>
    PasswordChanged,

    /// <summary>Tells the former address that the account has another one.</summary>
    AddressChanged,
}

/// <summary>The languages of mails.</summary>
internal enum MailLanguage
{
    English,
    Korean,
}

/// <summary>What a mail is about. Where neither is named, the address alone says it.</summary>
internal readonly record struct MailSubject(long? UserId = null, string? RegistrationId = null)
{
    public static MailSubject Of(User user) => new(UserId: user.Id);
}

/// <summary>
/// A mail in the outbox. It names an address, and not what that address has: requests for known and unknown addresses leave the same row,
/// and only the sender finds out whether there is something to say.
/// </summary>
/// <param name="Attempts">How often it was tried, this time included.</param>
internal sealed record OutgoingMail(
    string Id, MailKind Kind, string Address, MailSubject Subject, MailLanguage Language, int Attempts, DateTimeOffset ExpiresAt)
{
    /// <summary>Only the id: a log line must not contain an address.</summary>
    public override string ToString() => $"Mail {Id}";
}

/// <summary>What a mail says.</summary>
internal enum LetterKind
{
    ResetPassword,
    VerifyAddress,
    FinishRegistration,

    /// <summary>A registration or a change of address named an address that has an account.</summary>
    AddressTaken,
    PasswordChanged,
    AddressChanged,
}

/// <summary>A mail that is to be sent now.</summary>
/// <param name="Address">
/// Where it goes: the address as the account has it, and not as a request has spelled it, which another mailbox might have.
/// </param>
/// <param name="Username">Of the account that it is about. Of all names it is the one that can hold no words of a stranger.</param>
/// <param name="Token">The secret that it carries; null for a mail that only tells something.</param>
internal sealed record Letter(OutgoingMail Mail, LetterKind Kind, string Address, string Username, MailToken? Token)
{
    /// <summary>Only the id: a log line must contain neither an address nor a token.</summary>
    public override string ToString() => Mail.ToString();
}

/// <summary>What became of an attempt to send a mail.</summary>
internal enum DeliveryResult
{
    Sent,

    /// <summary>It failed and is tried again later.</summary>
    Retry,

    /// <summary>It is not accepted and never will be.</summary>
    Refused,

    /// <summary>The mail server takes no mails at present. This says nothing of the mail, and is no attempt.</summary>
    Postponed,
}

/// <summary>An attempt to send a mail.</summary>
/// <param name="Error">What the mail server said, for the operator.</param>
internal sealed record Delivery(OutgoingMail Mail, DeliveryResult Result, string? Error = null);
