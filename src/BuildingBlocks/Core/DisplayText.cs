using System.Text;

namespace BigTech.BuildingBlocks.Core;

/// <summary>
/// The one rule for texts that people see among those of others: names of users and groups, states, messages of friend requests. Such a
/// text must not look like another's, change the direction of what stands beside it, or hide something.
/// </summary>
public static class DisplayText
{
    private const int ZeroWidthNonJoiner = 0x200C;
    private const int ZeroWidthJoiner = 0x200D;
    private const int BlackFlag = 0x1F3F4;
    private const char FirstFullWidth = '\uFF01';
    private const char LastFullWidth = '\uFF5E';

    /// <summary>The composed form (NFC, UAX #15), in which equal texts have equal characters.</summary>
    public static string Normalize(string text) => CanBeNormalized(text) ? text.Normalize(NormalizationForm.FormC) : text;

    /// <summary>
    /// With ordinary letters, digits and signs where there are full-width ones, as keyboards for Korean, Japanese and Chinese type them
    /// (the width mapping of RFC 8265 for usernames). The length stays.
    /// </summary>
    public static string Narrow(string text) => !text.Any(IsFullWidth)
        ? text
        : string.Create(text.Length, text, static (narrow, wide) =>
        {
            for (var i = 0; i < narrow.Length; i++) narrow[i] = IsFullWidth(wide[i]) ? (char)(wide[i] - FirstFullWidth + '!') : wide[i];
        });

    /// <summary>What is wrong with a text, for its author; null if nothing.</summary>
    public static string? ProblemOf(string text, bool isOneLine)
    {
        var previous = default(Rune);
        var inFlag = false;
        for (var i = 0; i < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var length) != System.Buffers.OperationStatus.Done)
            {
                return "Must not contain code points that are no characters.";
            }
            i += length;
            inFlag = rune.Value == BlackFlag || (inFlag && IsTag(rune));
            if (!isOneLine && rune.Value is '\n' or '\r' or '\t') continue;
            if (IsControl(rune)) return "Must not contain control characters.";
            if (IsNonCharacter(rune)) return "Must not contain code points that are no characters.";
            var mayStay = inFlag || (IsJoiner(rune) && Joins(previous, rune, text.AsSpan(i)));
            if (!mayStay && IsHidden(rune)) return "Must not contain invisible characters, or some that change the direction of the text.";
            previous = rune;
        }
        return null;
    }

    /// <summary>Whether a character shows nothing itself and is not needed by a script: it only changes how others look.</summary>
    public static bool IsHidden(Rune rune) => IsHiddenFormat(rune) || rune.Value is 0x115F or 0x1160 or 0x3164 or 0xFFA0;

    private static bool IsHiddenFormat(Rune rune) => Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format
        // Marks of direction beside a word, and the signs that Arabic and its neighbours write before a number, are a part of writing.
        && rune.Value is not (0x200E or 0x200F or 0x061C or (>= 0x0600 and <= 0x0605) or 0x06DD or 0x070F or 0x0890 or 0x0891 or 0x08E2
            or 0x110BD or 0x110CD);

    /// <summary>Line and paragraph separators end a line as a control character does.</summary>
    private static bool IsControl(Rune rune) => Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029;

    private static bool IsNonCharacter(Rune rune) => (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF;

    /// <summary>The letters of a subdivision in its flag.</summary>
    private static bool IsTag(Rune rune) => rune.Value is >= 0xE0020 and <= 0xE007F;

    private static bool IsJoiner(Rune rune) => rune.Value is ZeroWidthNonJoiner or ZeroWidthJoiner;

    /// <summary>Between emoji, or behind a letter of a script that joins letters.</summary>
    private static bool Joins(Rune previous, Rune joiner, ReadOnlySpan<char> rest)
    {
        if (Rune.DecodeFromUtf16(rest, out var next, out _) != System.Buffers.OperationStatus.Done) return false;
        var joinsLetters = IsOfJoiningScript(previous) && IsOfJoiningScript(next);
        return joinsLetters || (joiner.Value == ZeroWidthJoiner && IsEmoji(previous) && IsEmoji(next));
    }

    /// <summary>Arabic and its neighbours, the scripts of India and those that came from them, and Mongolian.</summary>
    private static bool IsOfJoiningScript(Rune rune) => rune.Value is (>= 0x0600 and <= 0x109F) or (>= 0x1700 and <= 0x1CFF)
        or (>= 0xA800 and <= 0xABFF) or (>= 0xFB50 and <= 0xFDCF) or (>= 0xFE70 and <= 0xFEFC) or (>= 0x10A00 and <= 0x11FFF);

    /// <summary>Symbols, with what selects their color or their presentation.</summary>
    private static bool IsEmoji(Rune rune) => rune.Value == 0xFE0F
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherSymbol or UnicodeCategory.ModifierSymbol or UnicodeCategory.MathSymbol;

    private static bool IsFullWidth(char c) => c is >= FirstFullWidth and <= LastFullWidth;

    /// <summary>.NET throws at half of a character, and at U+FFFE, a text in the wrong byte order.</summary>
    private static bool CanBeNormalized(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\uFFFE') return false;
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }
        return true;
    }
}
