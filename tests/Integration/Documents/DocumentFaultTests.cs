using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.Tests.Integration.Events;
using BigTech.Tests.Testing;
using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;

namespace BigTech.Tests.Integration.Documents;

/// <summary>The result of calls when the server fails.</summary>
[Engines]
public sealed class DocumentFaultTests : IDisposable
{
    private const string Things = "things";

    private readonly MemoryMongo _server = new();
    private readonly List<DocumentDatabase> _opened = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (var database in _opened) database.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task A_server_that_is_gone_is_503_and_one_that_is_back_serves_again()
    {
        var database = Open(timeout: 300);
        await Eventually.Holds(() => Answers(database), "the server in use");
        _server.Stop();

        var error = await Should.ThrowAsync<AppError>(Insert(database, "a"));
        (error.Kind, error.Code).ShouldBe((ErrorKind.Unavailable, "store_unavailable"));
        Should.Throw<DocumentStoreUnavailableException>(database.Ping);

        _server.Start();
        await Eventually.Holds(() => Answers(database), "the server in use again");
    }

    [Fact]
    public async Task Its_going_and_coming_is_one_line_each()
    {
        using var logs = new RecordedLogs();
        using (var database = new DocumentDatabase(new MongoOptions { Uri = _server.Uri, TimeoutMilliseconds = 30_000 },
            logs.CreateLogger<DocumentDatabase>()))
        {
            await Insert(database, "a");
            _server.Stop();
            await Eventually.Holds(() => logs.Count("unavailable") == 1, "it is logged as unavailable");
            _server.Start();
            await Eventually.Holds(() => logs.Count("connected") == 2, "it is logged as connected again");
        }
        logs.Lines.Select(line => line.Split(':')[0]).ShouldBe(["MongoDB connected", "MongoDB unavailable", "MongoDB connected"]);
    }

    [Fact]
    public async Task A_connection_that_breaks_before_the_answer_leaves_the_outcome_unknown()
    {
        var database = Open();
        await Insert(database, "a");
        _server.OnCommand = name => name == "insert" ? Fault.DropAfter : Fault.None;
        (await Should.ThrowAsync<AppError>(Insert(database, "b"))).Code.ShouldBe("store_unavailable");
        _server.OnCommand = name => name == "insert" ? Fault.DropBefore : Fault.None;
        (await Should.ThrowAsync<AppError>(Insert(database, "c"))).Code.ShouldBe("store_unavailable");
        _server.OnCommand = _ => Fault.None;
        (await Count(database)).ShouldBe(2, "the first was done, the second was not");
    }

    [Fact]
    public async Task A_write_whose_answer_is_lost_is_repeated_once_where_the_server_remembers_it()
    {
        using var server = new MemoryMongo(isReplicaSet: true);
        using var database = new DocumentDatabase(new MongoOptions { Uri = server.Uri, TimeoutMilliseconds = 30_000 });
        var isLost = false;
        server.OnCommand = name => name == "insert" && !Interlocked.Exchange(ref isLost, true) ? Fault.DropAfter : Fault.None;

        await Insert(database, "a");

        server.Seen("insert").ShouldBe(2);
        (await Count(database)).ShouldBe(1);
    }

    [Fact]
    public async Task A_server_that_steps_down_is_away_and_not_at_fault()
    {
        var database = Open();
        await Insert(database, "a");
        _server.OnCommand = name => name == "insert" ? Fault.SteppedDown : Fault.None;
        (await Should.ThrowAsync<AppError>(Insert(database, "b"))).Code.ShouldBe("store_unavailable");
        _server.OnCommand = _ => Fault.None;
        (await Insert(database, "b")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_server_that_is_too_slow_is_503_after_the_timeout()
    {
        var (database, patient) = (Open(timeout: 300), Open());
        await Eventually.Holds(() => Answers(database), "the server in use");
        using var slow = new ManualResetEventSlim();
        var (tried, reached) = (0, 0);
        _server.OnCommand = name =>
        {
            if (name == "insert")
            {
                Interlocked.Increment(ref reached);
                slow.Wait();
            }
            return Fault.None;
        };
        var things = database.Collection(Things);
        // On a busy machine the time may be up before a call is on its way.
        await Eventually.Holds(
            async () =>
            {
                (await Should.ThrowAsync<AppError>(Insert(database, $"{tried++}"))).Code.ShouldBe("store_unavailable");
                return Volatile.Read(ref reached) >= 1;
            },
            "a slow write of a caller");
        await Eventually.Holds(
            () =>
            {
                Should.Throw<DocumentStoreUnavailableException>(
                    () => database.Call(limit => things.InsertOne(new BsonDocument("_id", $"{tried++}"), cancellationToken: limit)));
                return Volatile.Read(ref reached) >= 2;
            },
            "a slow write of a thread");
        slow.Set();
        await Eventually.Holds(
            async () => await Count(patient) is var count && count >= 2 && count == Volatile.Read(ref reached),
            "the writes that reached the server done after all, late");
    }

    [Fact]
    public async Task More_calls_than_may_wait_are_refused_and_cancelled_ones_never_begin()
    {
        var database = Open(timeout: 120_000, workers: 1);
        using var entered = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var first = database.Run(
            _ => Task.Run(
                () =>
                {
                    entered.Set();
                    gate.Wait();
                    return 1;
                }), Ct);
        await Eventually.Holds(() => entered.IsSet, "the worker at the gate");
        using var cancelled = new CancellationTokenSource();
        var ran = false;
        var doomed = database.Run(_ => Task.FromResult(ran = true), cancelled.Token);
        var waiting = new List<Task<long>>();
        Task<long> refused;
        while (!(refused = Count(database)).IsFaulted && waiting.Count < 100_000) waiting.Add(refused);
        var error = await Should.ThrowAsync<AppError>(refused);
        (error.Kind, error.Code).ShouldBe((ErrorKind.Unavailable, "overloaded"));
        await cancelled.CancelAsync();
        gate.Set();

        await first;
        (await Task.WhenAll(waiting)).ShouldAllBe(count => count == 0);
        await Should.ThrowAsync<OperationCanceledException>(doomed);
        ran.ShouldBeFalse();
    }

    [Fact]
    public async Task What_was_handed_over_is_finished_before_the_end()
    {
        var database = new DocumentDatabase(new MongoOptions { Uri = _server.Uri, Workers = 2, TimeoutMilliseconds = 30_000 });
        var inserts = Enumerable.Range(0, 50).Select(i => Insert(database, $"{i}")).ToList();
        database.Dispose();
        (await Task.WhenAll(inserts)).ShouldAllBe(isNew => isNew);
        await Should.ThrowAsync<AppError>(Insert(database, "late"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("not an address")]
    [InlineData("mongodb://user:secret@host:99999999/")]
    public void An_address_that_cannot_be_read_is_one_clear_line_without_secrets(string? uri)
    {
        var message = Should.Throw<SettingException>(() => new DocumentDatabase(new MongoOptions { Uri = uri })).Message;
        message.ShouldStartWith("Mongo:Uri");
        message.ShouldNotContain("\n");
        message.ShouldNotContain("secret");
    }

    /// <param name="timeout">Short only where calls are to fail: on a busy machine other calls would fail too.</param>
    private DocumentDatabase Open(int timeout = 30_000, int workers = 4)
    {
        var database = new DocumentDatabase(new MongoOptions { Uri = _server.Uri, TimeoutMilliseconds = timeout, Workers = workers });
        _opened.Add(database);
        return database;
    }

    private static async Task<bool> Answers(DocumentDatabase database)
    {
        try
        {
            await database.Ping(Ct);
            return true;
        }
        catch (AppError)
        {
            return false;
        }
    }

    private static Task<bool> Insert(DocumentDatabase database, string id) => database.Run(
        async limit =>
        {
            await database.Collection(Things).InsertOneAsync(new BsonDocument("_id", id), cancellationToken: limit);
            return true;
        }, Ct);

    private static Task<long> Count(DocumentDatabase database) => database.Run(
        limit => database.Collection(Things).CountDocumentsAsync(FilterDefinition<BsonDocument>.Empty, cancellationToken: limit), Ct);
}
