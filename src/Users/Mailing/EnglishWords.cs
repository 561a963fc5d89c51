using BigTech.Users.Domain;

namespace BigTech.Users.Mailing;

/// <summary>What letters say in English.</summary>
internal static class EnglishWords
{
    private const string TokenHint = "Or copy this code into your program:";
    private const string NotYou = "If you did not ask for this, you need not do anything.";

    public static LetterWords Of(Letter letter) => letter.Kind switch
    {
        LetterKind.ResetPassword => new(
            "Reset your password",
            ["Hello,", $"a new password was asked for the account {letter.Username}. With this link you choose one:"],
            ["The link works once, for 30 minutes. It signs the account out everywhere.", $"{NotYou} The password stays as it is."],
            "Choose a new password", TokenHint),
        LetterKind.VerifyAddress => new(
            "Verify your e-mail address",
            ["Hello,", $"this address was given for the account {letter.Username}. With this link you verify that it is yours:"],
            ["The link works once, for 24 hours.", NotYou],
            "Verify the address", TokenHint),
        LetterKind.FinishRegistration => new(
            "Finish your registration",
            ["Hello,", $"an account {letter.Username} was registered with this address. With this link it is opened:"],
            ["The link works once, for 24 hours.", "If it was not you who chose that name and a password, do not use the link."],
            "Verify the address and open the account", TokenHint),
        LetterKind.AddressTaken => new(
            "You already have an account",
            [
                "Hello,",
                $"this address was given for another account, but it is that of the account {letter.Username}. Nothing was changed.",
            ],
            ["If it was you: sign in with this address, and ask for a new password if you do not know it any more.", NotYou]),
        LetterKind.PasswordChanged => new(
            "Your password was changed",
            ["Hello,", $"the password of the account {letter.Username} was changed, and other devices were signed out."],
            ["If it was not you, ask for a new password at once, and tell those who run this server."]),
        _ => new(
            "Your e-mail address was changed",
            ["Hello,", $"the account {letter.Username} has another e-mail address now. This one does not belong to it any more."],
            ["If it was not you, tell those who run this server at once."]),
    };
}
