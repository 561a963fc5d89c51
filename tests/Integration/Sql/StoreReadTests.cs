using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Storage.Sql;

namespace BigTech.Tests.Integration.Sql;

/// <summary>Readers see whole transactions, and one moment each.</summary>
public abstract class StoreReadSuite(TestEngine engine) : StoreSuite(engine)
{
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

    private void WriteAndWait(string name) => _store.Write(work => Add(work, name)).Wait(Patience.Limit).ShouldBeTrue();
}

public sealed class StoreReadTests() : StoreReadSuite(TestEngine.Sqlite);

[Engines]
public sealed class StoreReadMariaDbTests() : StoreReadSuite(TestEngine.MariaDb);
