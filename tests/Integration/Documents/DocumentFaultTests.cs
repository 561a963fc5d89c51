using BigTech.Platform;
using BigTech.Platform.Documents;
using BigTech.Platform.Http;
using BigTech.Tests.Shared;

namespace BigTech.Tests.Integration.Documents;

/// <summary>What the binding does when the server does not do its part.</summary>
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
        (await Insert(database, "a")).ShouldBeTrue();
        _server.Stop();

        var refusal = await Should.ThrowAsync<Refusal>(Insert(database, "b"));
        (refusal.Status, refusal.Code).ShouldBe((503, "store_unavailable"));
        using (var session = database.Open()) Should.Throw<DocumentStoreGoneException>(session.Ping);

        _server.Start();
        await Eventually.Holds(async () =>
        {
            try
            {
                return await Insert(database, "c");
            }
            catch (Refusal)
            {
                return false;
            }
        }, "the server in use again");
        (await Count(database)).ShouldBe(2);
    }

    [Fact]
    public async Task A_connection_that_breaks_before_the_answer_leaves_the_outcome_unknown()
    {
        var database = Open();
        await Insert(database, "a");
        _server.OnCommand = name => name == "insert" ? Fault.DropAfter : Fault.None;
        (await Should.ThrowAsync<Refusal>(Insert(database, "b"))).Code.ShouldBe("store_unavailable");
        _server.OnCommand = name => name == "insert" ? Fault.DropBefore : Fault.None;
        (await Should.ThrowAsync<Refusal>(Insert(database, "c"))).Code.ShouldBe("store_unavailable");
        _server.OnCommand = _ => Fault.None;
        (await Count(database)).ShouldBe(2, "the first was done, the second was not");
    }

    [Fact]
    public async Task A_server_that_steps_down_is_away_and_not_at_fault()
    {
        var database = Open();
        await Insert(database, "a");
        _server.OnCommand = name => name == "insert" ? Fault.SteppedDown : Fault.None;
        (await Should.ThrowAsync<Refusal>(Insert(database, "b"))).Code.ShouldBe("store_unavailable");
        _server.OnCommand = _ => Fault.None;
        (await Insert(database, "b")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_server_that_is_too_slow_is_503_after_the_timeout()
    {
        var database = Open(timeout: 300);
        await Insert(database, "a");
        using var slow = new ManualResetEventSlim();
        _server.OnCommand = name =>
        {
            if (name == "insert") slow.Wait();
            return Fault.None;
        };
        (await Should.ThrowAsync<Refusal>(Insert(database, "b"))).Code.ShouldBe("store_unavailable");
        slow.Set();
        await Eventually.Holds(async () => await Count(database) == 2, "the write done after all, late");
    }

    [Fact]
    public async Task More_calls_than_may_wait_are_refused_and_cancelled_ones_never_begin()
    {
        var database = Open(timeout: 30_000, workers: 1);
        using var entered = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var first = database.Run(
            _ =>
            {
                entered.Set();
                gate.Wait();
                return 1;
            }, Ct);
        await Eventually.Holds(() => entered.IsSet, "the worker at the gate");
        using var cancelled = new CancellationTokenSource();
        var ran = false;
        var doomed = database.Run(_ => ran = true, cancelled.Token);
        var waiting = new List<Task<long>>();
        var refusal = Should.Throw<Refusal>(() =>
        {
            while (waiting.Count < 100_000) waiting.Add(Count(database));
        });
        (refusal.Status, refusal.Code).ShouldBe((503, "overloaded"));
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
        var database = new DocumentDatabase(new MongoOptions { Uri = _server.Uri, Workers = 2 });
        var inserts = Enumerable.Range(0, 50).Select(i => Insert(database, $"{i}")).ToList();
        database.Dispose();
        (await Task.WhenAll(inserts)).ShouldAllBe(isNew => isNew);
        Should.Throw<Refusal>(() => _ = Insert(database, "late"));
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

    private DocumentDatabase Open(int timeout = 5000, int workers = 4)
    {
        var database = new DocumentDatabase(new MongoOptions { Uri = _server.Uri, TimeoutMilliseconds = timeout, Workers = workers });
        _opened.Add(database);
        return database;
    }

    private static Task<bool> Insert(DocumentDatabase database, string id) =>
        database.Run(session => session.TryInsert(Things, new BsonWriter().Write("_id", id).ToDocument()), Ct);

    private static Task<long> Count(DocumentDatabase database) => database.Run(session => session.Count(Things, new BsonWriter().ToDocument()), Ct);
}
