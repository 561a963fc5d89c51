using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts;
using BigTech.DataMigration;
using BigTech.Tests.Integration.Sql;
using BigTech.Tests.Testing;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;

namespace BigTech.Tests.Integration.DataMigration;

/// <summary>An embedded installation migrates to a server: completely, or not at all with a clear error.</summary>
[Engines]
public sealed class MigrationRunnerTests : IDisposable
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private readonly Installation _from = new();
    private readonly ServerHome _home = new(MariaDbServer.Shared);
    private readonly Dictionary<string, Store> _stores;
    private readonly List<PublishedTopic> _topics = [];
    private readonly List<Subscription> _subscriptions = [];

    public MigrationRunnerTests() =>
        _stores = Installation.Contexts.ToDictionary(context => context.Key, context => _home.Open(context.Key, context.Value));

    [Fact]
    public async Task Every_row_of_every_table_is_there_and_nothing_else()
    {
        var migrated = await Migrate();

        migrated.ShouldAllBe(table => table.IsComplete);
        migrated.Count.ShouldBe(Installation.Contexts.Keys.Sum(store => _from.Tables(store).Count));
        migrated.Count(table => table.Source >= Installation.Rows - 5).ShouldBe(migrated.Count - 3, "all but the three that have one row");
        ShouldBeTheSame();
    }

    [Fact]
    public async Task Ids_and_positions_go_on_behind_those_that_were_given()
    {
        var lastSession = _from.First<long>("users", "SELECT seq FROM sqlite_sequence WHERE name = 'sessions'");
        var lastPosition = _from.First<long>("users", "SELECT MAX(position) FROM outbox");
        await Migrate();

        var (session, position) = await _stores["users"].Write(work => (
            work.Insert("INSERT INTO sessions (user_id, created_at, last_used_at, expires_at) VALUES (@id, 1, 1, 1)", new { id = 1 }),
            work.NextPosition));

        lastSession.ShouldBeGreaterThan(_from.First<long>("users", "SELECT MAX(id) FROM sessions"));
        session.ShouldBe(lastSession + 1);
        position.ShouldBe(lastPosition + 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(20)]
    [InlineData(60)]
    public async Task What_was_interrupted_goes_on_and_nothing_is_there_twice(int steps)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await Should.ThrowAsync<OperationCanceledException>(() => Migrate(_ =>
        {
            if (--steps == 0) stop.Cancel();
        }, stop.Token));

        (await Migrate()).ShouldAllBe(table => table.IsComplete);
        ShouldBeTheSame();
    }

    [Fact]
    public async Task A_move_that_is_complete_may_be_run_again()
    {
        await Migrate();

        (await Migrate()).ShouldAllBe(table => table.IsComplete);
        ShouldBeTheSame();
    }

    [Fact]
    public async Task To_read_a_table_may_take_longer_than_a_user_waits_for_a_statement()
    {
        _from.Execute("chat", "UPDATE messages SET body = zeroblob(4000)");
        await Migrate();
        using var proxy = new TcpProxy(MariaDbServer.Shared.Port);
        var impatient = MySqlEngine.Create(
            new SqlOptions
            {
                ConnectionString = $"{MariaDbServer.Shared.ConnectionStringBy(proxy.Port)};DefaultCommandTimeout=3",
                DatabasePrefix = _home.Prefix
            }, "chat");
        using var target = new Store(
            "chat", impatient, Installation.Contexts["chat"], 16, TimeProvider.System, NullLoggerFactory.Instance, Outbox.For);
        using var source = _from.Open("chat");
        var table = new TableCopier("messages", "chat.db", source, target);
        const int someRows = 40_000;
        var before = proxy.Passed;
        proxy.Hold();
        var comparing = Task.Run(() => table.Compare(Ct), Ct);

        await proxy.Stutter(() => proxy.Passed > before + someRows, "a part of the table", staysHeld: true);

        // Two users who ask now, one after the other, have given up by the time the rest comes.
        for (var users = 0; users < 2; users++)
        {
            var asking = target.Read(reader => reader.First<long>("SELECT 1"), Ct).AsTask();
            (await Should.ThrowAsync<AppError>(asking)).Code.ShouldBe("store_unavailable");
        }
        comparing.IsCompleted.ShouldBeFalse("the rest has not come");
        proxy.Heal();
        (await comparing).IsComplete.ShouldBeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task To_write_rows_may_take_longer_than_a_user_waits_for_a_statement(bool isLifted)
    {
        var config = new ConfigurationManager
        {
            ["Sql:Engine"] = "mysql",
            ["Sql:ConnectionString"] = $"{MariaDbServer.Shared.ConnectionString};DefaultCommandTimeout=2",
            ["Sql:DatabasePrefix"] = _home.Prefix,
        };
        if (isLifted) SqlHosting.LiftTimeLimit(config);
        await using var services = new ServiceCollection().AddLogging().AddMetrics().AddSingleton(TimeProvider.System)
            .AddStore(config, "chat", "", Installation.Contexts["chat"], 16, Outbox.For).BuildServiceProvider();
        await Migrate();
        LoseNewest("chat", "messages", "row_id");
        MariaDbServer.Shared.Execute(
            $"CREATE TRIGGER `{_home.Prefix}chat`.slow BEFORE INSERT ON `{_home.Prefix}chat`.messages FOR EACH ROW DO SLEEP(4)");
        var target = services.GetRequiredKeyedService<Store>("chat");

        var move = new MigrationRunner(_from.Folder, [target], [], [], [], null).Run(_ => { }, Ct);

        if (isLifted) (await move).ShouldAllBe(table => table.IsComplete);
        else await Should.ThrowAsync<Exception>(move);
    }

    [Fact]
    public async Task The_last_position_is_known_without_a_look_at_the_outbox_of_the_server()
    {
        // MySQL does not count the rows that are read of a table.
        if (MariaDbServer.Shared.SystemName() == "mysql") return;
        MariaDbServer.Shared.Execute("SET GLOBAL userstat = 1");

        await Migrate();

        foreach (var store in _stores.Keys)
        {
            var events = _from.First<long>(store, "SELECT COUNT(*) FROM outbox");
            events.ShouldBeGreaterThan(0);
            MariaDbServer.Shared.Query<long>(
                "SELECT rows_read FROM information_schema.table_statistics WHERE table_schema = @database AND table_name = 'outbox'",
                new { database = $"{_home.Prefix}{store}" }).ShouldHaveSingleItem().ShouldBe(events,
                "compared once, after they were copied");
        }
    }

    [Theory]
    [InlineData("users", "presence", "INSERT INTO presence VALUES (20, 1, NULL, 0, 5, 5)")]
    [InlineData("notifications", "trimmed", "INSERT INTO trimmed VALUES (1, 1)")]
    [InlineData("friends", "friendships_state", "UPDATE friendships_state SET version = 3")]
    public async Task A_target_with_data_of_others_is_refused_before_anything_is_written(string store, string table, string sql)
    {
        await _stores[store].Write(work => work.Execute(sql));

        (await Refused()).ShouldContain($"{table} of {_home.Prefix}{store} on ");
        foreach (var other in _stores.Values)
        {
            (await other.Read(read => read.First<long>("SELECT COUNT(*) FROM outbox"), Ct)).ShouldBe(0);
        }
    }

    [Fact]
    public async Task A_file_that_changed_between_two_runs_is_refused()
    {
        await Migrate();
        _from.Execute("chat", "UPDATE messages SET version = version + 1 WHERE row_id = (SELECT MAX(row_id) FROM messages)");

        (await Refused()).ShouldContain($"messages of {_home.Prefix}chat on ");
    }

    [Fact]
    public async Task An_older_schema_is_refused()
    {
        _from.Execute("chat", "DELETE FROM schema_migrations WHERE series = 'context' "
            + "AND number = (SELECT MAX(number) FROM schema_migrations WHERE series = 'context')");

        (await Refused()).ShouldContain("chat.db was written by an older version of this program. Start the server on it once.");
    }

    [Fact]
    public async Task A_missing_file_is_refused()
    {
        File.Delete(Path.Combine(_from.Folder, "friends.db"));

        (await Refused()).ShouldContain("friends.db");
    }

    [Fact]
    public async Task A_column_that_has_no_place_is_refused()
    {
        _from.Execute("users", "ALTER TABLE users ADD COLUMN shoe_size INTEGER");

        (await Refused()).ShouldContain("users differ between source and target: shoe_size");
    }

    [Fact]
    public async Task A_table_that_has_no_place_is_refused()
    {
        _from.Execute("users", "CREATE TABLE shoes (id INTEGER PRIMARY KEY)");

        (await Refused()).ShouldContain("not the same: shoes");
    }

    [Fact]
    public async Task A_value_that_has_no_place_is_refused()
    {
        _from.Execute(
            "users", "UPDATE users SET username = @name WHERE id = (SELECT MIN(id) FROM users)", new { name = new string('n', 60) });

        (await Refused()).ShouldContain("The table users of");
    }

    [Theory]
    [InlineData(null, 7L, 7L, 3L, 3L)]
    [InlineData(null, 7L, 9L, null, 0L)]
    [InlineData(5L, 7L, 9L, 3L, 5L)]
    public async Task The_relay_begins_behind_what_all_have_handled_or_was_relayed(long? relayed, long a, long b, long? c, long begins)
    {
        foreach (var store in new[] { "friends", "chat", "notifications" })
        {
            _subscriptions.Add(new Subscription(store, Topics.User, _stores[store]));
        }
        _topics.Add(new PublishedTopic(Topics.User, _stores["users"]));
        _topics.Add(new PublishedTopic(Topics.Friend, _stores["friends"]));
        for (var i = 1; i <= 10; i++)
        {
            _from.Execute("users", "INSERT INTO outbox VALUES (@topic, @i, '', '', '', 0, NULL, x'00')", new { topic = Topics.User, i });
        }
        foreach (var (store, handled) in new[] { ("friends", a), ("chat", (long?)b), ("notifications", c) })
        {
            if (handled is not null)
            {
                _from.Execute(
                    store, "INSERT INTO consumer_offsets VALUES (@store, @topic, @handled)", new { store, topic = Topics.User, handled });
            }
        }
        if (relayed is not null)
        {
            _from.Execute("users", "INSERT INTO relay_positions VALUES (@topic, @relayed)", new { topic = Topics.User, relayed });
        }

        await Migrate();

        (await Relayed("users", Topics.User)).ShouldBe(begins);
        (await Relayed("friends", Topics.Friend)).ShouldBe(0);
    }

    [Fact]
    public async Task A_row_that_was_lost_on_the_way_is_missed_and_no_relay_begins()
    {
        _topics.Add(new PublishedTopic(Topics.User, _stores["users"]));
        _from.Execute("users", "INSERT INTO outbox VALUES (@topic, 9, '', '', '', 0, NULL, x'00')", new { topic = Topics.User });

        var migrated = await Migrate(table =>
        {
            // Written rows are counted by reading them again, not by counting the writes.
            if (table is { Store: "chat", Table: "messages", IsComplete: true }) LoseNewest("chat", "messages", "row_id");
        });

        migrated.Where(table => !table.IsComplete)
            .ShouldBe([new MigratedTable("chat", "messages", Installation.Rows, Installation.Rows - 1)]);
        (await Relayed("users", Topics.User)).ShouldBe(0);
        (await Migrate()).ShouldAllBe(table => table.IsComplete);
        (await Relayed("users", Topics.User)).ShouldBe(9);
        ShouldBeTheSame();
    }

    public void Dispose()
    {
        foreach (var store in _stores.Values) store.Dispose();
        _home.Dispose();
        _from.Dispose();
    }

    private Task<IReadOnlyList<MigratedTable>> Migrate(Action<MigratedTable>? progress = null, CancellationToken? ct = null) =>
        new MigrationRunner(_from.Folder, _stores.Values, _topics, _subscriptions, [], null).Run(progress ?? (_ => { }), ct ?? Ct);

    private async Task<string> Refused()
    {
        var refusal = await Should.ThrowAsync<StartupException>(() => Migrate());
        refusal.Message.ShouldNotContain("\n");
        return refusal.Message;
    }

    private ValueTask<long> Relayed(string store, string topic) =>
        _stores[store].Read(read => read.First<long>("SELECT position FROM relay_positions WHERE topic = @topic", new { topic }), Ct);

    private MySqlConnection Target(string store)
    {
        var connection = new MySqlConnection($"{MariaDbServer.Shared.ConnectionString};Database={_home.Prefix}{store};Pooling=false");
        connection.Open();
        return connection;
    }

    private void LoseNewest(string store, string table, string key)
    {
        using var connection = Target(store);
        connection.Execute($"DELETE FROM {table} ORDER BY {key} DESC LIMIT 1").ShouldBe(1);
    }

    private void ShouldBeTheSame()
    {
        foreach (var store in Installation.Contexts.Keys)
        {
            using var connection = Target(store);
            foreach (var table in _from.Tables(store))
            {
                var columns = string.Join(", ", _from.Columns(store, table).Select(column => $"`{column}`"));
                Installation.Dump(connection, $"SELECT {columns} FROM `{table}`").ShouldBe(_from.Dump(store, table), $"{store}.{table}");
            }
        }
    }
}
