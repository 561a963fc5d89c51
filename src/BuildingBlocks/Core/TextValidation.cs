using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace BigTech.BuildingBlocks.Core;

/// <summary>Rules for every text that users write.</summary>
public static class TextValidation
{
    private const int UuidLength = 36;

    /// <summary>Whether a text is free of NUL and of control characters other than line feed, carriage return and tab.</summary>
    public static bool IsClean(string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c) && c is not ('\n' or '\r' or '\t')) return false;
        }
        return true;
    }

    /// <summary>The same for a single-line text: a name, a title.</summary>
    public static bool IsCleanLine(string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c)) return false;
        }
        return true;
    }

    /// <summary>
    /// Whether a text has no visible character: only white space, characters that control the display of others (zero-width characters,
    /// direction marks, variation selectors), and the blank letters of Hangul and Braille. Control characters count as visible, so that
    /// they are rejected and not ignored.
    /// </summary>
    public static bool IsBlank([NotNullWhen(false)] string? text)
    {
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            if (!IsInvisible(rune)) return false;
        }
        return true;
    }

    /// <summary>Whether a character is white space or <see cref="IsHidden"/>.</summary>
    public static bool IsInvisible(Rune rune) => Rune.IsWhiteSpace(rune) || IsHidden(rune);

    /// <summary>
    /// Whether a character shows nothing itself, or only controls how others look: Unicode's Default_Ignorable_Code_Point, all of which it
    /// classifies as formats, letters, marks or nothing, the other formats, and blank letters and symbols.
    /// </summary>
    public static bool IsHidden(Rune rune) => rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x2065 or 0x2800 or 0x3164 or
            0xFFA0 or 0x13441 or 0x13442 or 0x1D159 or (>= 0x180B and <= 0x180F) or (>= 0xFE00 and <= 0xFE0F) or (>= 0xFFF0 and <= 0xFFF8)
            or (>= 0xE0000 and <= 0xE0FFF)
        || (Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format && !IsSignBeforeNumber(rune));

    /// <summary>The visible formats: signs that Arabic and its neighbours write before or around a number.</summary>
    private static bool IsSignBeforeNumber(Rune rune) => rune.Value is (>= 0x0600 and <= 0x0605) or 0x06DD or 0x070F or 0x0890 or 0x0891 or
        0x08E2 or 0x110BD or 0x110CD;

    /// <summary>The length in code points, not UTF-16 units: an emoji outside the basic plane counts as one.</summary>
    public static int LengthOf(string text)
    {
        var length = text.Length;
        foreach (var c in text)
        {
            if (char.IsLowSurrogate(c)) length--;
        }
        return length;
    }

    /// <summary>The beginning of a text: at most this many UTF-16 units, and no half of a character.</summary>
    public static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    /// <summary>An id in the stores' form, from either case (RFC 9562, section 4); null when it is none.</summary>
    public static string? Uuid(string? text) =>
        // The parser itself would ignore blanks around it.
        text?.Length == UuidLength && Guid.TryParseExact(text, "D", out var id) ? id.ToString() : null;
}
