namespace BigTech.Users.Domain;

/// <summary>How texts are measured and what they may not hold.</summary>
internal static class UserTextValidation
{
    /// <summary>The length as people count it: an emoji outside the basic plane is one character.</summary>
    public static int LengthOf(string text)
    {
        var length = 0;
        foreach (var _ in text.EnumerateRunes()) length++;
        return length;
    }

    public static bool IsOneLine(string text) => !text.Any(char.IsControl);

    public static bool IsClean(string text) => !text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'));
}
