using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Users;
using BigTech.Users.Domain;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Users.Storage;

/// <summary>A position in search results: after the user of that rank and key.</summary>
internal sealed record SearchPlace(MatchRank Rank, string Key);

/// <summary>One page of search results.</summary>
/// <param name="Total">The number of matching users; <see cref="UserSearch.MaxMatches"/> if there are as many or more.</param>
/// <param name="Next">The position of the next page; null at the end.</param>
internal sealed record SearchPage(List<User> Users, int Total, SearchPlace? Next);

/// <summary>
/// Finds users by username, display name, its initial consonants (초성), or exact e-mail address where they allow it: first exact
/// matches, then matches at the start, then matches inside; within these by the name that matches.
/// </summary>
internal sealed class UserSearch([FromKeyedServices(UsersDatabase.Name)] Store store) : IUserSearch, IDisposable
{
    /// <summary>What a search looks for at most, whatever its page: one letter may match every user.</summary>
    public const int MaxMatches = 1000;

    private const int IdsPerQuery = 500;

    /// <summary>How long a search waits for its place. A part of the longest wait behind the gateway.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    // Shorter than another context waits for the answer.
    private static readonly TimeSpan MaxLookUpWait = TimeSpan.FromMilliseconds(500);

    // A user decides whether their address finds them; where it does not, it must not change their rank either.
    private const string FindableSql =
        "NOT EXISTS (SELECT 1 FROM privacy WHERE privacy.user_id = users.id AND findable_by_email = 0)";

    private const string ByEmailSql = $"SELECT id FROM users WHERE email_key = @email AND {FindableSql}";

    // A block hides both users from each other, whichever of them has set it.
    private const string HiddenSql = """
        SELECT blocked_id FROM blocks WHERE blocker_id = @searcher AND is_active = 1
        UNION ALL SELECT blocker_id FROM blocks WHERE blocked_id = @searcher AND is_active = 1
        """;

    private const string NamesSql = "SELECT id AS Id, username AS Username, display_name AS DisplayName FROM users WHERE id IN @ids";

    // The other reads of the context, such as profiles, wait neither for searches nor, on an embedded store with two slots for each
    // processor, for their processor time. Other contexts wait for a search among ids, so it waits for no search among all users.
    private readonly SemaphoreSlim _lookUps = new(Math.Max(1, store.ReadSlots / 4));
    private readonly SemaphoreSlim _searches = new(Math.Max(1, store.ReadSlots / 4));

    /// <param name="searcher">Excluded from the results, as are all users with a block between them.</param>
    /// <param name="after">Null for the first page.</param>
    /// <exception cref="AppError">503 <c>overloaded</c>: too many searches wait.</exception>
    public ValueTask<SearchPage> Find(string text, long searcher, SearchPlace? after, int limit, CancellationToken ct) =>
        InTurn(_searches, MaxWait, async reader =>
        {
            var matches = Sort(await Match(reader, text, searcher, ct));
            var rest = after is null ? matches : matches.FindAll(match => IsBehind(match, after));
            var page = rest.Take(limit).ToList();
            var users = (await UserRepository.Find(reader, page.ConvertAll(hit => hit.UserId))).ToDictionary(user => user.Id);
            var next = rest.Count > limit ? new SearchPlace(page[^1].Rank, page[^1].Key) : null;
            return new SearchPage(page.ConvertAll(hit => users[hit.UserId]), matches.Count, next);
        }, ct);

    public async Task<IReadOnlyList<UserMatch>> FindAmong(IReadOnlyCollection<long> ids, string text, CancellationToken ct)
    {
        var keys = SearchKeys.Of(text);
        return await InTurn(_lookUps, MaxLookUpWait, async reader =>
        {
            var owner = await OwnerOf(reader, text);
            var matches = new Dictionary<long, SearchMatch>();
            foreach (var chunk in ids.Chunk(IdsPerQuery))
            {
                foreach (var user in await reader.Query<NamesRow>(NamesSql, new { ids = chunk }))
                {
                    var match = user.Id == owner ? SearchMatch.Unnamed : user.MatchOf(keys);
                    if (match is not null) matches.Add(user.Id, match.Value);
                }
            }
            var users = new Dictionary<long, User>();
            foreach (var chunk in matches.Keys.Chunk(IdsPerQuery))
            {
                foreach (var user in await UserRepository.Find(reader, chunk)) users.Add(user.Id, user);
            }
            return Sort(matches).ConvertAll(hit => new UserMatch(Summary(users[hit.UserId]), hit.Rank, hit.Key));
        }, ct);
    }

    public void Dispose()
    {
        _searches.Dispose();
        _lookUps.Dispose();
    }

    private async ValueTask<T> InTurn<T>(
        SemaphoreSlim places, TimeSpan maxWait, Func<ReadSession, ValueTask<T>> read, CancellationToken ct)
    {
        if (!await places.WaitAsync(maxWait, ct)) throw AppError.Unavailable("overloaded", "Too many searches are waiting.");
        try
        {
            return await store.Read(read, ct);
        }
        finally
        {
            places.Release();
        }
    }

    /// <summary>The first matches in their order.</summary>
    private static async ValueTask<Dictionary<long, SearchMatch>> Match(
        ReadSession reader, string text, long searcher, CancellationToken ct)
    {
        var hidden = (await reader.Query<long>(HiddenSql, new { searcher })).ToHashSet();
        hidden.Add(searcher);
        var matches = new Dictionary<long, SearchMatch>();
        var owner = await OwnerOf(reader, text);
        if (owner != 0 && !hidden.Contains(owner)) matches.Add(owner, SearchMatch.Unnamed);
        var keys = SearchKeys.Of(text);
        if (keys.Length == 0) return matches;
        foreach (var isInside in new[] { false, true })
        {
            (string Term, long UserId)? last = null;
            do
            {
                // SQLite does not look at it while it answers.
                ct.ThrowIfCancellationRequested();
                var rows = await SearchTermRows.Find(reader, isInside, keys, last, MaxMatches);
                foreach (var (term, userId) in rows)
                {
                    if (hidden.Contains(userId)) continue;
                    // The better one of two names that match comes first.
                    matches.TryAdd(userId, SearchKeys.MatchOf(new SearchTerm(isInside, term), keys));
                    if (matches.Count == MaxMatches) return matches;
                }
                last = rows.Count == MaxMatches ? rows[^1] : null;
            }
            while (last is not null);
        }
        return matches;
    }

    /// <summary>The user with this address, if it may find them; 0 if there is none.</summary>
    private static ValueTask<long> OwnerOf(ReadSession reader, string text) =>
        reader.First<long>(ByEmailSql, new { email = EmailAddress.KeyOf(text) });

    /// <summary>By rank, then by what was matched, then by id: within a rank in the order of <see cref="Hit.Key"/>.</summary>
    private static List<Hit> Sort(Dictionary<long, SearchMatch> matches) => [.. matches
        .OrderBy(match => match.Value).ThenBy(match => match.Key)
        .Select(match => new Hit(match.Value.Rank, match.Value.Term, match.Key))];

    private static bool IsBehind(Hit hit, SearchPlace place) => hit.Rank == place.Rank
        ? string.CompareOrdinal(hit.Key, place.Key) > 0
        : hit.Rank > place.Rank;

    private static UserSummary Summary(User user) => new(
        user.Id, user.Username.Value, user.Profile.DisplayName.Value, user.Profile.ImageUrl, user.Profile.Status?.Value);

    private readonly record struct Hit(MatchRank Rank, string Term, long UserId)
    {
        // The sign between them sorts before all others, so that a term comes before those that it begins.
        public string Key => string.Create(CultureInfo.InvariantCulture, $"{Term}\u0001{UserId:D19}");
    }

    private sealed record NamesRow(long Id, string Username, string DisplayName)
    {
        public SearchMatch? MatchOf(string keys) => SearchKeys.MatchOf(SearchKeys.TermsOf(Username, DisplayName), keys);
    }
}
