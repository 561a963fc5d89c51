namespace BigTech.Platform.Http;

/// <summary>What every text that people write must keep to.</summary>
public static class Text
{
    /// <summary>Whether a text is free of NUL and of control characters other than line feed, carriage return and tab.</summary>
    public static bool IsClean(string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c) && c is not ('\n' or '\r' or '\t')) return false;
        }
        return true;
    }

    /// <summary>The same for a text of one line: a name, a title.</summary>
    public static bool IsCleanLine(string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c)) return false;
        }
        return true;
    }

    /// <summary>Characters as people count them, not UTF-16 units: an emoji outside the basic plane is one.</summary>
    public static int LengthOf(string text) => text.Length - text.Count(char.IsLowSurrogate);

    /// <summary>An id as the stores keep it, whatever case its reader has given it (RFC 9562, section 4); null when it is no UUID.</summary>
    public static string? Uuid(string text) => Guid.TryParseExact(text, "D", out var id) ? id.ToString() : null;
}
