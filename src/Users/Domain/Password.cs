using System.Text;

namespace BigTech.Users.Domain;

/// <summary>A valid new password. It exists only until it is hashed, and is never printed.</summary>
internal sealed class Password
{
    public const int ShortestLength = 8;
    public const int MaxLength = 128;

    private Password(string value) => Value = value;

    public string Value { get; }

    /// <param name="email">The user's address, if known: the password must not repeat it.</param>
    /// <param name="username">The same for the username.</param>
    public static Parsed<Password> Parse(string? text, EmailAddress? email, Username? username)
    {
        if (string.IsNullOrEmpty(text)) return Parsed<Password>.Rejected("Is required.");
        if (UserTextValidation.LengthOf(text) is < ShortestLength or > MaxLength)
        {
            return Parsed<Password>.Rejected($"Must have {ShortestLength} to {MaxLength} characters.");
        }
        if (!UserTextValidation.IsOneLine(text)) return Parsed<Password>.Rejected("Must not contain control characters.");
        if (!text.EnumerateRunes().Any(Rune.IsLetter) || !text.EnumerateRunes().Any(Rune.IsDigit))
        {
            return Parsed<Password>.Rejected("Must contain a letter and a digit.");
        }
        if (IsSame(text, email?.Value) || IsSame(text, username?.Value))
        {
            return Parsed<Password>.Rejected("Must not be the e-mail address or the username.");
        }
        return CommonPasswords.Contains(text) ? Parsed<Password>.Rejected("Is too common.") : new Password(text);
    }

    private static bool IsSame(string text, string? other) => string.Equals(text, other, StringComparison.OrdinalIgnoreCase);
}
