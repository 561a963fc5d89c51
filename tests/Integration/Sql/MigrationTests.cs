using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Storage.Sql;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Sql;

/// <summary>Schema migrations of a store, on every engine.</summary>
public abstract class MigrationSuite(TestEngine engine) : IDisposable
{
    protected const string CreateA = "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1);";
    private protected readonly StoreHome _home = StoreHome.On(engine);

    public void Dispose()
    {
        _home.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_new_store_gets_every_migration_in_order()
    {
        using var store = Open(
            new Migrations(("0002_b.sql", "UPDATE a SET x = x + 10;"), ("0001_a.sql", CreateA), ("0003_c.sql", "UPDATE a SET x = x * 2;")));

        (await store.Read(reader => reader.First<int>("SELECT x FROM a"), Ct)).ShouldBe(22);
        (await Applied(store)).ShouldBe(["0001_a", "0002_b", "0003_c"]);
    }

    [Fact]
    public async Task Migrating_twice_is_nothing()
    {
        var migrations = new Migrations(("0001_a.sql", CreateA));
        for (var i = 0; i < 3; i++)
        {
            using var store = Open(migrations);
            (await store.Read(reader => reader.First<int>("SELECT COUNT(*) FROM a"), Ct)).ShouldBe(1);
            (await Applied(store)).ShouldBe(["0001_a"]);
        }
    }

    [Fact]
    public async Task An_older_store_gets_only_what_is_new()
    {
        using (Open(new Migrations(("0001_a.sql", CreateA))))
        {
        }
        using var store = Open(new Migrations(("0001_a.sql", CreateA), ("0002_b.sql", "UPDATE a SET x = x + 10;")));

        (await store.Read(reader => reader.First<int>("SELECT SUM(x) FROM a"), Ct)).ShouldBe(11);
        (await Applied(store)).ShouldBe(["0001_a", "0002_b"]);
    }

    [Fact]
    public void A_store_that_a_newer_program_wrote_is_refused()
    {
        var (first, second) = (("0001_a.sql", CreateA), ("0002_b.sql", "UPDATE a SET x = 2;"));
        using (Open(new Migrations(first, second)))
        {
        }
        var error = Should.Throw<StartupException>(() => Open(new Migrations(first)));
        error.Message.ShouldContain("newer");
        error.Message.ShouldContain(_home.EngineOf("store").Place);
        error.Message.ShouldNotContain("\n");
    }

    [Fact]
    public async Task A_store_whose_platform_tables_are_newer_is_refused()
    {
        using (var store = Open(Migrations.None))
        {
            await store.Write(work => work.Execute(
                "INSERT INTO schema_migrations (series, number, name, applied_at) VALUES ('platform', 9999, '9999_later', 0)"));
        }
        Should.Throw<StartupException>(() => Open(Migrations.None)).Message.ShouldContain("newer");
    }

    [Fact]
    public void A_refused_store_can_still_be_opened_by_the_program_that_wrote_it()
    {
        var (first, second) = (("0001_a.sql", CreateA), ("0002_b.sql", "UPDATE a SET x = 2;"));
        using (Open(new Migrations(first, second)))
        {
        }
        Should.Throw<StartupException>(() => Open(new Migrations(first)));
        Should.NotThrow(() => Open(new Migrations(first, second)).Dispose());
    }

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static ValueTask<List<string>> Applied(Store store) => store.Read(
        reader => reader.Query<string>("SELECT name FROM schema_migrations WHERE series = 'context' ORDER BY number"), Ct);

    private protected Store Open(Migrations migrations) => _home.Open("store", migrations);
}

public sealed class MigrationTests() : MigrationSuite(TestEngine.Sqlite)
{
    private TemporaryFolder Folder => ((FolderHome)_home).Folder;

    [Fact]
    public async Task A_migration_that_fails_leaves_the_store_as_it_was()
    {
        var good = ("0001_a.sql", CreateA);
        Should.Throw<Exception>(() => Open(new Migrations(good, ("0002_b.sql", "UPDATE a SET x = 5; UPDATE nowhere SET x = 1;"))));

        using var store = Open(new Migrations(good));
        (await store.Read(reader => reader.First<int>("SELECT x FROM a"), Ct)).ShouldBe(1);
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused()
    {
        File.WriteAllText(Folder["store.db"], new string('x', 10_000));
        Refused().Message.ShouldContain("store.db");
    }

    [Fact]
    public async Task A_file_with_damaged_pages_is_refused()
    {
        await WriteMuch();
        using (var file = File.OpenWrite(Folder["store.db"]))
        {
            for (var page = 2; page < file.Length / 4096; page += 2)
            {
                file.Position = page * 4096L;
                file.Write(Enumerable.Repeat((byte)0xA5, 2000).ToArray());
            }
        }
        Refused();
    }

    [Fact]
    public async Task A_file_that_was_cut_short_is_refused()
    {
        await WriteMuch();
        using (var file = File.OpenWrite(Folder["store.db"])) file.SetLength(file.Length / 2);
        Refused();
    }

    [Fact]
    public void An_empty_file_is_a_new_store()
    {
        File.WriteAllBytes(Folder["store.db"], []);
        Should.NotThrow(() => Open(Migrations.Things).Dispose());
    }

    [Fact]
    public void A_folder_that_is_not_there_is_refused() =>
        Should.Throw<StartupException>(() =>
            new Store("store", Folder["missing"], Migrations.None, 16, TimeProvider.System,
                NullLoggerFactory.Instance)).Message.ShouldContain("missing");

    private StartupException Refused()
    {
        var error = Should.Throw<StartupException>(() => Open(Migrations.Things).Dispose());
        error.Message.ShouldNotContain("\n");
        return error;
    }

    private async Task WriteMuch()
    {
        using var store = Open(Migrations.Things);
        await store.Write(work =>
        {
            for (var i = 0; i < 500; i++)
            {
                work.Execute("INSERT INTO things (name) VALUES (@name)", new { name = $"{i} {new string('n', 500)}" });
            }
        });
    }
}
