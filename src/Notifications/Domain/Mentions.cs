using System.Text.RegularExpressions;

namespace BigTech.Notifications.Domain;

/// <summary>Whom a text calls by <c>@username</c>.</summary>
internal static partial class Mentions
{
    /// <summary>Whoever calls more people at once calls nobody in particular.</summary>
    public const int Max = 50;

    /// <summary>
    /// The usernames that a text mentions, each once whatever its case. A name may stand right before or after other scripts, as Korean
    /// particles do; what looks like a part of an e-mail address or of a link is none.
    /// </summary>
    public static IReadOnlyList<string> In(string text)
    {
        if (!text.Contains('@', StringComparison.Ordinal)) return [];
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (Match match in Mention().Matches(text))
        {
            if (names.Count == Max) break;
            names.Add(match.Groups[1].Value);
        }
        return [.. names];
    }

    [GeneratedRegex("(?<![A-Za-z0-9_.%+\\-/@])@([A-Za-z0-9_]{3,50})(?![A-Za-z0-9_@]|\\.[A-Za-z0-9_]|-[A-Za-z0-9_])")]
    private static partial Regex Mention();
}
