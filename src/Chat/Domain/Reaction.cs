using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace BigTech.Chat.Domain;

/// <summary>One emoji on a message.</summary>
/// <param name="UserIds">Who put it there, in the order in which they came; never nobody.</param>
internal sealed record Reaction(string Emoji, ImmutableList<long> UserIds);

/// <summary>What may be put on a message.</summary>
internal static class Emoji
{
    // Those in use, families and couples with skin tones and flags of regions among them, have about half of that in UTF-16's units.
    private const int Longest = 32;

    private const int EmojiPresentation = 0xFE0F;
    private const int Keycap = 0x20E3;

    /// <summary>
    /// Whether a text is one emoji: a single character as people see it (an extended grapheme cluster, Unicode Standard Annex 29) that begins
    /// with a pictograph, or with a sign that what follows shows as one. Which of them there are grows every year, so no list is kept.
    /// </summary>
    public static bool IsOne(string text) =>
        text.Length is > 0 and <= Longest && StringInfo.GetNextTextElementLength(text) == text.Length &&
        Rune.TryGetRuneAt(text, 0, out var first) && (IsPictograph(first) || (IsSign(first) && Shows(text, EmojiPresentation)) || (IsKey(first) && Shows(text, Keycap)));

    // Category So without the one that shows nothing, the empty cell of Braille, and the one that stands for what cannot be read.
    private static bool IsPictograph(Rune rune) =>
        rune.Value is (>= 0x1F000 and <= 0x1FAFF) or 0x25FD or 0x25FE ||
        (Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherSymbol && rune.Value is not (0x2800 or 0xFFFD));

    // Arrows, squares, marks of exclamation, the wavy dash and the i of information: characters of a text, unless they are told to be emoji.
    private static bool IsSign(Rune rune) =>
        rune.Value is 0x203C or 0x2049 or 0x2139 or 0x3030 || (rune.Value >= 0x2190 && Rune.GetUnicodeCategory(rune) == UnicodeCategory.MathSymbol);

    private static bool IsKey(Rune rune) => rune.Value is (>= '0' and <= '9') or '#' or '*';

    private static bool Shows(string text, int sign) => text.Contains((char)sign, StringComparison.Ordinal);
}
