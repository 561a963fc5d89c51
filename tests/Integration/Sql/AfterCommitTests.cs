using BigTech.BuildingBlocks.Events;
using BigTech.Contracts.Chat;
using BigTech.Contracts.Json;

namespace BigTech.Tests.Integration.Sql;

/// <summary>What a write publishes, and what it wants to happen after its commit, happens once and only if it is committed.</summary>
public abstract class AfterCommitSuite(TestEngine engine) : StoreSuite(engine)
{
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
            work.BatchState(() => new object(), (_, _) => { }, _ => throw new InvalidOperationException("planted"));
            work.AfterCommit(() => throw new InvalidOperationException("planted"));
            work.OnPublishFailed(() => throw new InvalidOperationException("planted"));
            work.OnPublishFailed(() => happened.Add("dropped"));
            return Add(work, "unlucky");
        });
        var neighbour = _store.Write(work =>
        {
            work.AfterCommit(() => happened.Add("published"));
            work.Append(new MessagesRead(1, 1, 1, 1, "a"));
            return Add(work, "neighbour");
        });
        await gate.Open();

        (await Task.WhenAll(unlucky, neighbour)).ShouldBe([1, 2]);
        happened.ShouldBe(["published", "dropped"]);
        (await Names()).ShouldBe(["unlucky", "neighbour"]);
        await _store.Write(work => work.AfterCommit(() => happened.Add("later")));
        happened.ShouldBe(["published", "dropped", "later"]);
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
}

public sealed class AfterCommitTests() : AfterCommitSuite(TestEngine.Sqlite);

[Engines]
public sealed class AfterCommitMariaDbTests() : AfterCommitSuite(TestEngine.MariaDb);
