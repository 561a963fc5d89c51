namespace BigTech.Users.Domain;

/// <summary>The forms of a name that search compares.</summary>
internal static class SearchKeys
{
    /// <summary>Lower case, composed Korean, without leading and trailing blanks; inner runs of blanks become one space.</summary>
    public static string Normalize(string text) =>
        Hangul.Compose(string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).ToLowerInvariant();

    /// <summary>The initial consonants of a normalized name.</summary>
    public static string Initials(string normalized) => Hangul.InitialsOf(normalized);
}
