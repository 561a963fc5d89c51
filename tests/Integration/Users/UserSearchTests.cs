using BigTech.Tests.Integration.Sql;
using BigTech.Users.Domain;
using BigTech.Users.Storage;

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
        (await Find("MINSOO")).ShouldBe(["byname", "minsoo", "byprefix", "minsoo_park", "a_minsoo", "z_minsoo"]);
    }

    [Theory]
    [InlineData("김철수", new[] { "kim" })]
    [InlineData("철수", new[] { "pair", "kim" })]
    [InlineData("\u110E\u1165\u11AF\u1109\u116E", new[] { "pair", "kim" })]
    [InlineData("ㄱㅊㅅ", new[] { "kim" })]
    [InlineData("ㅊㅅ", new[] { "pair", "kim" })]
    [InlineData("ㅂㅊㅅ", new string[0])]
    [InlineData("ㄱ", new[] { "kim", "kang" })]
    public async Task Korean_is_found_whole_in_part_and_by_initials(string text, string[] expected)
    {
        await _store.Add("kim", "김철수");
        await _store.Add("pair", "철수와 영희");
        await _store.Add("kang", "박강");
        (await Find(text)).ShouldBe(expected, ignoreOrder: text == "ㄱ");
    }

    [Fact]
    public async Task An_address_is_found_only_whole()
    {
        await _store.Add("kim_cs", email: "Chulsoo@Example.com");
        (await Find("chulsoo@example.com")).ShouldBe(["kim_cs"]);
        (await Find("chulsoo@example")).ShouldBeEmpty();
        (await Find("chulsoo")).ShouldBeEmpty();
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
    public async Task A_search_does_not_find_the_caller()
    {
        var me = await _store.Add("kim_cs");
        await _store.Add("kim_yh");
        var page = await _search.Find("kim", me.Id, null, 10, Ct);
        page.Users.ShouldHaveSingleItem().Username.Value.ShouldBe("kim_yh");
        page.Total.ShouldBe(1);
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

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_overlap()
    {
        for (var i = 0; i < 25; i++) await _store.Add($"user_{i:00}", i % 3 == 0 ? "user" : null);
        var all = await Find("user", 100);
        all.Count.ShouldBe(25);
        var seen = new List<string>();
        SearchPlace? place = null;
        do
        {
            var page = await _search.Find("user", NoCaller, place, 4, Ct);
            page.Total.ShouldBe(25);
            page.Users.Count.ShouldBeInRange(1, 4);
            seen.AddRange(page.Users.Select(user => user.Username.Value));
            place = page.Next;
        }
        while (place is not null);
        seen.ShouldBe(all);
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
        await _store.Users.ChangeProfile(user.Id, u => u.With(u.Profile with { DisplayName = DisplayName.Parse("영희").Value! }, _store.Now));
        (await Find("ㅇㅎ")).ShouldBe(["kim_cs"]);
        (await Find("철수")).ShouldBeEmpty();
    }

    public void Dispose()
    {
        _store.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task<List<string>> Find(string text, int limit = 50) =>
        (await _search.Find(text, NoCaller, null, limit, Ct)).Users.ConvertAll(user => user.Username.Value);
}

public sealed class UserSearchTests() : UserSearchSuite(TestEngine.Sqlite)
{
    [Fact]
    public async Task A_search_walks_the_narrow_index_not_the_table()
    {
        var plan = await _store.SqlStore.Read(
            read => read.Query<PlanStep>(
                $"EXPLAIN QUERY PLAN {UserSearch.CountSql}", new { text = "a", initials = "a", searcher = 1 }), Ct);
        plan.ShouldContain(step => step.Detail.Contains("COVERING INDEX users_for_search"));
    }
}

[Engines]
public sealed class UserSearchMariaDbTests() : UserSearchSuite(TestEngine.MariaDb);
