using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Chat;
using BigTech.Contracts.Json;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Sql;

/// <summary>The contract of a store's single writer, on every engine.</summary>
public abstract class GroupCommitSuite : IDisposable
{
    private protected readonly StoreHome _home;
    private protected Store _store;

    protected GroupCommitSuite(TestEngine engine)
    {
        _home = StoreHome.On(engine);
        _store = Open();
    }

    public void Dispose()
    {
        _store.Dispose();
        _home.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Everything_that_waits_is_written_in_the_order_in_which_it_came()
    {
        using var gate = await WriterGate.Close(_store);
        var writes = Enumerable.Range(0, 100).Select(i => _store.Write(work => Add(work, $"{i}"))).ToList();
        _store.WaitingWrites.ShouldBe(100);

        await gate.Open();
        var ids = await Task.WhenAll(writes);

        ids.ShouldBe(Enumerable.Range(1, 100).Select(i => (long)i));
        (await Names()).ShouldBe(Enumerable.Range(0, 100).Select(i => $"{i}"));
    }

    [Fact]
    public async Task A_failure_before_any_write_takes_nothing_of_its_neighbours()
    {
        using var gate = await WriterGate.Close(_store);
        var before = _store.Write(work => Add(work, "before"));
        var failing = _store.Write<int>(_ => throw AppError.Forbidden("no", "No."));
        var after = _store.Write(work => Add(work, "after"));
        await gate.Open();

        (await Should.ThrowAsync<AppError>(failing)).Kind.ShouldBe(ErrorKind.Forbidden);
        await Task.WhenAll(before, after);
        (await Names()).ShouldBe(["before", "after"]);
    }

    [Fact]
    public async Task A_failure_after_a_write_takes_that_write_back_and_nothing_of_its_neighbours()
    {
        using var gate = await WriterGate.Close(_store);
        var neighbours = new List<Task<long>>();
        var failing = new List<Task>();
        for (var i = 0; i < 20; i++)
        {
            var name = $"{i}";
            if (i % 3 != 1)
            {
                neighbours.Add(_store.Write(work => Add(work, name)));
                continue;
            }
            failing.Add(_store.Write(work =>
            {
                Add(work, name);
                throw new InvalidOperationException(name);
            }));
        }
        await gate.Open();

        foreach (var task in failing) await Should.ThrowAsync<InvalidOperationException>(task);
        await Task.WhenAll(neighbours);
        (await Names()).ShouldBe(Enumerable.Range(0, 20).Where(i => i % 3 != 1).Select(i => $"{i}"));
        neighbours.Select(task => task.Result).ShouldBeInOrder();
    }

    [Fact]
    public async Task A_broken_rule_of_the_store_is_one_callers_failure()
    {
        using var gate = await WriterGate.Close(_store);
        var first = _store.Write(work => Add(work, "same"));
        var second = _store.Write(work => Add(work, "same"));
        var third = _store.Write(work => work.Execute("INSERT INTO nowhere VALUES (1)"));
        var fourth = _store.Write(work => Add(work, "other"));
        await gate.Open();

        await Task.WhenAll(first, fourth);
        await Should.ThrowAsync<System.Data.Common.DbException>(second);
        await Should.ThrowAsync<System.Data.Common.DbException>(third);
        (await Names()).ShouldBe(["same", "other"]);
    }

    [Fact]
    public async Task A_failed_write_publishes_nothing_and_its_neighbours_publish_once()
    {
        using var gate = await WriterGate.Close(_store);
        var first = _store.Write(work => work.Append(new MessagesRead(1, 1, 1, 1, "a")));
        var failing = _store.Write(work =>
        {
            work.Append(new MessagesRead(1, 2, 1, 1, "b"));
            throw new InvalidOperationException();
        });
        var last = _store.Write(work => work.Append(new MessagesRead(1, 3, 1, 1, "c")));
        await gate.Open();

        await Should.ThrowAsync<InvalidOperationException>(failing);
        await Task.WhenAll(first, last);
        var events = await _store.Log.Read(MessagesRead.Topic, 0, 10, Ct);
        events.Select(e => EventJson.Deserialize<MessagesRead>(e.Data).MessageId).ShouldBe(["a", "c"]);
    }

    [Fact]
    public async Task What_is_to_happen_after_the_commit_happens_in_order_and_only_for_what_was_committed()
    {
        var happened = new List<string>();
        using var gate = await WriterGate.Close(_store);
        var writes = new List<Task>();
        for (var i = 0; i < 10; i++)
        {
            var name = $"{i}";
            writes.Add(_store.Write(work =>
            {
                work.AfterCommit(() => happened.Add(name));
                Add(work, name);
                if (name is "3" or "7") throw new InvalidOperationException();
            }));
        }
        await gate.Open();

        await Eventually.Holds(() => writes.TrueForAll(write => write.IsCompleted), "all answers");
        writes.Count(write => write.IsFaulted).ShouldBe(2);
        happened.ShouldBe(["0", "1", "2", "4", "5", "6", "8", "9"]);
    }

    [Fact]
    public async Task What_a_failed_write_wanted_after_the_commit_never_happens_even_if_it_wrote_nothing()
    {
        var happened = new List<string>();
        using var gate = await WriterGate.Close(_store);
        var failing = _store.Write(work =>
        {
            work.AfterCommit(() => happened.Add("failed"));
            throw new InvalidOperationException();
        });
        var neighbour = _store.Write(work => work.AfterCommit(() => happened.Add("neighbour")));
        await gate.Open();

        await Should.ThrowAsync<InvalidOperationException>(failing);
        await neighbour;
        happened.ShouldBe(["neighbour"]);
    }

    [Fact]
    public async Task An_action_after_the_commit_that_throws_fails_no_write_and_skips_no_other_action()
    {
        var happened = new List<string>();
        using var gate = await WriterGate.Close(_store);
        var unlucky = _store.Write(work =>
        {
            work.BatchState(() => new Counter(), (_, _) => { }, _ => throw new InvalidOperationException("planted"));
            work.AfterCommit(() => throw new InvalidOperationException("planted"));
            work.OnPublishFailed(() => throw new InvalidOperationException("planted"));
            work.OnPublishFailed(() => happened.Add("dropped"));
            return Add(work, "unlucky");
        });
        var neighbour = _store.Write(work =>
        {
            work.AfterCommit(() => happened.Add("told"));
            work.Append(new MessagesRead(1, 1, 1, 1, "a"));
            return Add(work, "neighbour");
        });
        await gate.Open();

        (await Task.WhenAll(unlucky, neighbour)).ShouldBe([1, 2]);
        happened.ShouldBe(["told", "dropped"]);
        (await Names()).ShouldBe(["unlucky", "neighbour"]);
        await _store.Write(work => work.AfterCommit(() => happened.Add("later")));
        happened.ShouldBe(["told", "dropped", "later"]);
    }

    [Fact]
    public async Task Consumers_are_woken_for_the_events_of_a_commit_after_which_an_action_threw()
    {
        var woken = _store.Log.NextAppend();

        await _store.Write(work =>
        {
            work.AfterCommit(() => throw new InvalidOperationException("planted"));
            work.Append(new MessagesRead(1, 1, 1, 1, "a"));
        });

        await woken.WaitAsync(Ct);
    }

    [Fact]
    public async Task Shared_state_is_of_one_transaction_and_is_written_before_its_commit()
    {
        using (var gate = await WriterGate.Close(_store))
        {
            var counts = Enumerable.Range(0, 5).Select(_ => _store.Write(Count)).ToList();
            var failing = _store.Write(work =>
            {
                Count(work);
                Add(work, "spoilt");
                throw new InvalidOperationException();
            });
            counts.Add(_store.Write(Count));
            await gate.Open();
            await Should.ThrowAsync<InvalidOperationException>(failing);
            (await Task.WhenAll(counts)).ShouldBe([1, 2, 3, 4, 5, 6]);
        }
        (await Names()).ShouldBe(["flushed 6"]);
        (await _store.Write(Count)).ShouldBe(1);
    }

    [Fact]
    public async Task A_transaction_that_cannot_be_finished_fails_those_in_it_and_nobody_later()
    {
        using (var gate = await WriterGate.Close(_store))
        {
            var doomed = new Task[]
            {
                _store.Write(work => Add(work, "doomed")),
                _store.Write(work => work.BatchState(() => new Counter(), (_, _) => throw new InvalidOperationException("flush")).Value),
            };
            await gate.Open();
            foreach (var task in doomed) await Should.ThrowAsync<InvalidOperationException>(task);
        }

        await _store.Write(work => Add(work, "later"));
        (await Names()).ShouldBe(["later"]);
    }

    [Fact]
    public async Task A_full_queue_refuses_with_503_and_loses_nothing_that_it_took()
    {
        _store.Dispose();
        _store = Open(writerQueue: 4);
        using var gate = await WriterGate.Close(_store);
        var taken = Enumerable.Range(0, 4).Select(i => _store.Write(work => Add(work, $"{i}"))).ToList();

        var error = Should.Throw<AppError>(() => { _ = _store.Write(work => Add(work, "one too many")); });
        (error.Kind, error.Code).ShouldBe((ErrorKind.Unavailable, "overloaded"));
        error.RetryAfter.ShouldNotBeNull();

        await gate.Open();
        await Task.WhenAll(taken);
        await _store.Write(work => Add(work, "4"));
        (await Names()).ShouldBe(["0", "1", "2", "3", "4"]);
    }

    [Fact]
    public async Task Closing_commits_what_waits_and_a_new_start_finds_it()
    {
        var writes = Enumerable.Range(0, 2000).Select(i => _store.Write(work => Add(work, $"{i}"))).ToList();
        _store.Dispose();

        await Task.WhenAll(writes);
        Should.Throw<AppError>(() => { _ = _store.Write(work => Add(work, "late")); }).Kind.ShouldBe(ErrorKind.Unavailable);
        _store = Open();
        (await Names()).ShouldBe(Enumerable.Range(0, 2000).Select(i => $"{i}"));
    }

    [Fact]
    public async Task A_reader_sees_nothing_of_an_open_transaction()
    {
        using var mayCommit = new ManualResetEventSlim();
        using var hasWritten = new ManualResetEventSlim();
        var write = _store.Write(work =>
        {
            Add(work, "open");
            hasWritten.Set();
            mayCommit.Wait(Patience.Limit);
        });
        await Eventually.Holds(() => hasWritten.IsSet, "the write");
        (await Names()).ShouldBeEmpty();

        mayCommit.Set();
        await write;
        (await Names()).ShouldBe(["open"]);
    }

    [Fact]
    public async Task All_queries_of_one_read_see_the_same_moment()
    {
        await _store.Write(work => Add(work, "first"));
        var (before, after) = await _store.Read(
            async reader =>
            {
                var count = await Count(reader);
                WriteAndWait("second");
                return (count, await Count(reader));
            }, Ct);
        (before, after).ShouldBe((1, 1));
        (await Names()).Count.ShouldBe(2);

        static ValueTask<long> Count(ReadSession reader) => reader.First<long>("SELECT COUNT(*) FROM things");
    }

    [Fact]
    public async Task Readers_see_whole_transactions_while_the_writer_writes()
    {
        var done = false;
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var seen = 0L;
            while (!Volatile.Read(ref done))
            {
                var count = await _store.Read(reader => reader.First<long>("SELECT COUNT(*) FROM things"), Ct);
                (count % 2).ShouldBe(0, "a pair is written by one piece of work");
                count.ShouldBeGreaterThanOrEqualTo(seen, "what was there does not vanish");
                seen = count;
            }
        })).ToList();
        for (var i = 0; i < 200; i++)
        {
            var name = $"{i}";
            await _store.Write(work =>
            {
                Add(work, name + "a");
                Add(work, name + "b");
            });
        }
        Volatile.Write(ref done, true);
        await Task.WhenAll(readers);
        (await Names()).Count.ShouldBe(400);
    }

    [Fact]
    public async Task A_read_that_fails_leaves_its_connection_usable()
    {
        for (var i = 0; i < 50; i++)
        {
            await Should.ThrowAsync<AppError>(async () => await _store.Read(reader => reader.First<int>("SELECT x FROM nowhere"), Ct));
            await Should.ThrowAsync<InvalidOperationException>(
                async () => await _store.Read<int>(_ => throw new InvalidOperationException(), Ct));
        }
        (await Names()).ShouldBeEmpty();
    }

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected static long Add(UnitOfWork work, string name) =>
        work.Insert("INSERT INTO things (name) VALUES (@name)", new { name });

    private sealed class Counter
    {
        public int Value { get; set; }
    }

    private static int Count(UnitOfWork work) =>
        ++work.BatchState(() => new Counter(), (counter, s) => Add(s, $"flushed {counter.Value}")).Value;

    private void WriteAndWait(string name) => _store.Write(work => Add(work, name)).Wait(Patience.Limit).ShouldBeTrue();

    protected ValueTask<List<string>> Names() => _store.Read(reader => reader.Query<string>("SELECT name FROM things ORDER BY id"), Ct);

    private Store Open(int writerQueue = 4096) => _home.Open("things", Migrations.Things, writerQueue: writerQueue);
}

public sealed class GroupCommitTests() : GroupCommitSuite(TestEngine.Sqlite)
{
    [Fact]
    public async Task A_store_that_is_full_refuses_and_takes_writes_again_when_there_is_room()
    {
        await _store.Write(work => work.Execute("PRAGMA max_page_count = 60"));
        using (var gate = await WriterGate.Close(_store))
        {
            var small = _store.Write(work => Add(work, "small"));
            var large = _store.Write(work => Add(work, new string('x', 1 << 20)));
            await gate.Open();
            foreach (var task in new Task[] { small, large })
            {
                var error = await Should.ThrowAsync<AppError>(task);
                (error.Kind, error.Code).ShouldBe((ErrorKind.Unavailable, "store_unavailable"));
                error.RetryAfter.ShouldNotBeNull();
            }
        }

        await _store.Write(work => work.Execute("PRAGMA max_page_count = 1000000"));
        await _store.Write(work => Add(work, "again"));
        (await Names()).ShouldBe(["again"]);
    }

    [Fact]
    public async Task An_answer_comes_only_after_the_commit()
    {
        // A copy of the files at the moment of the answer is the state after a crash.
        for (var i = 0; i < 20; i++)
        {
            var name = $"{i}";
            await _store.Write(work => Add(work, name));
            using var crashed = new TempFolder();
            foreach (var file in Directory.GetFiles(((FolderHome)_home).Folder.Path)) File.Copy(file, crashed.File(Path.GetFileName(file)));
            using var copy = new Store(
                "things", crashed.Path, Migrations.Things, 4096, TimeProvider.System, NullLoggerFactory.Instance, Outbox.For);
            (await copy.Read(reader => reader.Query<string>("SELECT name FROM things ORDER BY id"), Ct)).Count.ShouldBe(i + 1);
        }
    }
}

[Engines]
public sealed class GroupCommitMariaDbTests() : GroupCommitSuite(TestEngine.MariaDb)
{
    [Fact]
    public async Task What_comes_while_another_replica_has_its_turn_goes_in_one_transaction()
    {
        using var another = _home.Open("things", Migrations.Things);
        using var gate = await WriterGate.Close(another);
        var turns = new List<Task<long>> { _store.Write(work => work.WriterEpoch) };
        await Eventually.Holds(() => _store.WaitingWrites == 0, "the writer waits for its turn");
        for (var i = 0; i < 10; i++) turns.Add(_store.Write(work => work.WriterEpoch));
        await gate.Open();

        (await Task.WhenAll(turns)).Distinct().Count().ShouldBe(1);
    }
}
