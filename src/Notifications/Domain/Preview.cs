using System.Text;

namespace BigTech.Notifications.Domain;

/// <summary>The beginning of a text, for one line of a list.</summary>
internal static class Preview
{
    public const int MaxLength = 100;
    private const char Ellipsis = '…';

    /// <summary>
    /// At most <see cref="MaxLength"/> UTF-16 units on one line, including the ellipsis of a cut. A text element (what users see as one
    /// character) is never split.
    /// </summary>
    public static string From(string text)
    {
        var line = OneLine(text);
        if (line.Length <= MaxLength) return line;
        var end = 0;
        while (true)
        {
            var next = end + StringInfo.GetNextTextElementLength(line, end);
            if (next > MaxLength - 1) return string.Concat(line.AsSpan(0, end).TrimEnd(), [Ellipsis]);
            end = next;
        }
    }

    /// <summary>Embeddings, overrides and isolates of bidirectional text (UAX #9): what follows the text would change as well.</summary>
    private static bool ChangesDirection(Rune rune) => rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    private static string OneLine(string text)
    {
        // Copies no more of a long message than the preview can need.
        var line = new StringBuilder(Math.Min(text.Length, 2 * MaxLength));
        Span<char> units = stackalloc char[2];
        foreach (var rune in text.EnumerateRunes())
        {
            // What stands beside the preview keeps its direction, and the line its length.
            if (ChangesDirection(rune) || Rune.IsControl(rune) && !Rune.IsWhiteSpace(rune)) continue;
            if (!Rune.IsWhiteSpace(rune)) line.Append(units[..rune.EncodeToUtf16(units)]);
            else if (line.Length > 0 && line[^1] != ' ') line.Append(' ');
            if (line.Length >= 2 * MaxLength) break;
        }
        return line.ToString().TrimEnd();
    }
}
