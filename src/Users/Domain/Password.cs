using System.Text;

namespace BigTech.Users.Domain;

/// <summary>A valid new password. It exists only until it is hashed, and is never printed.</summary>
internal sealed class Password
{
    public const int ShortestLength = 8;
    public const int MaxLength = 128;

    private static readonly string[] ProductNames = ["bigtech", "bigtechchat"];

    private Password(string value) => Value = value;

    public string Value { get; }

    /// <param name="email">The user's address, if known: the password must not repeat it.</param>
    /// <param name="username">The same for the username.</param>
    /// <param name="displayName">The same for the display name.</param>
    public static Parsed<Password> Parse(string? text, EmailAddress? email, Username? username, DisplayName? displayName)
    {
        if (string.IsNullOrEmpty(text)) return Parsed<Password>.Rejected("Is required.");
        text = Normalize(text);
        if (TextValidation.LengthOf(text) is < ShortestLength or > MaxLength)
        {
            return Parsed<Password>.Rejected($"Must have {ShortestLength} to {MaxLength} characters.");
        }
        if (!TextValidation.IsCleanLine(text)) return Parsed<Password>.Rejected("Must not contain control characters.");
        if (!text.EnumerateRunes().Any(Rune.IsLetter) || !text.EnumerateRunes().Any(Rune.IsDigit))
        {
            return Parsed<Password>.Rejected("Must contain a letter and a digit.");
        }
        // As it is guessed: other cases, widths and compositions of a password are tried with it.
        var folded = DisplayText.Fold(text);
        if (folded == Folded(email?.Value) || folded == Folded(username?.Value))
        {
            return Parsed<Password>.Rejected("Must not be the e-mail address or the username.");
        }
        var letters = LettersOf(folded);
        string?[] names = [email?.Value, email?.LocalPart, username?.Value, displayName?.Value, .. ProductNames];
        if (names.Any(name => LettersOf(Folded(name)) == letters))
        {
            return Parsed<Password>.Rejected("Must not be the product's name or one of the user with digits or signs.");
        }
        return CommonPasswords.Contains(folded) ? Parsed<Password>.Rejected("Is too common.") : new Password(text);
    }

    /// <summary>
    /// The form in which passwords are hashed and compared (OpaqueString, RFC 8265): composed, with ordinary spaces. A password typed on
    /// another system, whose keyboard composes in another way, is the same.
    /// </summary>
    public static string Normalize(string text)
    {
        var spaced = text.Any(c => c != ' ' && char.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator)
            ? string.Concat(text.Select(c => char.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator ? ' ' : c))
            : text;
        return DisplayText.Normalize(spaced);
    }

    private static string Folded(string? text) => text is null ? "" : DisplayText.Fold(text);

    private static string LettersOf(string text) => string.Concat(text.EnumerateRunes().Where(Rune.IsLetter));
}
