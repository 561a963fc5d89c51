namespace BigTech.Users.Domain;

/// <summary>How long mails and what they offer live, and how often they are tried.</summary>
/// <param name="Attempts">Attempts before a mail becomes a dead letter.</param>
/// <param name="Lease">How long a process has a mail that it sends; after it another one tries.</param>
internal sealed record MailRules(int Attempts, TimeSpan Lease)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MaxPause = TimeSpan.FromHours(1);

    /// <summary>How long a secret that resets a password can be used.</summary>
    public static TimeSpan ResetLife { get; } = TimeSpan.FromMinutes(30);

    /// <summary>How long an address can be verified, and how long a registration or a change waits for it.</summary>
    public static TimeSpan VerificationLife { get; } = TimeSpan.FromHours(24);

    /// <summary>How long dead letters stay.</summary>
    public static TimeSpan DeadLetterLife { get; } = TimeSpan.FromDays(30);

    /// <summary>How long a mail is of use to its reader: one that could not be sent by then is not sent any more.</summary>
    public static TimeSpan LifeOf(MailKind kind) => kind switch
    {
        MailKind.PasswordReset => ResetLife,
        MailKind.Verification => VerificationLife,
        _ => TimeSpan.FromDays(3),
    };

    /// <summary>The pause after a failed attempt: 30 s, doubled with each attempt, an hour at most, with jitter of a fifth.</summary>
    /// <param name="jitter">Between 0 and 1.</param>
    public static TimeSpan PauseAfter(int attempts, double jitter)
    {
        const int maxDoublings = 10;
        var pause = FirstPause * (1 << Math.Clamp(attempts - 1, 0, maxDoublings));
        return (pause < MaxPause ? pause : MaxPause) * (0.8 + 0.4 * jitter);
    }
}
