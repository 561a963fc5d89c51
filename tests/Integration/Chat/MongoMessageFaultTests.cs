using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage.Mongo;
using BigTech.Contracts.Chat;
using BigTech.Tests.Integration.Sql;
using BigTech.Tests.Testing;
using MongoDB.Bson;
using MongoDB.Driver;

namespace BigTech.Tests.Integration.Chat;

/// <summary>Rooms in SQL and messages in MongoDB become consistent again after every fault of the server.</summary>
[Engines]
public sealed class MongoMessageFaultTests : MongoMessageFaults
{
    [Fact]
    public async Task A_commit_asks_once_and_inserts_once()
    {
        var room = await Room();
        await _host.Send(room, 1, "0", "0");
        var (finds, inserts) = (_server.Seen("find"), _server.Seen("insert"));
        List<Task<(int Status, MessageView Message)>> sends;
        using (var gate = await WriterGate.Close(_host.SqlStore))
        {
            sends = [.. Enumerable.Range(0, 50).Select(i => _host.Send(room, i % 2 + 1, $"{i}", $"{i}"))];
            await Eventually.Holds(() => _host.SqlStore.WaitingWrites == 50, "all of them in one commit");
            await gate.Open();
        }
        (await Task.WhenAll(sends)).Count(sent => sent.Status == 201).ShouldBe(49, "one had been sent before");
        (_server.Seen("find") - finds).ShouldBe(2, "what is unsettled, and what was sent before");
        (_server.Seen("insert") - inserts).ShouldBe(1);
    }

    [Fact]
    public async Task Messages_that_were_written_and_not_acknowledged_are_kept_and_published_once()
    {
        var room = await Room();
        _server.OnCommand = name => name == "insert" ? Fault.DropAfter : Fault.None;
        await Refused(3, i => _host.Send(room, 1, $"{i}", $"id {i}"));

        (await _host.Load(room)).Version.ShouldBe(0);
        await Heal();
        (await _host.Messages(room)).ShouldBeEmpty("nothing half-done is shown");
        _listener.Changes.ShouldBeEmpty();

        (await _host.Send(room, 2, "another")).Message.Seq.ShouldBe(4);
        for (var i = 0; i < 3; i++)
        {
            var again = await _host.Send(room, 1, $"{i}", $"id {i}");
            (again.Status, again.Message.Content).ShouldBe((200, $"{i}"));
        }
        await ShouldAgree(room, 4);
    }

    [Theory]
    [InlineData("insert")]
    [InlineData("find")]
    public async Task A_server_that_refuses_commands_is_unavailable_and_spoils_nothing_else(string command)
    {
        var room = await Room();
        await _host.Send(room, 2, "before");
        _server.OnCommand = name => name == command ? Fault.Forbidden : Fault.None;
        await Refused(3, i => _host.Send(room, 1, $"{i}", $"id {i}"));
        if (command == "find") (await Should.ThrowAsync<AppError>(_host.Messages(room))).Kind.ShouldBe(ErrorKind.Unavailable);
        await Heal();
        for (var i = 0; i < 3; i++) (await _host.Send(room, 1, $"{i}", $"id {i}")).Status.ShouldBe(201);
        await ShouldAgree(room, 4);
    }

    [Fact]
    public async Task Messages_that_were_not_written_are_gone_without_a_trace()
    {
        var room = await Room();
        _server.OnCommand = name => name == "insert" ? Fault.DropBefore : Fault.None;
        await Refused(3, i => _host.Send(room, 1, $"{i}", $"id {i}"));
        await Heal();
        for (var i = 0; i < 3; i++) (await _host.Send(room, 1, $"{i}", $"id {i}")).Status.ShouldBe(201);
        await ShouldAgree(room, 3);
    }

    [Fact]
    public async Task A_server_that_goes_in_the_middle_of_the_load_costs_nothing_that_was_acknowledged()
    {
        var room = await Room();
        var acknowledged = new List<MessageView>();
        var stopped = false;
        var senders = Enumerable.Range(1, 4).Select(sender => Task.Run(async () =>
        {
            for (var i = 0; i < 15; i++)
            {
                MessageView? message = null;
                await Eventually.Holds(
                    async () =>
                    {
                        try
                        {
                            message = (await _host.Send(room, sender % 2 + 1, $"{sender}/{i}", $"{sender}/{i}")).Message;
                            return true;
                        }
                        catch (AppError error) when (error.Kind == ErrorKind.Unavailable)
                        {
                            return false;
                        }
                    }, "the message sent");
                lock (acknowledged) acknowledged.Add(message!);
                if (i == 5 && !Interlocked.Exchange(ref stopped, true))
                {
                    _server.Stop();
                    _server.Start();
                }
            }
        })).ToList();
        await Task.WhenAll(senders);

        var stored = await _host.Messages(room);
        stored.Count.ShouldBe(60);
        acknowledged.Select(message => message.Id).Distinct().Count().ShouldBe(60);
        acknowledged.OrderBy(message => message.Seq).Select(message => message.Id).ShouldBe(stored.Select(message => message.Id));
        await ShouldAgree(room, 60);
    }

    [Fact]
    public async Task An_edit_that_was_done_and_not_acknowledged_is_published_by_the_next_write()
    {
        var room = await Room();
        var message = (await _host.Send(room, 1, "first")).Message;
        _server.OnCommand = name => name == "update" ? Fault.DropAfter : Fault.None;
        await Should.ThrowAsync<AppError>(_host.Edit(message.Id, 1, "edited"));
        await Heal();

        (await _host.Edit(message.Id, 1, "edited again")).Version.ShouldBe(3);

        (await _host.Messages(room)).Single().Content.ShouldBe("edited again");
        await ShouldAgree(room, 1);
    }

    [Fact]
    public async Task A_replica_that_does_not_reach_the_server_waits_for_it_without_holding_up_the_others()
    {
        using var home = new ServerHome(MariaDbServer.Shared);
        using ChatHost a = Replica(home, "mongodb://127.0.0.1:1/"), b = Replica(home);
        var room = await b.CreateGroup(1, 2);
        await b.Send(room, 1, "first");
        await Should.ThrowAsync<AppError>(a.Send(room, 2, "it learns"));

        // While B holds the writer epoch, A does not even request it.
        using var gate = await WriterGate.Close(b.SqlStore);
        var error = await Should.ThrowAsync<AppError>(a.Send(room, 2, "it knows"));

        error.Code.ShouldBe("store_unavailable");
        error.InnerException.ShouldBeOfType<DocumentStoreUnavailableException>();
        await gate.Open();
    }

    [Fact]
    public async Task Work_that_may_have_to_wait_for_the_server_joins_no_transaction_that_has_begun()
    {
        using var home = new ServerHome(MariaDbServer.Shared);
        using ChatHost a = Replica(home, "mongodb://127.0.0.1:1/"), b = Replica(home);
        var room = await b.CreateGroup(1, 2);
        await b.Send(room, 1, "first");
        await Should.ThrowAsync<AppError>(a.Send(room, 2, "it learns"));
        Task other, send;
        using (var gate = await WriterGate.Close(b.SqlStore))
        {
            other = a.SqlStore.Write(work => work.Execute("UPDATE rooms SET created_by = created_by WHERE id = @room", new { room }));
            await Eventually.Holds(() => a.SqlStore.WaitingWrites == 0, "A has work and waits for its turn");
            send = a.Send(room, 2, "it joins");
            await Eventually.Holds(() => a.SqlStore.WaitingWrites == 1, "more work");
            await gate.Open();
        }

        await other;
        (await Should.ThrowAsync<AppError>(send)).Code.ShouldBe("store_unavailable");
    }

    [Fact]
    public async Task Without_the_server_reads_and_writes_are_503_and_heal()
    {
        _host.Dispose();
        _host = Within(milliseconds: 4000);
        var room = await Room();
        var message = (await _host.Send(room, 1, "first")).Message;
        _server.Stop();
        (await Should.ThrowAsync<AppError>(_host.Send(room, 1, "second", "id"))).Code.ShouldBe("store_unavailable");
        (await Should.ThrowAsync<AppError>(_host.Edit(message.Id, 1, "edited"))).Code.ShouldBe("store_unavailable");
        (await Should.ThrowAsync<AppError>(_host.Messages(room))).Code.ShouldBe("store_unavailable");
        _server.Start();
        await Heal();
        (await _host.Send(room, 1, "second", "id")).Status.ShouldBe(201);
        await ShouldAgree(room, 2);
    }

    [Fact]
    public async Task Messages_of_another_database_stop_the_writes_and_are_left_alone()
    {
        var room = await Room();
        await _host.Send(room, 1, "first");
        var foreign = (await _host.Messages(room)).Single() with { Id = Guid.NewGuid().ToString(), RoomId = 999 };
        var body = RenderedMessage.Create(999, 1, MessageViews.CreateNew(foreign, await _host.Load(room), "user1")).Body;
        await _host.Documents.InsertOneAsync(
            MessageDocuments.Insert(new MessageDocument(foreign, null, 1_000_000, 0, "user1", null), body), cancellationToken: Ct);

        (await Should.ThrowAsync<AppError>(_host.Send(room, 1, "second"))).Kind.ShouldBe(ErrorKind.Unavailable);

        _host.Documents.CountDocuments(FilterDefinition<BsonDocument>.Empty, cancellationToken: Ct).ShouldBe(2);
    }

    /// <summary>Runs writes that share one commit, which fails.</summary>
    private async Task Refused<T>(int count, Func<int, Task<T>> send)
    {
        List<Task<T>> sends;
        using (var gate = await WriterGate.Close(_host.SqlStore))
        {
            sends = [];
            for (var i = 0; i < count; i++)
            {
                sends.Add(send(i));
                var waiting = i + 1;
                await Eventually.Holds(() => _host.SqlStore.WaitingWrites == waiting, "waiting in order");
            }
            await gate.Open();
        }
        foreach (var task in sends)
        {
            (await Should.ThrowAsync<AppError>(task)).Code.ShouldBe("store_unavailable");
        }
    }
}
