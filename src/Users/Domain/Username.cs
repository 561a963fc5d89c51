namespace BigTech.Users.Domain;

/// <summary>The short public name of a user. Names that differ only in case, or in the width of their letters, are equal.</summary>
internal sealed record Username
{
    public const int ShortestLength = 3;
    public const int MaxLength = 50;

    /// <summary>What <see cref="Parse"/> accepts, for the API description; full-width forms become these characters.</summary>
    public const string Pattern = "^[A-Za-z0-9_]+$";

    private Username(string value) => Value = value;

    public string Value { get; }

    /// <summary>The form for comparison, search and uniqueness.</summary>
    public string Key => Value.ToLowerInvariant();

    public static Parsed<Username> Parse(string? text)
    {
        if (string.IsNullOrEmpty(text)) return Parsed<Username>.Rejected("Is required.");
        text = DisplayText.Narrow(text);
        if (text.Length is < ShortestLength or > MaxLength)
        {
            return Parsed<Username>.Rejected($"Must have {ShortestLength} to {MaxLength} characters.");
        }
        return text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            ? new Username(text)
            : Parsed<Username>.Rejected("May contain only the letters A-Z, digits and underscores.");
    }

    public static Username FromStore(string value) => new(value);
}
