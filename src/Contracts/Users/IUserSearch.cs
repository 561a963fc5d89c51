namespace BigTech.Contracts.Users;

/// <summary>How well a user's names match a text. Lower values are better.</summary>
public enum MatchRank
{
    /// <summary>A name equals the text.</summary>
    Exact,

    /// <summary>A name begins with the text.</summary>
    Prefix,

    /// <summary>A name contains the text elsewhere.</summary>
    Inside,
}

/// <summary>A user whom a search found.</summary>
/// <param name="Key">By which the search sorts users of one rank.</param>
public sealed record UserMatch(UserSummary User, MatchRank Rank, string Key);

/// <summary>
/// The User context's search, for contexts that hold only ids. Matching names, Korean and its initial consonants stays in the User context.
/// </summary>
public interface IUserSearch
{
    /// <summary>
    /// Those of <paramref name="ids"/> whose username or display name (or its initial consonants, 초성) match, by rank and then by the
    /// name that matches. The caller handles blocks.
    /// </summary>
    Task<IReadOnlyList<UserMatch>> FindAmong(IReadOnlyCollection<long> ids, string text, CancellationToken ct);
}
