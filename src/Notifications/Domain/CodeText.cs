using System.Text;

namespace BigTech.Notifications.Domain;

/// <summary>
/// Finds code in a message, as Markdown marks it (CommonMark 0.31, sections 4.5 and 6.1): fences of three and more backticks or tildes,
/// and, within a paragraph, what is between two runs of equally many backticks that no backslash escapes.
/// </summary>
internal static class CodeText
{
    private const char Tick = '`';
    private const int FenceWidth = 3;
    private const int MaxIndent = 3;

    /// <summary>Whether a text may have code.</summary>
    public static bool MayBeIn(string text) => text.Contains(Tick) || text.Contains("~~~", StringComparison.Ordinal);

    /// <summary>The text with a blank in place of each piece of code.</summary>
    public static string Remove(string text)
    {
        var rest = new StringBuilder(text.Length);
        var paragraph = new StringBuilder();
        (char Mark, int Width)? fence = null;
        // A fence ends a paragraph, also one with an open run of backticks; it may stay open until the end.
        foreach (var line in text.Split(["\r\n", "\n", "\r"], StringSplitOptions.None))
        {
            var opened = FenceOf(line, out var info);
            if (fence is { } open)
            {
                if (opened is { } close && close.Mark == open.Mark && close.Width >= open.Width && info.IsWhiteSpace()) fence = null;
                continue;
            }
            // What follows on the line names the language; with a backtick in it, a run of backticks is none.
            if (opened is { } found && !(found.Mark == Tick && info.Contains(Tick))) fence = found;
            if (fence is not null || string.IsNullOrWhiteSpace(line)) AppendText();
            else paragraph.Append(line);
            paragraph.Append('\n');
        }
        AppendText();
        return rest.ToString();

        void AppendText()
        {
            AppendWithoutSpans(rest, paragraph.ToString());
            paragraph.Clear();
        }
    }

    /// <summary>The run of at least three marks that begins a line, and what follows it.</summary>
    private static (char Mark, int Width)? FenceOf(ReadOnlySpan<char> line, out ReadOnlySpan<char> info)
    {
        var run = line.TrimStart(' ');
        info = run;
        if (run.IsEmpty || run[0] is not (Tick or '~') || line.Length - run.Length > MaxIndent) return null;
        info = run.TrimStart(run[0]);
        return run.Length - info.Length is var width and >= FenceWidth ? (run[0], width) : null;
    }

    private static void AppendWithoutSpans(StringBuilder rest, string paragraph)
    {
        for (var at = 0; at < paragraph.Length;)
        {
            var width = WidthAt(paragraph, at);
            var end = width > 0 ? EndOfSpan(paragraph, at + width, width) : at;
            // An escaped character is read with its backslash. A run that nothing closes is ordinary characters.
            var next = width > 0 ? at + width : Math.Min(paragraph.Length, at + (paragraph[at] == '\\' ? 2 : 1));
            if (end > at) rest.Append(' ');
            else rest.Append(paragraph, at, next - at);
            at = Math.Max(end, next);
        }
    }

    private static int WidthAt(string text, int at) => text.AsSpan(at) is var run ? run.Length - run.TrimStart(Tick).Length : 0;

    /// <summary>-1: nothing closes it. A backslash inside of code is an ordinary character.</summary>
    private static int EndOfSpan(string text, int from, int width)
    {
        for (var at = text.IndexOf(Tick, from); at >= 0; at = text.IndexOf(Tick, at))
        {
            var found = WidthAt(text, at);
            at += found;
            if (found == width) return at;
        }
        return -1;
    }
}
