using System.Text.RegularExpressions;

namespace BigTech.Notifications.Domain;

/// <summary>Finds mentions (<c>@username</c>) in a text.</summary>
internal static partial class Mentions
{
    /// <summary>Further mentions are ignored: so many address no user in particular.</summary>
    public const int Max = 50;

    /// <summary>
    /// The usernames that a text mentions, each once, ignoring case. A name may directly follow or precede other scripts, such as Korean
    /// particles. Full-width letters are ordinary ones, as in a username. Parts of e-mail addresses, of links and of code are not mentions.
    /// </summary>
    public static IReadOnlyList<string> In(string text)
    {
        // Before the letters become narrow: only an ordinary backtick or tilde marks code.
        text = DisplayText.Narrow(CodeText.MayBeIn(text) ? CodeText.Remove(text) : text);
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
