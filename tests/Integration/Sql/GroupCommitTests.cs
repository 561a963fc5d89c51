using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Sql;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Sql;

/// <summary>The contract of a store's single writer, on every engine.</summary>
public abstract class GroupCommitSuite(TestEngine engine) : StoreSuite(engine)
{
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
    public async Task A_transaction_that_cannot_be_finished_fails_its_own_writes_and_no_later_ones()
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

    private sealed class Counter
    {
        public int Value { get; set; }
    }

    private static int Count(UnitOfWork work) =>
        ++work.BatchState(() => new Counter(), (counter, s) => Add(s, $"flushed {counter.Value}")).Value;
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
            using var crashed = new TemporaryFolder();
            foreach (var file in Directory.GetFiles(((FolderHome)_home).Folder.Path)) File.Copy(file, crashed[Path.GetFileName(file)]);
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
