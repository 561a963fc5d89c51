namespace BigTech.Users.Domain;

/// <summary>The length and the allowed characters of user texts.</summary>
internal static class UserTextValidation
{
    /// <summary>The length in code points: an emoji outside the basic plane is one character.</summary>
    public static int LengthOf(string text)
    {
        var length = 0;
        foreach (var _ in text.EnumerateRunes()) length++;
        return length;
    }

    public static bool IsOneLine(string text) => !text.Any(char.IsControl);

    public static bool IsClean(string text) => !text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'));
}
