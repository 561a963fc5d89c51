using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Sql;

[Engines]
public sealed class MigrationMariaDbTests() : MigrationSuite(TestEngine.MariaDb)
{
    [Fact]
    public async Task Ten_replicas_that_start_at_once_migrate_once()
    {
        // A migration that runs twice or concurrently yields a different number.
        var migrations = new Migrations(
            ("0001_a.sql", CreateA), ("0002_b.sql", "UPDATE a SET x = x + 10;"), ("0003_c.sql", "UPDATE a SET x = x * 2;"));

        var replicas = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Factory.StartNew(
            () => Open(migrations), Ct, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        foreach (var replica in replicas)
        {
            (await replica.Read(reader => reader.Query<int>("SELECT x FROM a"), Ct)).ShouldBe([22]);
            replica.Dispose();
        }
    }

    [Fact]
    public async Task A_migration_that_failed_half_way_runs_again_from_its_start()
    {
        const string half = "CREATE TABLE IF NOT EXISTS b (x INTEGER);";
        Should.Throw<Exception>(() => Open(new Migrations(("0001_b.sql", $"{half} INSERT INTO nowhere VALUES (1);"))));

        using var store = Open(new Migrations(("0001_b.sql", $"{half} INSERT INTO b VALUES (1);")));
        (await store.Read(reader => reader.Query<int>("SELECT x FROM b"), Ct)).ShouldBe([1]);
    }

    [Fact]
    public async Task A_migration_may_take_longer_than_a_user_waits_for_a_statement()
    {
        _home.EngineOf("store");
        var impatient = MySqlEngine.Create(
            new SqlOptions
            {
                ConnectionString = $"{MariaDbServer.Shared.ConnectionString};DefaultCommandTimeout=3",
                DatabasePrefix = ((ServerHome)_home).Prefix
            }, "store");
        var migrations = new Migrations(("0001_a.sql", $"{CreateA} DO SLEEP(4);"));

        using var store = new Store("store", impatient, migrations, 16, TimeProvider.System, NullLoggerFactory.Instance);

        (await store.Read(reader => reader.Query<int>("SELECT x FROM a"), Ct)).ShouldBe([1]);
    }

    [Fact]
    public async Task Texts_are_kept_and_compared_byte_by_byte()
    {
        using var store = Open(Migrations.Things);
        foreach (var name in new[] { "e", "é", "E", "😀", "😁", "가", "각" })
        {
            await store.Write(work => work.Insert("INSERT INTO things (name) VALUES (@name)", new { name }));
            (await store.Read(reader => reader.Query<string>("SELECT name FROM things WHERE name = @name", new { name }),
                Ct)).ShouldBe([name]);
        }
    }

    [Fact]
    public void A_server_that_is_not_there_is_one_clear_line()
    {
        var engine = MySqlEngine.Create(new SqlOptions { ConnectionString = "Server=127.0.0.1;Port=1;User ID=root" }, "store");
        var error = Should.Throw<StartupException>(
            () => new Store("store", engine, Migrations.None, 16, TimeProvider.System, NullLoggerFactory.Instance));

        error.Message.ShouldContain("bigtech_store on 127.0.0.1:1");
        error.Message.ShouldNotContain("\n");
    }

    [Theory]
    [InlineData(null, "required")]
    [InlineData("Server=127.0.0.1;Colour=red", "Colour")]
    [InlineData("Server=127.0.0.1;Database=mine", "must not name a database")]
    public void A_connection_that_makes_no_sense_is_a_wrong_setting(string? connection, string text) =>
        Should.Throw<SettingException>(() => MySqlEngine.Create(new SqlOptions { ConnectionString = connection }, "store"))
            .Message.ShouldContain(text, Case.Insensitive);

    [Fact]
    public void An_account_that_may_not_create_databases_is_enough_where_they_exist()
    {
        var prefix = ((ServerHome)_home).Prefix;
        var engine = _home.EngineOf("store");
        MariaDbServer.Shared.Execute($"CREATE DATABASE `{prefix}store` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
        MariaDbServer.Shared.Execute(
            $"CREATE USER `{prefix}`@`%` IDENTIFIED BY 'secret'; GRANT ALL ON `{prefix}store`.* TO `{prefix}`@`%`");
        var limited = MySqlEngine.Create(
            new SqlOptions
            {
                ConnectionString = $"Server=127.0.0.1;Port={MariaDbServer.Shared.Port};User ID={prefix};Password=secret;SslMode=Preferred",
                DatabasePrefix = prefix
            }, "store");

        Should.NotThrow(
            () => new Store("store", limited, Migrations.Things, 16, TimeProvider.System, NullLoggerFactory.Instance).Dispose());
        engine.Place.ShouldBe(limited.Place);
    }
}
