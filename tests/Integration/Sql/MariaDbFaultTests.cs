using System.Collections.Concurrent;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Chat;
using BigTech.Tests.Testing;
using Dapper;
using MySqlConnector;

namespace BigTech.Tests.Integration.Sql;

/// <summary>A store whose server becomes unavailable, becomes available again, or is blocked by another client.</summary>
[Engines]
public sealed class MariaDbFaultTests : IDisposable
{
    private readonly MariaDbServer _server = new();
    private readonly ServerHome _home;
    private readonly Store _store;

    public MariaDbFaultTests()
    {
        _server.Start(durable: true);
        _home = new ServerHome(_server);
        _store = _home.Open("store", Migrations.Things);
    }

    public void Dispose()
    {
        _store.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task What_was_acknowledged_outlives_a_killed_server_and_the_store_heals_by_itself()
    {
        var acknowledged = new List<string>();
        var refused = 0;
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var name = $"{writer}:{i}";
                try
                {
                    await _store.Write(work => Add(work, name));
                    lock (acknowledged) acknowledged.Add(name);
                }
                catch (AppError error)
                {
                    (error.Kind, error.Code).ShouldBe((ErrorKind.Unavailable, "store_unavailable"));
                    Interlocked.Increment(ref refused);
                }
            }
        })).ToList();
        for (var round = 0; round < 2; round++)
        {
            var (seen, refusals) = (Count(acknowledged), Volatile.Read(ref refused));
            await Eventually.Holds(() => Count(acknowledged) > seen + 200, "writes");
            _server.Kill();
            await Eventually.Holds(() => Volatile.Read(ref refused) > refusals + 10, "refusals");
            var reading = await Should.ThrowAsync<AppError>(async () => await Names());
            (reading.Kind, reading.Code).ShouldBe((ErrorKind.Unavailable, "store_unavailable"));
            _server.Start(durable: true);
        }
        var after = Count(acknowledged);
        await Eventually.Holds(() => Count(acknowledged) > after + 200, "writes after the last start");
        await stop.CancelAsync();
        await Task.WhenAll(writers);

        var stored = await Names();
        acknowledged.Except(stored).ShouldBeEmpty();
        stored.Count.ShouldBe(stored.Distinct().Count());
        // Each write appends one event: the positions are those of the stored writes only, without a gap.
        (await Positions(_store)).ShouldBe(Enumerable.Range(1, stored.Count).Select(i => (long)i));
    }

    [Fact]
    public async Task What_follows_from_a_lost_transaction_may_throw_and_the_writer_goes_on()
    {
        var lost = _store.Write(work =>
        {
            work.OnEpochLost(() => throw new InvalidOperationException("planted"));
            _server.Execute($"KILL {work.First<long>("SELECT CONNECTION_ID()")}");
            Add(work, "lost");
        });

        (await Should.ThrowAsync<AppError>(lost)).Code.ShouldBe("store_unavailable");
        await _store.Write(work => Add(work, "later"));
        (await Names()).ShouldBe(["later"]);
    }

    [Fact]
    public async Task A_replica_that_hangs_in_a_transaction_holds_the_others_up_only_for_a_while()
    {
        using var hanging = new MySqlConnection($"{_server.ConnectionString};Pooling=false;Database={_home.Prefix}store");
        hanging.Open();
        hanging.Execute("START TRANSACTION; UPDATE store_writer SET turn = turn + 1 WHERE id = 1;");

        var error = await Should.ThrowAsync<AppError>(() => _store.Write(work => Add(work, "early")));
        error.Code.ShouldBe("store_unavailable");
        // The server ends transactions that wait for their client, as it does with those of the program.
        hanging.Execute("SET SESSION idle_transaction_timeout = 1");

        await Eventually.Holds(async () =>
        {
            try
            {
                await _store.Write(work => Add(work, "late"));
                return true;
            }
            catch (AppError)
            {
                return false;
            }
        }, "the server ends the transaction that hangs");
        (await Names()).ShouldBe(["late"]);
    }

    [Fact]
    public async Task A_writer_that_waits_inside_its_own_transaction_for_too_long_loses_it_and_no_other_write()
    {
        _server.Query<long>(
            "SELECT VARIABLE_VALUE FROM information_schema.global_variables WHERE VARIABLE_NAME = 'IDLE_TRANSACTION_TIMEOUT'")
            .ShouldBe([0], "the product sets it for its own connections");
        using var mayGoOn = new ManualResetEventSlim();
        var slow = _store.Write(work =>
        {
            Add(work, "slow");
            mayGoOn.Wait(Patience.Limit);
            Add(work, "never");
        });
        await Eventually.Holds(() => _server.Query<string>("SELECT command FROM information_schema.processlist WHERE db = @db",
            new { db = $"{_home.Prefix}store" })
            .Count == 0, "the server ends the connection");
        mayGoOn.Set();

        (await Should.ThrowAsync<AppError>(slow)).Code.ShouldBe("store_unavailable");
        await _store.Write(work => Add(work, "next"));
        (await Names()).ShouldBe(["next"]);
    }

    [Fact]
    public async Task Kept_connections_that_the_server_has_ended_are_replaced_without_a_failed_call()
    {
        await _store.Write(work => Add(work, "before"));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await Names())));

        foreach (var id in _server.Query<long>("SELECT id FROM information_schema.processlist WHERE db = @db",
            new { db = $"{_home.Prefix}store" }))
        {
            _server.Execute($"KILL {id}");
        }

        await _store.Write(work => Add(work, "after"));
        for (var i = 0; i < 10; i++) (await Names()).ShouldBe(["before", "after"]);
    }

    [Fact]
    public async Task A_server_that_answers_slowly_makes_writes_late_and_loses_none()
    {
        using var way = new TcpProxy(_server.Port);
        using var slow = new ServerHome(_server, way.Port).Open("slow", Migrations.Things);
        using var load = new Load(slow);

        await way.Stutter(() => load.Acknowledged.Count > 10, "late writes");

        await load.ShouldEndWithAllThatWasAcknowledged();
        load.Refused.ShouldBe(0, "to be late is no failure");
    }

    [Fact]
    public async Task A_server_that_freezes_for_longer_than_a_command_may_take_costs_nothing_that_was_acknowledged_and_the_store_heals()
    {
        using var way = new TcpProxy(_server.Port);
        using var frozen = new ServerHome(_server, way.Port).Open("frozen", Migrations.Things);
        using var load = new Load(frozen);
        await Eventually.Holds(() => load.Acknowledged.Count > 50, "writes");

        way.Hold();
        // The driver waits for the answer, then for a connection to cancel the query, then for the rest of the answer.
        await Eventually.Holds(() => load.Refused > 0, "a command that takes too long", Patience.Long);
        // Held data arrives now, including the commit of a transaction that no caller awaits any more.
        way.Heal();

        await load.ShouldEndWithAllThatWasAcknowledged();
    }

    [Fact]
    public async Task A_full_disk_refuses_writes_and_leaves_nothing_half_done_and_they_go_on_when_there_is_room()
    {
        // One file for all tables, with a maximum size: it simulates a full disk for a server with a file per table.
        _store.Dispose();
        RestartWithRoomFor("48M");
        using var store = _home.Open("full", Migrations.Things);
        _server.Execute($"CREATE TABLE `{_home.Prefix}full`.filler (data LONGBLOB NOT NULL)");
        await store.Write(work => Add(work, "before"));
        Fill($"`{_home.Prefix}full`.filler");

        var acknowledged = new List<string> { "before" };
        var error = await Should.ThrowAsync<AppError>(async () =>
        {
            for (var i = 0; i < 1000; i++)
            {
                await store.Write(work => Add(work, $"{i}", new byte[100_000]));
                acknowledged.Add($"{i}");
            }
        });
        (error.Kind, error.Code).ShouldBe((ErrorKind.Unavailable, "store_unavailable"));
        error.InnerException.ShouldNotBeNull().Message.ShouldContain("full");

        (await Names(store)).ShouldBe(acknowledged, "reads go on");
        RestartWithRoomFor("96M");
        await Eventually.Holds(() => TryAdd(store, "after", new byte[100_000]), "room");
        (await Names(store)).ShouldBe([.. acknowledged, "after"]);
        (await Positions(store)).ShouldBe(Enumerable.Range(1, acknowledged.Count + 1).Select(i => (long)i));
    }

    private void RestartWithRoomFor(string size)
    {
        _server.Kill();
        _server.Start(durable: true, "--innodb-file-per-table=0", $"--innodb-data-file-path=ibdata1:12M:autoextend:max:{size}");
    }

    private void Fill(string table)
    {
        // In rows of decreasing size, until not even a small one fits.
        foreach (var size in (int[])[4_000_000, 400_000, 40_000])
        {
            Should.Throw<MySqlException>(() => InsertUntilFull(size)).Number.ShouldBe(1114);
        }

        void InsertUntilFull(int size)
        {
            while (true) _server.Execute($"INSERT INTO {table} (data) VALUES (REPEAT('x', {size}))");
        }
    }

    private static async Task<bool> TryAdd(Store store, string name, byte[] data)
    {
        try
        {
            await store.Write(work => Add(work, name, data));
            return true;
        }
        catch (AppError)
        {
            return false;
        }
    }

    /// <summary>Eight writers, each of which tries a name once, and the answers to them.</summary>
    private sealed class Load : IDisposable
    {
        private readonly Store _store;
        private readonly CancellationTokenSource _stop = new();
        private readonly Task[] _writers;
        private int _refused;

        public Load(Store store)
        {
            _store = store;
            _writers = [.. Enumerable.Range(0, 8).Select(writer => Task.Run(() => Write(writer)))];
        }

        public ConcurrentBag<string> Acknowledged { get; } = [];

        public int Refused => Volatile.Read(ref _refused);

        /// <summary>Waits until writes succeed (again), ends the load, and compares.</summary>
        public async Task ShouldEndWithAllThatWasAcknowledged()
        {
            var now = Acknowledged.Count;
            await Eventually.Holds(() => Acknowledged.Count > now + 50, "writes again", Patience.Long);
            await _stop.CancelAsync();
            await Task.WhenAll(_writers);
            var stored = await Names(_store);
            Acknowledged.Except(stored).ShouldBeEmpty();
            stored.ShouldBeUnique();
            (await Positions(_store)).ShouldBe(Enumerable.Range(1, stored.Count).Select(i => (long)i));
        }

        public void Dispose() => _stop.Dispose();

        private async Task Write(int writer)
        {
            for (var i = 0; !_stop.IsCancellationRequested; i++)
            {
                var name = $"{writer}:{i}";
                try
                {
                    await _store.Write(work => Add(work, name));
                    Acknowledged.Add(name);
                }
                catch (AppError error)
                {
                    (error.Kind, error.Code).ShouldBe((ErrorKind.Unavailable, "store_unavailable"));
                    Interlocked.Increment(ref _refused);
                }
            }
        }
    }

    [Fact]
    public async Task Large_rows_of_one_commit_go_in_statements_that_a_socket_takes_at_once()
    {
        // A single statement with all of them would be rejected.
        _server.Execute("SET GLOBAL max_allowed_packet = 131072");
        using var store = _home.Open("store", Migrations.Things);
        List<Task> writes;
        using (var gate = await WriterGate.Close(store))
        {
            writes = [.. Enumerable.Range(0, 50).Select(i => store.Write(work => Add(work, $"{i}", new byte[20_000 + i])))];
            await gate.Open();
        }
        await Task.WhenAll(writes);

        (await Names(store)).Count.ShouldBe(50);
        (await Positions(store)).ShouldBe(Enumerable.Range(1, 50).Select(i => (long)i));
    }

    [Fact]
    public async Task Many_changed_rows_of_one_commit_go_in_statements_that_a_socket_takes_at_once()
    {
        var change = new BulkUpdate(
            Sqlite: "", MySql: "INSERT INTO things (name) SELECT n FROM JSON_TABLE(?1, '$[*]' COLUMNS (n BIGINT PATH '$[0]')) given");
        _server.Execute("SET GLOBAL max_allowed_packet = 131072");
        using var store = _home.Open("store", Migrations.Things);

        await store.Write(work =>
        {
            for (var i = 0; i < 20_000; i++) work.Execute(work.Batch(change).Bind(1, 1_000_000_000_000 + i));
        });

        (await Names(store)).Count.ShouldBe(20_000);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static void Add(UnitOfWork work, string name)
    {
        work.Execute("INSERT INTO things (name) VALUES (@name)", new { name });
        work.Append(new MessagesRead(1, 1, 1, 1, name));
    }

    private static void Add(UnitOfWork work, string name, byte[] data)
    {
        work.Execute("INSERT INTO things (name) VALUES (@name)", new { name });
        work.Append(MessagesRead.Topic, "1", MessagesRead.WireName, data);
    }

    private static int Count(List<string> names)
    {
        lock (names) return names.Count;
    }

    private ValueTask<List<string>> Names() => Names(_store);

    private static ValueTask<List<string>> Names(Store store) =>
        store.Read(reader => reader.Query<string>("SELECT name FROM things ORDER BY id"), Ct);

    private static ValueTask<List<long>> Positions(Store store) =>
        store.Read(reader => reader.Query<long>("SELECT position FROM outbox ORDER BY position"), Ct);
}
