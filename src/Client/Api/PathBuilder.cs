using System.Text;

namespace BigTech.Chat.Client;

/// <summary>Paths with the query values that are given.</summary>
internal static class PathBuilder
{
    public static string Path(string path, params ReadOnlySpan<(string Name, object? Value)> query)
    {
        var text = new StringBuilder(path);
        var separator = '?';
        foreach (var (name, value) in query)
        {
            if (value is null) continue;
            text.Append(separator).Append(name).Append('=')
                .Append(Uri.EscapeDataString(Convert.ToString(value, CultureInfo.InvariantCulture)!));
            separator = '&';
        }
        return text.ToString();
    }

    /// <summary>A text as one segment of a path.</summary>
    public static string Segment(string text) => Uri.EscapeDataString(text);
}
