using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Integration.Sql;

/// <summary>
/// A server that repeatedly freezes for a little longer than the command timeout: a command that has timed out may still be answered, and
/// that answer must not be read as the next command's.
/// </summary>
[Engines]
public sealed class MariaDbFreezeTests : IDisposable
{
    private const int Readers = 32;
    private const int Freezes = 40;
    private const int RowsOfOne = 10;

    // Each reader reads a few rows, and other tests run in this process. Reading the wrong answer once allocated gigabytes.
    private const long MaxGrowth = 1L << 30;

    private readonly MariaDbServer _server = new();
    private readonly Store _store;
    private readonly string[][] _names =
        [.. Enumerable.Range(0, Readers).Select(reader => Enumerable.Range(0, RowsOfOne).Select(row => Name(reader, row)).ToArray())];

    // Many different statements, so that at any moment many readers prepare one, and the freeze affects that answer too.
    private readonly string[] _queries =
        [.. Enumerable.Range(0, 400).Select(i => $"SELECT name FROM things WHERE name LIKE ?1 /* {i} */ ORDER BY id")];
    private int _answers;
    private int _refusals;

    public MariaDbFreezeTests()
    {
        _server.Start(durable: false);
        _store = new ServerHome(_server, settings: "Default Command Timeout=2", readers: Readers).Open("frozen", Migrations.Things);
    }

    public void Dispose()
    {
        _store.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task A_server_that_freezes_again_and_again_gives_every_reader_its_own_rows_or_503()
    {
        foreach (var names in _names) await _store.Write(work => names.ToList().ForEach(name => Add(work, name)));
        using var stop = new CancellationTokenSource();
        var work = Enumerable.Range(0, Readers).Select(reader => Task.Run(() => Read(reader, stop.Token), Ct))
            .Append(Task.Run(() => Write(stop.Token), Ct)).ToList();
        await Eventually.Holds(() => Volatile.Read(ref _answers) > 10 * Readers, "answers");
        var before = Environment.WorkingSet;

        // Each freeze ends with another number of timed out readers: the answers of these come just after their timeout, those of the
        // others just before it. The last freezes outlast every reader and its next attempt.
        for (var freeze = 0; freeze < Freezes; freeze++)
        {
            var refused = Volatile.Read(ref _refusals) + freeze + 1;
            _server.Freeze();
            await Eventually.Holds(
                () => Volatile.Read(ref _refusals) >= refused || work.Exists(task => task.IsFaulted), "refusals", Patience.Long);
            _server.Thaw();
            var seen = Volatile.Read(ref _answers);
            await Eventually.Holds(
                () => Volatile.Read(ref _answers) > seen + 4 * Readers || work.Exists(task => task.IsFaulted), "answers again");
            (Environment.WorkingSet - before).ShouldBeLessThan(MaxGrowth);
            if (work.Exists(task => task.IsFaulted)) break;
        }

        await stop.CancelAsync();
        await Task.WhenAll(work);
    }

    [Fact]
    public async Task What_the_program_throws_inside_a_read_reaches_the_caller_and_costs_no_connection()
    {
        var connection = await _store.Read(reader => reader.First<long>("SELECT CONNECTION_ID()"), Ct);
        await _store.Write(work => Add(work, "one"));

        (await Should.ThrowAsync<AppError>(async () => await _store.Read<int>(_ => throw AppError.NotFound("nothing", "Nothing."),
            Ct))).Code.ShouldBe("nothing");
        await Should.ThrowAsync<KeyNotFoundException>(async () => await _store.Read(
            reader => reader.Prepared("SELECT name FROM things").Query<string>(_ => throw new KeyNotFoundException()), Ct));

        (await _store.Read(reader => reader.First<long>("SELECT CONNECTION_ID()"), Ct)).ShouldBe(connection);
    }

    [Fact]
    public async Task While_a_server_hangs_callers_get_503_and_what_had_not_begun_is_not_done()
    {
        await _store.Write(work => Add(work, "before"));

        _server.Freeze();
        var first = _store.Write(work => Add(work, "first"));
        var second = Task.Run(async () =>
        {
            await Should.ThrowAsync<AppError>(first);
            await _store.Write(work => Add(work, "second"));
        }, Ct);
        var read = _store.Read(reader => reader.First<int>("SELECT 1"), Ct).AsTask();
        foreach (var task in new[] { first, read })
        {
            var error = await Should.ThrowAsync<AppError>(task);
            (error.Kind, error.Code).ShouldBe((ErrorKind.Unavailable, "store_unavailable"));
        }
        (await Should.ThrowAsync<AppError>(second)).Code.ShouldBe("store_unavailable");
        _server.Thaw();

        await Eventually.Holds(() => TryAdd("after"), "the store heals");
        (await _store.Read(reader => reader.Query<string>("SELECT name FROM things WHERE name <> 'first' ORDER BY id"),
            Ct)).ShouldBe(["before", "after"]);
    }

    [Fact]
    public async Task While_many_reads_wait_for_a_server_that_hangs_the_pool_runs_everything_else()
    {
        const int reads = 200;
        using var patient = new ServerHome(_server, readers: reads).Open("patient", Migrations.Things);

        _server.Freeze();
        // From a thread outside the pool: work that a pool thread starts goes to its local queue, which is last in, first out.
        var (reading, other) = await Task.Factory.StartNew(
            () =>
                (
                    Enumerable.Range(0, reads).Select(i => patient.Read(reader => reader.First<int>("SELECT @i", new { i }), Ct).AsTask())
                        .ToList(), Task.Run(() => { }, Ct)),
            Ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Eventually.Ends(other, "work that needs no store");
        reading.ShouldAllBe(task => !task.IsCompleted);
        _server.Thaw();

        (await Task.WhenAll(reading)).ShouldBe(Enumerable.Range(0, reads));
    }

    private async Task<bool> TryAdd(string name)
    {
        try
        {
            await _store.Write(work => Add(work, name));
            return true;
        }
        catch (AppError)
        {
            return false;
        }
    }

    private async Task Read(int reader, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var (prepared, mapped) = await _store.Read(
                    async reading => (await Prepared(reading, reader), await Mapped(reading, reader)), Ct);
                prepared.ShouldBe(_names[reader]);
                mapped.ShouldBe(_names[reader]);
                Interlocked.Increment(ref _answers);
            }
            catch (AppError error)
            {
                (error.Kind, error.Code).ShouldBe((ErrorKind.Unavailable, "store_unavailable"));
                Interlocked.Increment(ref _refusals);
            }
        }
    }

    private async Task Write(CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            try
            {
                await _store.Write(work => Add(work, $"written {i}"));
            }
            catch (AppError error)
            {
                (error.Kind, error.Code).ShouldBe((ErrorKind.Unavailable, "store_unavailable"));
            }
        }
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Name(int reader, int row) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"reader {reader:00}, row {row:00}, {new string('x', reader)}");

    private static void Add(UnitOfWork work, string name) => work.Execute("INSERT INTO things (name) VALUES (@name)", new { name });

    private ValueTask<List<string>> Prepared(ReadSession reading, int reader) =>
        reading.Prepared(_queries[Random.Shared.Next(_queries.Length)]).Bind(1, $"reader {reader:00},%").Query(row => row.Text(0));

    private static ValueTask<List<string>> Mapped(ReadSession reading, int reader) =>
        reading.Query<string>("SELECT name FROM things WHERE name LIKE @pattern ORDER BY id", new { pattern = $"reader {reader:00},%" });
}
