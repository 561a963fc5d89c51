using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Redis;
using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.Tests.Integration.Redis;
using BigTech.Tests.Integration.Sql;
using BigTech.Tests.Testing;
using MongoDB.Bson;

namespace BigTech.Tests.Integration.Telemetry;

/// <summary>Tests that count what the whole process measures: no other test may run beside them.</summary>
[CollectionDefinition(nameof(CountsAllMetrics), DisableParallelization = true)]
public sealed class CountsAllMetrics;

/// <summary>Each failed operation of each engine is measured once, with what failed.</summary>
[Collection(nameof(CountsAllMetrics))]
public sealed class DatabaseFailureTests : IDisposable
{
    private readonly ConcurrentQueue<(string System, string Operation, string? Error)> _measured = new();
    private readonly MeterListener _listener = new();

    public DatabaseFailureTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "db.client.operation.duration") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            var labels = tags.ToArray().ToDictionary(tag => tag.Key, tag => (string?)tag.Value);
            _measured.Enqueue((labels["db.system.name"]!, labels["db.operation.name"]!, labels.GetValueOrDefault("error.type")));
        });
        _listener.Start();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_read_that_fails_is_not_one_that_has_succeeded()
    {
        using var home = StoreHome.On(TestEngine.Sqlite);
        using var store = home.Open("things", Migrations.Things);
        _measured.Clear();

        await Should.ThrowAsync<AppError>(() => store.Read(reader => reader.Query<string>("SELECT name FROM missing"), Ct).AsTask());

        _measured.ShouldBe([("sqlite", "SELECT", "SqliteException")]);
    }

    [Fact]
    public async Task An_error_of_the_caller_is_none_of_the_store()
    {
        using var home = StoreHome.On(TestEngine.Sqlite);
        using var store = home.Open("things", Migrations.Things);
        _measured.Clear();

        var error = AppError.NotFound("missing", "There is no such thing.");
        await Should.ThrowAsync<AppError>(() => store.Read<int>(_ => throw error, Ct).AsTask());
        await Should.ThrowAsync<AppError>(() => store.Write<int>(_ => throw error));
        // The caller has its error before the end of its transaction, which is before the next.
        await store.Write(work => work.Execute("INSERT INTO things (name) VALUES ('next')"));

        _measured.ShouldBe(
            [("sqlite", "SELECT", null), .. Enumerable.Repeat<(string, string, string?)[]>(
                [("sqlite", "BEGIN", null), ("sqlite", "COMMIT", null)], 2).SelectMany(transaction => transaction)]);
    }

    [Fact]
    public async Task A_commit_that_fails_is_not_one_that_has_succeeded()
    {
        using var home = StoreHome.On(TestEngine.Sqlite);
        using var store = home.Open("things", Migrations.Things);
        await store.Write(work =>
        {
            work.Execute("CREATE TABLE parents (id INTEGER PRIMARY KEY)");
            work.Execute("CREATE TABLE children (parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)");
        });
        _measured.Clear();

        await Should.ThrowAsync<AppError>(() => store.Write(work => work.Execute("INSERT INTO children (parent) VALUES (7)")));

        _measured.ShouldBe([("sqlite", "BEGIN", null), ("sqlite", "COMMIT", "SqliteException")]);
    }

    [Fact]
    public async Task A_disk_that_is_full_before_the_commit_fails_the_commit()
    {
        using var home = StoreHome.On(TestEngine.Sqlite);
        using var store = home.Open("things", Migrations.Things);
        _measured.Clear();

        await Should.ThrowAsync<AppError>(() => store.Write(work =>
        {
            work.First<long>("PRAGMA max_page_count = 1");
            work.Execute("INSERT INTO things (name) VALUES (@name)", new { name = new string('x', 100_000) });
        }));

        _measured.ShouldBe([("sqlite", "BEGIN", null), ("sqlite", "COMMIT", "SqliteException")]);
    }

    [Fact]
    public async Task An_error_of_another_store_fails_the_transaction_and_is_none_of_its_engine()
    {
        using var home = StoreHome.On(TestEngine.Sqlite);
        using var store = home.Open("things", Migrations.Things);
        _measured.Clear();

        await Should.ThrowAsync<AppError>(() => store.Write<int>(_ => throw new DocumentStoreUnavailableException("planted")));

        _measured.ShouldBe([("sqlite", "BEGIN", null)]);
    }

    [Fact]
    [Engines]
    public async Task A_sql_server_that_is_gone_fails_reads_and_writes_once_each()
    {
        using var server = new MariaDbServer();
        server.Start(durable: false);
        using var home = new ServerHome(server);
        using var store = home.Open("things", Migrations.Things);
        await store.Read(reader => reader.First<int>("SELECT 1"), Ct);
        server.Kill();
        _measured.Clear();

        await Should.ThrowAsync<AppError>(() => store.Read(reader => reader.First<int>("SELECT 1"), Ct).AsTask());
        await Should.ThrowAsync<AppError>(() => store.Write(work => work.Execute("INSERT INTO things (name) VALUES ('a')")));

        _measured.ShouldBe([("mariadb", "SELECT", "MySqlException"), ("mariadb", "BEGIN", "MySqlException")]);
        server.Start(durable: false);
    }

    [Fact]
    [Engines]
    public async Task A_transaction_of_a_sql_server_that_breaks_off_is_a_failed_commit()
    {
        using var home = new ServerHome(MariaDbServer.Shared);
        using var store = home.Open("things", Migrations.Things);
        _measured.Clear();

        await Should.ThrowAsync<AppError>(() => store.Write(work =>
        {
            MariaDbServer.Shared.Execute($"KILL {work.First<long>("SELECT CONNECTION_ID()")}");
            work.Execute("INSERT INTO things (name) VALUES ('a')");
        }));

        _measured.Select(one => (one.System, one.Operation, one.Error is null)).ShouldBe(
            [(MariaDbServer.Shared.SystemName(), "BEGIN", true), (MariaDbServer.Shared.SystemName(), "COMMIT", false)]);
    }

    [Fact]
    [Engines]
    public async Task A_command_of_MongoDB_that_breaks_off_is_measured_by_its_name_and_a_missing_server_as_connect()
    {
        using var server = new MemoryMongo();
        using var documents = new DocumentDatabase(new MongoOptions { Uri = server.Uri, Database = "test", TimeoutMilliseconds = 2000 });
        await Eventually.Holds(() => documents.Ping(Ct).ContinueWith(ping => ping.IsCompletedSuccessfully, Ct), "the server in use");
        server.OnCommand = name => name == "insert" ? Fault.DropBefore : Fault.None;
        _measured.Clear();

        await Should.ThrowAsync<AppError>(Insert());
        _measured.ShouldBe([("mongodb", "insert", "MongoConnectionException")]);

        server.Stop();
        _measured.Clear();
        await Should.ThrowAsync<AppError>(Insert());
        _measured.Select(one => (one.System, one.Operation, one.Error is null)).ShouldBe([("mongodb", "connect", false)]);

        Task<bool> Insert() => documents.Run(
            async limit =>
            {
                await documents.Collection("things").InsertOneAsync(new BsonDocument("_id", "a"), cancellationToken: limit);
                return true;
            },
            Ct);
    }

    [Fact]
    [Engines]
    public async Task A_script_that_Redis_does_not_answer_in_time_has_failed()
    {
        using var server = new RedisServer();
        using var proxy = new TcpProxy(server.Port);
        var space = new RedisSpace(proxy.Address);
        var redis = await space.Connect();
        await redis.Run(new RedisScript("return 1"), []);
        _measured.Clear();
        proxy.Hold();

        await Should.ThrowAsync<AppError>(redis.Run(new RedisScript("return 1"), []));

        _measured.ShouldContain(("redis", "EVALSHA", "TimeoutException"));
        await space.DisposeAsync();
    }
}
