using System.Text;

namespace BigTech.Users.Domain;

/// <summary>A valid new password. It exists only until it is hashed, and is never printed.</summary>
internal sealed class Password
{
    public const int ShortestLength = 8;
    public const int MaxLength = 128;

    private static readonly string[] ProductNames = ["bigtech", "bigtechchat", "bigtech chat", "bigtech-chat", "bigtech_chat"];

    private Password(string value) => Value = value;

    public string Value { get; }

    /// <param name="email">The user's address, if known: the password must not repeat it.</param>
    /// <param name="username">The same for the username.</param>
    public static Parsed<Password> Parse(string? text, EmailAddress? email, Username? username)
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
        if (IsSame(text, email?.Value) || IsSame(text, username?.Value))
        {
            return Parsed<Password>.Rejected("Must not be the e-mail address or the username.");
        }
        var word = WordOf(text);
        if (ProductNames.Contains(word, StringComparer.OrdinalIgnoreCase) || (username is not null && IsSame(word, WordOf(username.Value))))
        {
            return Parsed<Password>.Rejected("Must not be the username or the product's name with digits or signs around it.");
        }
        return CommonPasswords.Contains(text) ? Parsed<Password>.Rejected("Is too common.") : new Password(text);
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

    /// <summary>Without the digits and signs around it.</summary>
    private static string WordOf(string text)
    {
        var first = 0;
        var last = text.Length;
        while (first < last && !char.IsLetter(text[first])) first++;
        while (last > first && !char.IsLetter(text[last - 1])) last--;
        return text[first..last];
    }

    private static bool IsSame(string text, string? other) => string.Equals(text, other, StringComparison.OrdinalIgnoreCase);
}
