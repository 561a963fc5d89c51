using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Tests.Integration.Sql;
using BigTech.Users;
using BigTech.Users.Jobs;
using BigTech.Users.Storage;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Users;

/// <summary>Users of a store from before the search terms are found as all others after the start.</summary>
public sealed class SearchIndexerTests : IDisposable
{
    private const int Users = 250;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private readonly FolderHome _home = new();
    private readonly Store _store;
    private readonly SearchIndexer _indexer;

    public SearchIndexerTests()
    {
        WriteOldStore(_home.Folder[$"{UsersDatabase.Name}.db"]);
        _store = _home.Open(UsersDatabase.Name, typeof(UsersModule).Assembly);
        _indexer = new SearchIndexer(_store, TimeProvider.System, NullLogger<SearchIndexer>.Instance);
    }

    [Fact]
    public async Task An_old_store_is_searchable_after_the_indexing()
    {
        using var search = new UserSearch(_store);
        (await search.Find("김미", 0, null, 10, Ct)).Total.ShouldBe(0);

        await _indexer.RunOnce(Ct);

        (await search.Find("김미", 0, null, 10, Ct)).Total.ShouldBe(Users);
        (await search.Find("user_249", 0, null, 10, Ct)).Users.ShouldHaveSingleItem().Profile.DisplayName.Value.ShouldBe("김 민지");
        (await search.Find("user_7@example.com", 0, null, 10, Ct)).Users.ShouldHaveSingleItem().Username.Value.ShouldBe("user_7");
    }

    [Fact]
    public async Task An_interrupted_indexing_goes_on_where_it_was()
    {
        await _store.Write(work => SearchTermRows.IndexNext(work, 120));
        var before = await Terms();

        await _indexer.RunOnce(Ct);
        var after = await Terms();
        await _indexer.RunOnce(Ct);

        before.ShouldBeLessThan(after);
        (await Terms()).ShouldBe(after);
        (await _store.Read(SearchTermRows.CountUnindexed, Ct)).ShouldBe(0);
    }

    public void Dispose()
    {
        _indexer.Dispose();
        _store.Dispose();
        _home.Dispose();
    }

    private async Task<long> Terms() => await _store.Read(reader => reader.First<long>("SELECT COUNT(*) FROM search_terms"), Ct);

    private static void WriteOldStore(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        connection.Execute("CREATE TABLE schema_migrations (series TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, "
            + "applied_at INTEGER NOT NULL, PRIMARY KEY (series, number))");
        foreach (var name in new[] { "0001_users", "0002_blocks" })
        {
            connection.Execute(Migration(name));
            connection.Execute(
                "INSERT INTO schema_migrations VALUES ('context', @number, @name, 0)", new { number = int.Parse(name[..4], null), name });
        }
        connection.Execute(
            """
            INSERT INTO users (email, email_key, username, username_key, password_hash, display_name, display_key, display_initials,
                created_at, updated_at)
            VALUES (@email, @email, @username, @username, 'hash', '김 민지', '김 민지', 'ㄱ ㅁㅈ', 0, 0)
            """, Enumerable.Range(0, Users).Select(n => new { email = $"user_{n}@example.com", username = $"user_{n}" }));
    }

    private static string Migration(string name)
    {
        var assembly = typeof(UsersModule).Assembly;
        var resource = assembly.GetManifestResourceNames()
            .Single(resource => resource.EndsWith($".Migrations.{name}.sql", StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
