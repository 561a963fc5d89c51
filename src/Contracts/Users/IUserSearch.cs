namespace BigTech.Contracts.Users;

/// <summary>How well a user's names match a text. The better one comes first.</summary>
public enum MatchRank
{
    /// <summary>A name is the text.</summary>
    Exact,

    /// <summary>A name begins with it.</summary>
    Prefix,

    /// <summary>A name holds it somewhere.</summary>
    Inside,
}

/// <summary>A user whom a search found.</summary>
/// <param name="Key">The username as the search sorts it.</param>
public sealed record UserMatch(UserSummary User, MatchRank Rank, string Key);

/// <summary>
/// The User context's search, for contexts that hold bare ids: names, Korean and its initial consonants stay the User context's business.
/// </summary>
public interface IUserSearch
{
    /// <summary>
    /// Those of <paramref name="ids"/> whose username or display name (or its initial consonants, 초성) match, by rank and then by name.
    /// Blocks are the caller's business.
    /// </summary>
    Task<IReadOnlyList<UserMatch>> FindAmong(IReadOnlyCollection<long> ids, string text, CancellationToken ct);
}
