using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Users;
using BigTech.Users.Domain;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Users.Storage;

/// <summary>A position in search results: after the user of that rank and name.</summary>
internal sealed record SearchPlace(int Rank, string UsernameKey);

/// <summary>One page of search results.</summary>
/// <param name="Total">The number of all matching users.</param>
/// <param name="Next">The position of the next page; null at the end.</param>
internal sealed record SearchPage(List<User> Users, long Total, SearchPlace? Next);

/// <summary>
/// Finds users by username, display name, its initial consonants (초성), or exact e-mail address where they allow it: first exact
/// matches, then matches at the start, then matches anywhere.
/// </summary>
internal sealed class UserSearch([FromKeyedServices(UsersDatabase.Name)] Store store) : IUserSearch
{
    private const int IdsPerQuery = 500;

    // A user decides whether their address finds them; where it does not, it must not change their rank either. The row is looked up for
    // equal addresses alone.
    private const string EmailSql = """
        (email_key = @text AND NOT EXISTS (SELECT 1 FROM privacy WHERE privacy.user_id = users.id AND findable_by_email = 0))
        """;

    // INSTR instead of LIKE: the text needs no escaping, and the keys are lower case already.
    private const string RankSql = $"""
        CASE WHEN @text IN (username_key, display_key) OR display_initials = @initials OR {EmailSql} THEN 0
             WHEN INSTR(username_key, @text) = 1 OR INSTR(display_key, @text) = 1 OR INSTR(display_initials, @initials) = 1 THEN 1
             ELSE 2 END
        """;

    private const string MatchSql = $"""
        (INSTR(username_key, @text) > 0 OR INSTR(display_key, @text) > 0 OR INSTR(display_initials, @initials) > 0 OR {EmailSql})
        """;

    // A block hides both users from each other, whichever of them has set it.
    private const string NotBlockedSql = """
        id NOT IN (SELECT blocked_id FROM blocks WHERE blocker_id = @searcher AND is_active = 1
            UNION ALL SELECT blocker_id FROM blocks WHERE blocked_id = @searcher AND is_active = 1)
        """;

    private const string MatchesSql = $"""
        WITH matches AS (
            SELECT id, username_key, {RankSql} AS tier
            FROM users
            WHERE id <> @searcher AND {MatchSql} AND {NotBlockedSql})
        """;

    private const string AmongSql = $"""
        SELECT id AS Id, username_key AS UsernameKey, {RankSql} AS Tier FROM users WHERE id IN @ids AND {MatchSql}
        """;

    internal const string CountSql = $"{MatchesSql} SELECT COUNT(*) FROM matches";

    private const string PageSql = $"""
        {MatchesSql}
        SELECT tier AS Tier, username_key AS UsernameKey, id AS Id FROM matches
        WHERE tier > @tier OR (tier = @tier AND username_key > @usernameKey)
        ORDER BY tier, username_key LIMIT @limit
        """;

    /// <param name="searcher">Excluded from the results, as are all users with a block between them.</param>
    /// <param name="after">Null for the first page.</param>
    public ValueTask<SearchPage> Find(string text, long searcher, SearchPlace? after, int limit, CancellationToken ct)
    {
        var (normalized, initials) = KeysOf(text);
        return store.Read(async reader =>
        {
            var total = await reader.First<long>(CountSql, new { text = normalized, initials, searcher });
            var hits = await reader.Query<Hit>(PageSql, new
            {
                text = normalized,
                initials,
                searcher,
                tier = after?.Rank ?? -1,
                usernameKey = after?.UsernameKey ?? "",
                limit = limit + 1,
            });
            var page = hits.Take(limit).ToList();
            var last = hits.Count > limit ? page[^1] : null;
            var users = (await UserRepository.Find(reader, page.ConvertAll(hit => hit.Id))).ToDictionary(user => user.Id);
            var next = last is null ? null : new SearchPlace(last.Tier, last.UsernameKey);
            return new SearchPage(page.ConvertAll(hit => users[hit.Id]), total, next);
        }, ct);
    }

    public async Task<IReadOnlyList<UserMatch>> FindAmong(IReadOnlyCollection<long> ids, string text, CancellationToken ct)
    {
        var (normalized, initials) = KeysOf(text);
        return await store.Read(async reader =>
        {
            var hits = new List<Hit>();
            foreach (var chunk in ids.Chunk(IdsPerQuery))
            {
                hits.AddRange(await reader.Query<Hit>(AmongSql, new { ids = chunk, text = normalized, initials }));
            }
            var users = new Dictionary<long, User>(hits.Count);
            foreach (var chunk in hits.Chunk(IdsPerQuery))
            {
                foreach (var user in await UserRepository.Find(reader, [.. chunk.Select(hit => hit.Id)])) users.Add(user.Id, user);
            }
            return hits.OrderBy(hit => hit.Tier).ThenBy(hit => hit.UsernameKey, StringComparer.Ordinal)
                .Select(hit => new UserMatch(Summary(users[hit.Id]), (MatchRank)hit.Tier, hit.UsernameKey)).ToList();
        }, ct);
    }

    private static UserSummary Summary(User user) => new(
        user.Id, user.Username.Value, user.Profile.DisplayName.Value, user.Profile.ImageUrl, user.Profile.Status?.Value);

    private static (string Text, string? Initials) KeysOf(string text)
    {
        var normalized = SearchKeys.Normalize(text);
        // NULL matches nothing: a text with other characters is not searched among the initials.
        return (normalized, Hangul.IsInitials(normalized) ? SearchKeys.Initials(normalized) : null);
    }

    // Properties: Dapper matches a constructor by column types, and a computed column of an empty result has none.
    private sealed class Hit
    {
        public int Tier { get; set; }
        public string UsernameKey { get; set; } = "";
        public long Id { get; set; }
    }
}
