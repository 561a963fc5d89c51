namespace BigTech.Users.Domain;

/// <summary>The names of mails, languages and purposes in the store, in metrics and in file names.</summary>
internal static class MailWireNames
{
    public static string NameOf(MailKind kind) => kind switch
    {
        MailKind.PasswordReset => "password_reset",
        MailKind.Verification => "verification",
        MailKind.PasswordChanged => "password_changed",
        _ => "address_changed",
    };

    public static string NameOf(MailLanguage language) => language == MailLanguage.Korean ? "ko" : "en";

    public static string NameOf(TokenPurpose purpose) => purpose switch
    {
        TokenPurpose.PasswordReset => "password_reset",
        TokenPurpose.Verification => "verification",
        _ => "registration",
    };

    public static MailKind KindOf(string name) => Enum.GetValues<MailKind>().Single(kind => NameOf(kind) == name);

    public static MailLanguage LanguageOf(string name) => Enum.GetValues<MailLanguage>().Single(language => NameOf(language) == name);
}
