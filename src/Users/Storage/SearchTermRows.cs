using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Users.Domain;

namespace BigTech.Users.Storage;

/// <summary>The rows by which search finds users; part of every change of a name.</summary>
internal static class SearchTermRows
{
    // Behind all texts that begin with something.
    private const string Last = "\U0010FFFF";

    // One statement and one value for all terms of a user. A user who had none and changed a name has some of them already.
    private static readonly DialectSql InsertSql = new(
        Sqlite: """
            INSERT OR IGNORE INTO search_terms (is_inside, term, user_id)
            SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), ?2 FROM json_each(?1)
            """,
        MySql: """
            INSERT IGNORE INTO search_terms (is_inside, term, user_id)
            SELECT given.is_inside, given.term, ?2
            FROM JSON_TABLE(?1, '$[*]' COLUMNS (is_inside BIGINT PATH '$[0]', term VARCHAR(64) PATH '$[1]')) AS given
            """);

    private const string DeleteSql = "DELETE FROM search_terms WHERE is_inside = ?1 AND term = ?2 AND user_id = ?3";

    // The first condition is the range of the key; the second leaves out what the batch before it had of the same term.
    internal const string FindSql = """
        SELECT term, user_id FROM search_terms
        WHERE is_inside = ?1 AND term >= ?2 AND term < ?3 AND (term > ?2 OR user_id > ?4)
        ORDER BY term, user_id LIMIT ?5
        """;

    private const string UnindexedSql = """
        SELECT id AS Id, username AS Username, display_name AS DisplayName FROM users
        WHERE has_search_terms = 0 ORDER BY id LIMIT @limit
        """;

    private const string IndexedSql = "UPDATE users SET has_search_terms = 1 WHERE has_search_terms = 0 AND id <= @last";
    private const string CountSql = "SELECT COUNT(*) FROM users WHERE has_search_terms = 0";

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The terms of a new user.</summary>
    public static void Add(UnitOfWork work, User user) => Insert(work, user.Id, TermsOf(user));

    /// <summary>The terms of a user whose names have changed.</summary>
    public static void Replace(UnitOfWork work, User before, User after)
    {
        var (old, current) = (TermsOf(before), TermsOf(after));
        foreach (var term in old.Except(current)) Delete(work, before.Id, term);
        Insert(work, after.Id, current.Except(old));
    }

    /// <summary>The terms that begin with some keys, in their order.</summary>
    /// <param name="after">The last one that is known; null for the first ones.</param>
    public static ValueTask<List<(string Term, long UserId)>> Find(
        ReadSession reader, bool isInside, string keys, (string Term, long UserId)? after, int limit) =>
        reader.Prepared(FindSql).Bind(1, isInside ? 1 : 0).Bind(2, after?.Term ?? keys).Bind(3, keys + Last).Bind(4, after?.UserId ?? 0)
            .Bind(5, limit).Query(row => (row.Text(0), row.Number(1)));

    /// <summary>How many users have no terms yet.</summary>
    public static ValueTask<long> CountUnindexed(ReadSession reader) => reader.First<long>(CountSql);

    /// <summary>Adds the terms of the next users who have none.</summary>
    /// <returns>How many they are; 0 at the end.</returns>
    public static int IndexNext(UnitOfWork work, int limit)
    {
        var users = work.Query<NamesRow>(UnindexedSql, new { limit });
        foreach (var user in users) Insert(work, user.Id, SearchKeys.TermsOf(user.Username, user.DisplayName));
        if (users.Count > 0) work.Execute(IndexedSql, new { last = users[^1].Id });
        return users.Count;
    }

    private static HashSet<SearchTerm> TermsOf(User user) =>
        SearchKeys.TermsOf(user.Username.Value, user.Profile.DisplayName.Value);

    private static void Insert(UnitOfWork work, long userId, IEnumerable<SearchTerm> terms)
    {
        var rows = new JsonArray([.. terms.Select(term => new JsonArray(term.IsInside ? 1 : 0, term.Text))]);
        if (rows.Count == 0) return;
        work.Execute(work.Prepared(InsertSql).Bind(1, rows.ToJsonString(Plain)).Bind(2, userId));
    }

    private static void Delete(UnitOfWork work, long userId, SearchTerm term) =>
        work.Execute(work.Prepared(DeleteSql).Bind(1, term.IsInside ? 1 : 0).Bind(2, term.Text).Bind(3, userId));

    private sealed record NamesRow(long Id, string Username, string DisplayName);
}
