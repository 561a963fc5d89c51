using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Tests.Integration.Sql;
using BigTech.Tests.Testing;
using BigTech.Users;
using BigTech.Users.Domain;
using BigTech.Users.Storage;
using Dapper;
using MySqlConnector;

namespace BigTech.Tests.Integration.Users;

public abstract class UserSearchSuite : IDisposable
{
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;
    private const long NoCaller = 0;

    private protected readonly UsersStore _store;
    private readonly UserSearch _search;

    protected UserSearchSuite(TestEngine engine)
    {
        _store = new(engine);
        _search = new UserSearch(_store.SqlStore);
    }

    [Fact]
    public async Task Exact_names_come_first_then_prefixes_then_the_rest()
    {
        foreach (var name in new[] { "a_minsoo", "minsoo_park", "minsoo", "z_minsoo" }) await _store.Add(name);
        await _store.Add("byname", "Minsoo");
        await _store.Add("byprefix", "Minsoo Park");
        await _store.Add("stranger");
        (await Find("MINSOO")).ShouldBe(["minsoo", "byname", "minsoo_park", "byprefix", "a_minsoo", "z_minsoo"]);
    }

    [Theory]
    [InlineData("김철수", new[] { "kim" })]
    [InlineData("철수", new[] { "pair", "kim" })]
    [InlineData("\u110E\u1165\u11AF\u1109\u116E", new[] { "pair", "kim" })]
    [InlineData("김 철ㅅ", new[] { "kim" })]
    [InlineData("처", new[] { "pair", "kim" })]
    [InlineData("ㅓ", new string[0])]
    [InlineData("ㄱㅊㅅ", new[] { "kim" })]
    [InlineData("ㅊㅅ", new[] { "pair", "kim" })]
    [InlineData("ㅂㅊㅅ", new string[0])]
    [InlineData("ㄱ", new[] { "kim", "kang" })]
    [InlineData("ＫＡＮＧ", new[] { "kang" })]
    [InlineData("ΟΔΥΣΣΕΥΣ", new[] { "odysseus" })]
    [InlineData("istanbul", new[] { "istanbullu" })]
    [InlineData("strauss", new[] { "waltz" })]
    [InlineData("👩", new[] { "family" })]
    public async Task Names_of_every_script_are_found_whole_in_part_and_half_typed(string text, string[] expected)
    {
        await _store.Add("kim", "김\u3000철수");
        await _store.Add("pair", "철수와 영희");
        await _store.Add("kang", "박강");
        await _store.Add("odysseus", "Ὀδυσσεύς");
        await _store.Add("istanbullu", "İSTANBUL");
        await _store.Add("waltz", "Strauß");
        await _store.Add("family", "👨\u200D👩\u200D👧");
        (await Find(text)).ShouldBe(expected);
        (await FindFriends(text)).ShouldBe(expected);
    }

    [Fact]
    public async Task An_address_is_found_only_whole()
    {
        await _store.Add("kim_cs", email: "Chulsoo@Example.com");
        foreach (var (text, expected) in new[]
            { ("chulsoo@example.com", "kim_cs"), ("ＣＨＵＬＳＯＯ＠example.com", "kim_cs"), ("chulsoo@example", ""), ("chulsoo", "") })
        {
            string.Join(' ', await Find(text)).ShouldBe(expected);
            string.Join(' ', await FindFriends(text)).ShouldBe(expected);
        }
    }

    [Fact]
    public async Task An_address_finds_its_owner_only_if_they_allow_it_and_their_names_always_do()
    {
        var user = await _store.Add("kim_cs", "write to chulsoo@example.com!", email: "chulsoo@example.com");
        await _store.Add("by_name", "chulsoo@example.com first", email: "first@example.com");
        await _store.Add("other", email: "other@example.com");
        (await Find("chulsoo@example.com")).ShouldBe(["kim_cs", "by_name"]);
        await _store.Users.ChangePrivacy(user.Id, privacy => privacy.With(null, null, false, _store.Now));

        (await Find("chulsoo@example.com")).ShouldBe(["by_name", "kim_cs"], "the rank does not tell the address either");
        var kim = DisplayName.Parse("Kim").Value!;
        await _store.Users.ChangeProfile(user.Id, u => u.With(u.Profile with { DisplayName = kim }, _store.Now));
        var page = await _search.Find("chulsoo@example.com", NoCaller, null, 10, Ct);

        page.Users.ShouldHaveSingleItem().Username.Value.ShouldBe("by_name");
        page.Total.ShouldBe(1);
        (await _search.FindAmong([user.Id], "chulsoo@example.com", Ct)).ShouldBeEmpty();
        (await Find("kim")).ShouldBe(["kim_cs"]);
        (await Find("other@example.com")).ShouldBe(["other"]);
        await _store.Users.ChangePrivacy(user.Id, privacy => privacy.With(null, null, true, _store.Now));
        (await Find("chulsoo@example.com")).ShouldBe(["kim_cs", "by_name"]);
    }

    [Fact]
    public async Task A_search_finds_neither_the_caller_nor_anyone_behind_a_block()
    {
        var me = await _store.Add("kim_cs");
        var (blocked, blocker, former, other) = (
            await _store.Add("kim_a"), await _store.Add("kim_b"), await _store.Add("kim_c"), await _store.Add("kim_yh"));
        await Block(me, blocked, isActive: true);
        await Block(blocker, me, isActive: true);
        await Block(former, me, isActive: false);

        var page = await _search.Find("kim", me.Id, null, 10, Ct);

        page.Users.ConvertAll(user => user.Id).ShouldBe([former.Id, other.Id]);
        page.Total.ShouldBe(2);
        (await _search.Find(blocker.Email.Value, me.Id, null, 10, Ct)).Total.ShouldBe(0);
        (await _search.Find(me.Email.Value, me.Id, null, 10, Ct)).Total.ShouldBe(0);
    }

    [Theory]
    [InlineData("100%")]
    [InlineData("a_b")]
    [InlineData("O'Neil")]
    [InlineData("back\\slash")]
    [InlineData("\"quoted\"")]
    [InlineData("; DROP TABLE users")]
    public async Task Every_character_means_itself(string name)
    {
        await _store.Add("found", name);
        await _store.Add("other", "100 a b ONeil backslash quoted");
        (await Find(name)).ShouldBe(["found"]);
    }

    [Theory]
    [InlineData("\u0301")]
    [InlineData("\u200B")]
    [InlineData("\uFFFE")]
    [InlineData("\uD800")]
    public async Task A_text_without_anything_to_compare_finds_nobody(string text)
    {
        await _store.Add("kim_cs");
        (await Find(text)).ShouldBeEmpty();
        (await FindFriends(text)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_overlap()
    {
        for (var i = 0; i < 25; i++) await _store.Add($"user_{i:00}", i % 3 == 0 ? "user" : null);
        var all = await Find("user", 100);
        all.Count.ShouldBe(25);
        (await Pages("user", 4, 25)).ShouldBe(all);
    }

    [Fact]
    public async Task A_search_that_matches_too_many_stops_with_the_best_thousand()
    {
        await _store.SqlStore.Write(work =>
        {
            for (var i = 0; i < UserSearch.MaxMatches + 200; i++) AddDirectly(work, $"xu{i:0000}", "uuu");
            AddDirectly(work, "u0000", "Kim");
            AddDirectly(work, "kim", "U");
        });
        await IndexAll();

        var all = await Pages("u", 100, UserSearch.MaxMatches);

        all.Count.ShouldBe(UserSearch.MaxMatches);
        all.Distinct().Count().ShouldBe(UserSearch.MaxMatches);
        all[0].ShouldBe("kim");
        all[1].ShouldBe("u0000");
    }

    [Fact]
    public async Task Without_a_match_the_page_is_empty()
    {
        var page = await _search.Find("unknown", NoCaller, null, 10, Ct);
        page.Users.ShouldBeEmpty();
        page.Total.ShouldBe(0);
        page.Next.ShouldBeNull();
    }

    [Fact]
    public async Task A_new_display_name_is_found_and_the_old_one_no_more()
    {
        var user = await _store.Add("kim_cs", "철수");
        await Rename(user, "영희");
        await Rename(user, "영희2");
        (await Find("ㅇㅎ")).ShouldBe(["kim_cs"]);
        (await Find("kim")).ShouldBe(["kim_cs"]);
        (await Find("철수")).ShouldBeEmpty();
        (await TermsLeft("영희")).ShouldBe(0, "terms of the name before");
    }

    [Fact]
    public async Task Users_of_before_the_terms_are_found_after_the_indexing_with_the_names_that_they_have_then()
    {
        await _store.SqlStore.Write(work =>
        {
            AddDirectly(work, "old_a", "김 민지");
            AddDirectly(work, "old_b", "Νίκος Παππάς");
        });
        await _store.Add("new_c", "김민수");
        var renamed = (await _store.Users.FindByEmail("old_b@example.com", Ct))!;
        await Rename(renamed, "김민호");
        (await FindFriends("김미")).ShouldBe(["new_c", "old_a", "old_b"]);

        (await _store.SqlStore.Write(work => SearchTermRows.IndexNext(work, 1))).ShouldBe(1);
        (await Find("김미")).ShouldBe(["new_c", "old_a", "old_b"]);
        await IndexAll();

        (await Find("김미")).ShouldBe(["new_c", "old_a", "old_b"]);
        (await Find("old")).ShouldBe(["old_a", "old_b"]);
        (await Find("νίκος")).ShouldBeEmpty();
        (await _store.SqlStore.Read(SearchTermRows.CountUnindexed, Ct)).ShouldBe(0);
    }

    public void Dispose()
    {
        _search.Dispose();
        _store.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task<List<string>> Find(string text, int limit = 50) =>
        (await _search.Find(text, NoCaller, null, limit, Ct)).Users.ConvertAll(user => user.Username.Value);

    private async Task<List<string>> FindFriends(string text)
    {
        var ids = await _store.SqlStore.Read(reader => reader.Query<long>("SELECT id FROM users"), Ct);
        return [.. (await _search.FindAmong(ids, text, Ct)).Select(match => match.User.Username)];
    }

    private async Task<List<string>> Pages(string text, int limit, int total)
    {
        var seen = new List<string>();
        SearchPlace? place = null;
        do
        {
            var page = await _search.Find(text, NoCaller, place, limit, Ct);
            page.Total.ShouldBe(total);
            page.Users.Count.ShouldBeInRange(1, limit);
            seen.AddRange(page.Users.Select(user => user.Username.Value));
            place = page.Next;
        }
        while (place is not null);
        return seen;
    }

    private Task<User?> Rename(User user, string name) => _store.Users.ChangeProfile(
        user.Id, u => u.With(u.Profile with { DisplayName = DisplayName.Parse(name).Value! }, _store.Now));

    private Task<int> Block(User blocker, User blocked, bool isActive) => _store.SqlStore.Write(work => work.Execute(
        "INSERT INTO blocks (blocker_id, blocked_id, is_active, changed_at) VALUES (@blocker, @blocked, @isActive, 0)",
        new { blocker = blocker.Id, blocked = blocked.Id, isActive }));

    private ValueTask<long> TermsLeft(string name) => _store.SqlStore.Read(
        reader => reader.First<long>("SELECT COUNT(*) FROM search_terms WHERE term = @keys", new { keys = SearchKeys.Of(name) }), Ct);

    private async Task IndexAll()
    {
        while (await _store.SqlStore.Write(work => SearchTermRows.IndexNext(work, 500)) > 0)
        {
        }
    }

    /// <summary>A user as they were stored before there were search terms.</summary>
    private static void AddDirectly(UnitOfWork work, string username, string displayName) => work.Execute(
        """
        INSERT INTO users (email, email_key, username, username_key, password_hash, display_name, created_at, updated_at)
        VALUES (@email, @email, @username, @username, '', @displayName, 0, 0)
        """, new { email = $"{username}@example.com", username, displayName });
}

public sealed class UserSearchTests() : UserSearchSuite(TestEngine.Sqlite)
{
    [Fact]
    public async Task A_search_reads_one_range_of_the_key()
    {
        var plan = await _store.SqlStore.Read(
            read => read.Query<PlanStep>($"EXPLAIN QUERY PLAN {SearchTermRows.FindSql}", Enumerable.Range(1, 5)
                .ToDictionary(place => $"?{place}", place => (object)place)), Ct);
        plan.ShouldHaveSingleItem().Detail.ShouldBe(
            "SEARCH search_terms USING PRIMARY KEY (is_inside=? AND term>? AND term<?)");
    }
}

[Engines]
public sealed class UserSearchMariaDbTests() : UserSearchSuite(TestEngine.MariaDb)
{
    private const int Readers = 8;

    [Fact]
    public async Task Searches_that_hang_leave_most_of_the_reads_to_others()
    {
        using var home = new ServerHome(MariaDbServer.Shared, readers: Readers);
        using var store = home.Open(UsersDatabase.Name, typeof(UsersModule).Assembly);
        using var search = new UserSearch(store);
        await using var server = new MySqlConnection(MariaDbServer.Shared.ConnectionString);
        await server.OpenAsync(Ct);
        await server.ExecuteAsync($"LOCK TABLES `{home.Prefix}{UsersDatabase.Name}`.search_terms WRITE");

        var searches = Enumerable.Range(0, 2 * Readers).Select(_ => search.Find("a", 0, null, 10, Ct).AsTask()).ToList();
        const string hanging = "SELECT COUNT(*) FROM information_schema.processlist WHERE state = 'Waiting for table metadata lock'";
        await Eventually.Holds(async () => await server.ExecuteScalarAsync<int>(hanging) >= Readers / 4, "searches that hang");

        for (var i = 0; i < 20; i++) (await new UserRepository(store).Exists(1, Ct)).ShouldBeFalse();
        // Another context waits for it.
        for (var i = 0; i < 20; i++) (await search.FindAmong([1, 2], "a", Ct)).ShouldBeEmpty();
        await server.ExecuteAsync("UNLOCK TABLES");
        // On a busy machine one may have had its 503 before the end of the lock.
        await Task.WhenAll(searches).ContinueWith(_ => true, Ct, TaskContinuationOptions.None, TaskScheduler.Default);
    }
}
