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
    private const int KeyCap = 0x20E3;

    // Scripts need less, Tibetan most (8). More cover the lines above and below; Unicode's limit of 30 (UAX #15) is one for memory.
    private const int MaxMarks = 10;
    private const char FirstFullWidth = '\uFF01';
    private const char LastFullWidth = '\uFF5E';

    // England, Scotland and Wales, the only recommended flags (RGI_Emoji_Flag_Sequence, UTS #51) that are spelled in invisible letters.
    private static readonly string[] SpelledFlags = [FlagOf("gbeng"), FlagOf("gbsct"), FlagOf("gbwls")];

    /// <summary>The composed form (NFC, UAX #15), in which equal texts have equal characters.</summary>
    public static string Normalize(string text) => CanBeNormalized(text) ? text.Normalize(NormalizationForm.FormC) : text;

    /// <summary>
    /// The form in which texts are equal that people read as the same: without case, width and other variants of compatibility (NFKC).
    /// </summary>
    public static string Fold(string text) =>
        // By way of the upper case: small letters may share one, such as σ and ς.
        (CanBeNormalized(text) ? text.Normalize(NormalizationForm.FormKC) : text).ToUpperInvariant().ToLowerInvariant();

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
        var marks = 0;
        for (var i = 0; i < text.Length;)
        {
            var flag = Array.Find(SpelledFlags, known => string.CompareOrdinal(text, i, known, 0, known.Length) == 0);
            if (Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var length) != System.Buffers.OperationStatus.Done)
            {
                return "Must not contain code points that are no characters.";
            }
            i += flag?.Length ?? length;
            if (!isOneLine && rune.Value is '\n' or '\r' or '\t') continue;
            if (IsControl(rune)) return "Must not contain control characters.";
            if (IsNonCharacter(rune)) return "Must not contain code points that are no characters.";
            if (TextValidation.IsHidden(rune) && !IsNeeded(rune, previous, NextOf(text.AsSpan(i))))
            {
                return "Must not contain invisible characters, or some that change the direction of the text.";
            }
            if (!IsJoiner(rune)) marks = IsMark(rune) ? marks + 1 : 0;
            if (marks > MaxMarks) return $"Must not contain more than {MaxMarks} marks on one letter.";
            previous = rune;
        }
        return null;
    }

    /// <summary>Without control characters and all that hides or turns: a text of a machine, such as the name of a client.</summary>
    public static string Clean(string text) => string.Concat(
        text.EnumerateRunes().Where(rune => !IsControl(rune) && !IsNonCharacter(rune) && !TextValidation.IsHidden(rune)));

    /// <summary>Whether an invisible character changes here what people see, as emoji and some scripts need it.</summary>
    private static bool IsNeeded(Rune hidden, Rune previous, Rune next) => hidden.Value switch
    {
        ZeroWidthJoiner when IsEmoji(previous) || IsSelector(previous) => IsEmoji(next),
        ZeroWidthJoiner or ZeroWidthNonJoiner => IsOfJoiningScript(previous) && IsOfJoiningScript(next),
        0xFE0E or 0xFE0F => IsEmoji(previous) || (next.Value == KeyCap && previous.Value is (>= '0' and <= '9') or '#' or '*'),
        // Forms of Mongolian letters, and what separates their endings.
        >= 0x180B and <= 0x180F => previous.Value is >= 0x1820 and <= 0x18AA,
        // Marks of direction turn the signs and digits behind a word.
        0x200E or 0x200F or 0x061C =>
            IsRightToLeft(previous) && next != default && !Rune.IsLetter(next) && !TextValidation.IsHidden(next),
        _ => false,
    };

    /// <summary>Line and paragraph separators end a line as a control character does.</summary>
    private static bool IsControl(Rune rune) => Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029;

    private static bool IsNonCharacter(Rune rune) => (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF;

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    private static bool IsJoiner(Rune rune) => rune.Value is ZeroWidthNonJoiner or ZeroWidthJoiner;

    private static bool IsSelector(Rune rune) => rune.Value is 0xFE0E or 0xFE0F;

    /// <summary>What follows; the default value at the end.</summary>
    private static Rune NextOf(ReadOnlySpan<char> rest) =>
        Rune.DecodeFromUtf16(rest, out var next, out _) == System.Buffers.OperationStatus.Done ? next : default;

    /// <summary>Arabic and its neighbours, the scripts of India and those that came from them, and Mongolian.</summary>
    private static bool IsOfJoiningScript(Rune rune) => !TextValidation.IsHidden(rune)
        && rune.Value is (>= 0x0600 and <= 0x109F) or (>= 0x1700 and <= 0x1CFF)
            or (>= 0xA800 and <= 0xABFF) or (>= 0xFB50 and <= 0xFDCF) or (>= 0xFE70 and <= 0xFEFC) or (>= 0x10A00 and <= 0x11FFF);

    private static bool IsRightToLeft(Rune rune) => !TextValidation.IsHidden(rune)
        && rune.Value is (>= 0x0590 and <= 0x08FF) or (>= 0xFB1D and <= 0xFDCF) or (>= 0xFE70 and <= 0xFEFC)
            or (>= 0x10800 and <= 0x10FFF) or (>= 0x1E800 and <= 0x1EFFF);

    /// <summary>Symbols of the blocks that have emoji, or will have some, the signs ©, ®, ‼ and ⁉, and tones of skin.</summary>
    private static bool IsEmoji(Rune rune) => rune.Value is 0xA9 or 0xAE or 0x203C or 0x2049 or 0x3030 or (>= 0x1F000 and <= 0x1FAFF)
        || (rune.Value is >= 0x2100 and <= 0x32FF && rune.Value != 0x2800
            && Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherSymbol or UnicodeCategory.MathSymbol);

    private static string FlagOf(string subdivision)
    {
        const int firstTag = 0xE0000;
        const int lastTag = 0xE007F;
        return "\U0001F3F4" + string.Concat(subdivision.Select(letter => new Rune(firstTag + letter).ToString())) + new Rune(lastTag);
    }

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
