using BigTech.Contracts.Users;

namespace BigTech.Users.Domain;

/// <summary>A text that begins at some place of a name.</summary>
/// <param name="IsInside">Whether that place is not the start of the name.</param>
internal readonly record struct SearchTerm(bool IsInside, string Text);

/// <summary>A term that matches; the better one of a user's names is the smaller one.</summary>
internal readonly record struct SearchMatch(MatchRank Rank, string Term) : IComparable<SearchMatch>
{
    /// <summary>A match that no term shows: by the e-mail address.</summary>
    public static SearchMatch Unnamed => new(MatchRank.Exact, "");

    public int CompareTo(SearchMatch other) => Rank != other.Rank ? Rank.CompareTo(other.Rank) : string.CompareOrdinal(Term, other.Term);
}

/// <summary>The forms of names and searched texts that search compares; see <see cref="SearchText"/>.</summary>
internal static class SearchKeys
{
    /// <summary>What is behind this many keys is not compared.</summary>
    public const int MaxLength = 64;

    // Compatibility characters decompose into up to 18 letters.
    private const int MaxTerms = 2 * DisplayName.MaxLength;

    /// <summary>The keys of a searched text; empty if it has nothing to compare.</summary>
    public static string Of(string text) => Cut(new SearchText(text).Keys);

    /// <summary>The terms of a user's names, each once. A search finds the user if one of them begins with its keys.</summary>
    public static HashSet<SearchTerm> TermsOf(string username, string displayName) => [.. TermsOf(username), .. TermsOf(displayName)];

    /// <summary>How well the names with these terms match the keys of a searched text; null if they do not.</summary>
    public static SearchMatch? MatchOf(IEnumerable<SearchTerm> terms, string keys) => keys.Length == 0 ? null : terms
        .Where(term => term.Text.StartsWith(keys, StringComparison.Ordinal))
        .Select(term => (SearchMatch?)MatchOf(term, keys))
        .Min();

    /// <summary>The same for a term that begins with the keys.</summary>
    public static SearchMatch MatchOf(SearchTerm term, string keys) => new(
        term.IsInside ? MatchRank.Inside : term.Text.Length == keys.Length ? MatchRank.Exact : MatchRank.Prefix, term.Text);

    private static IEnumerable<SearchTerm> TermsOf(string name) =>
        new SearchText(name).Endings().Take(MaxTerms).Select(ending => new SearchTerm(ending.IsInside, Cut(ending.Text)));

    private static string Cut(string keys) => TextValidation.Cut(keys, MaxLength);
}
