using System.Text;

namespace BigTech.Notifications.Domain;

/// <summary>
/// Finds code in a message, as Markdown marks it (CommonMark 0.31, sections 4.5 and 6.1): between runs of equally many backticks within a
/// paragraph, or in a fence of three and more that begins a line and may stay open until the end.
/// </summary>
internal static class CodeText
{
    private const char Tick = '`';
    private const int FenceWidth = 3;

    /// <summary>The text with a blank in place of each piece of code.</summary>
    public static string Remove(string text)
    {
        var rest = new StringBuilder(text.Length);
        var at = 0;
        for (var open = text.IndexOf(Tick, StringComparison.Ordinal); open >= 0; open = text.IndexOf(Tick, at))
        {
            var behind = open + Width(text, open);
            var end = IsFence(text, open) ? EndOfFence(text, open) : EndOfSpan(text, open);
            rest.Append(text, at, (end < 0 ? behind : open) - at);
            if (end >= 0) rest.Append(' ');
            at = end < 0 ? behind : end;
        }
        return rest.Append(text, at, text.Length - at).ToString();
    }

    private static int Width(string text, int at)
    {
        var width = 0;
        while (at + width < text.Length && text[at + width] == Tick) width++;
        return width;
    }

    private static bool BeginsLine(string text, int at) => text.AsSpan(0, at) is var before
        && before[(before.LastIndexOf('\n') + 1)..].IsWhiteSpace();

    /// <summary>What follows on the line of a fence names its language; with a backtick in it, it is a span.</summary>
    private static bool IsFence(string text, int open)
    {
        var width = Width(text, open);
        var line = text.AsSpan(open + width);
        var end = line.IndexOf('\n');
        return width >= FenceWidth && BeginsLine(text, open) && !(end < 0 ? line : line[..end]).Contains(Tick);
    }

    private static int EndOfFence(string text, int open)
    {
        var width = Width(text, open);
        for (var at = text.IndexOf(Tick, open + width); at >= 0; at = text.IndexOf(Tick, at + Width(text, at)))
        {
            if (Width(text, at) >= width && BeginsLine(text, at)) return at + Width(text, at);
        }
        return text.Length;
    }

    /// <summary>-1: nothing closes it, so that its backticks are ordinary characters.</summary>
    private static int EndOfSpan(string text, int open)
    {
        var width = Width(text, open);
        for (var at = text.IndexOf(Tick, open + width); at >= 0; at = text.IndexOf(Tick, at + Width(text, at)))
        {
            if (Width(text, at) == width) return HasBlankLine(text.AsSpan(open, at - open)) ? -1 : at + width;
        }
        return -1;
    }

    private static bool HasBlankLine(ReadOnlySpan<char> text)
    {
        for (var end = text.IndexOf('\n'); end >= 0; end = text.IndexOf('\n'))
        {
            text = text[(end + 1)..];
            var next = text.IndexOf('\n');
            if (next >= 0 && text[..next].IsWhiteSpace()) return true;
        }
        return false;
    }
}
