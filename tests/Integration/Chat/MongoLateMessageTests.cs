using System.Text.Json;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage.Mongo;
using BigTech.Contracts.Chat;
using BigTech.Tests.Integration.Sql;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Integration.Chat;

/// <summary>Writes that reach MongoDB late, when others have written since, spoil nothing.</summary>
[Engines]
public sealed class MongoLateMessageTests : MongoMessageFaults
{
    [Fact]
    public async Task What_took_the_same_versions_meanwhile_keeps_them_and_the_messages_move_up()
    {
        var room = await Room();
        var first = (await _host.Send(room, 1, "1")).Message;
        // The document is late: the room's version and the positions, in another room, have advanced.
        var other = await _host.CreateGroup(1, 2);
        using var slow = new ManualResetEventSlim();
        var held = 0;
        _server.OnCommand = name => name == "insert" && Interlocked.Increment(ref held) == 1 ? _server.BreakAndWait(slow) : Fault.None;
        (await Should.ThrowAsync<AppError>(_host.Send(room, 1, "late", "late id"))).Code.ShouldBe("store_unavailable");
        await _host.Send(other, 1, "elsewhere");
        await _host.Read(room, 2, first.Id);
        (await _host.Load(room)).Version.ShouldBe(2, "the read took the version of the late message");
        slow.Set();
        await Eventually.Holds(() => Count(room) == 2, "the late write done");
        (await _host.Messages(room)).Count.ShouldBe(1, "what the room does not count is not shown");

        (await Should.ThrowAsync<AppError>(_host.Send(room, 2, "next", "next id"))).Kind.ShouldBe(ErrorKind.Unavailable,
            "it is found by the place that is taken");
        (await _host.Send(room, 2, "next", "next id")).Message.Seq.ShouldBe(3);

        (await _host.Messages(room))
            .Select(message => (message.Seq, message.Version, message.Content)).ShouldBe([(1, 1, "1"), (2, 3, "late"), (3, 4, "next")]);
        (await _host.Send(room, 1, "late", "late id")).Status.ShouldBe(200);
        await ShouldAgree(room, 3);
    }

    [Fact]
    public async Task A_late_message_is_found_by_its_client_id_too()
    {
        var room = await Room();
        var other = await _host.CreateGroup(1, 2);
        using var slow = new ManualResetEventSlim();
        var held = 0;
        _server.OnCommand = name => name == "insert" && Interlocked.Increment(ref held) == 1 ? _server.BreakAndWait(slow) : Fault.None;
        await Should.ThrowAsync<AppError>(_host.Send(room, 1, "late", "late id"));
        await _host.Send(other, 1, "elsewhere");
        slow.Set();
        await Eventually.Holds(() => Count(room) == 1, "the late write done");
        (await Should.ThrowAsync<AppError>(_host.Send(room, 1, "late", "late id"))).Kind.ShouldBe(ErrorKind.Unavailable);
        var again = await _host.Send(room, 1, "late", "late id");
        (again.Status, again.Message.Seq).ShouldBe((200, 1));
        await ShouldAgree(room, 1);
    }

    [Fact]
    public async Task An_edit_that_comes_too_late_comes_to_nothing()
    {
        var room = await Room();
        var message = (await _host.Send(room, 1, "first")).Message;
        using var slow = new ManualResetEventSlim();
        using var done = new ManualResetEventSlim();
        var held = 0;
        _server.OnCommand = name => name == "update" && Interlocked.Increment(ref held) == 1 ? _server.BreakAndWait(slow) : Fault.None;
        await Should.ThrowAsync<AppError>(_host.Edit(message.Id, 1, "late"));
        _server.Done("update").ShouldBe(1, "the uncommitted change is resolved before another writer can write");
        (await _host.Send(room, 2, "next")).Message.Version.ShouldBe(2, "the version that the edit would have had");

        var updates = _server.Done("update");
        slow.Set();
        await Eventually.Holds(() => _server.Done("update") == updates + 1, "the late update run");

        (await _host.Messages(room)).Select(stored => (stored.Content, stored.Version)).ShouldBe([("first", 1), ("next", 2)]);
        (await _host.Edit(message.Id, 1, "edited")).Version.ShouldBe(3);
        await ShouldAgree(room, 2);
    }

    [Fact]
    public async Task Changes_that_are_done_after_their_writer_epoch_has_ended_are_published_by_the_next()
    {
        using var home = new ServerHome(MariaDbServer.Shared);
        using ChatHost a = Replica(home), b = Replica(home);
        var room = await a.CreateGroup(1, 2);
        var messages = new List<MessageView>();
        foreach (var content in new[] { "one", "two", "three" }) messages.Add((await a.Send(room, 1, content)).Message);
        Task<(int Status, MessageView Message)>? between = null;
        _server.OnCommand = name =>
        {
            if (name != "update" || between is not null) return Fault.None;
            // Simulates the server's idle timeout for A's transaction.
            foreach (var held in MariaDbServer.Shared.Query<long>(
                "SELECT trx_mysql_thread_id FROM information_schema.innodb_trx "
                + "JOIN information_schema.processlist ON id = trx_mysql_thread_id WHERE db = @db",
                new { db = $"{home.Prefix}chat" }))
            {
                MariaDbServer.Shared.Execute($"KILL {held}");
            }
            between = Task.Run(() => b.Send(room, 2, "four"), Ct);
            between.Wait(Patience.Limit, Ct).ShouldBeTrue();
            return Fault.None;
        };

        List<Task<MessageView>> changes = [];
        using (var gate = await WriterGate.Close(a.SqlStore))
        {
            await Add(() => a.Edit(messages[0].Id, 1, "one!"));
            await Add(() => a.Delete(messages[1].Id, 1));
            await Add(() => a.React(messages[2].Id, 2, "👍"));
            await gate.Open();
        }
        foreach (var change in changes) (await Should.ThrowAsync<AppError>(change)).Code.ShouldBe("store_unavailable");
        (await between.ShouldNotBeNull()).Status.ShouldBe(201);
        _server.OnCommand = static _ => Fault.None;

        await b.Send(room, 2, "five");

        (await b.Messages(room)).Select(message => (message.Content, message.Version))
            .ShouldBe([("one!", 5), ("", 6), ("three", 7), ("four", 4), ("five", 8)]);
        var received = await b.SqlStore.Log.Read(MessageSent.Topic, 0, 100, Ct);
        received.Where(e => e.Type != MessageSent.WireName)
            .Select(e => (e.Type, JsonDocument.Parse(e.Data).RootElement.GetProperty("version").GetInt64()))
            .ShouldBe([(MessageEdited.WireName, 5L), (MessageDeleted.WireName, 6), (ReactionChanged.WireName, 7)]);

        async Task Add(Func<Task<MessageView>> change)
        {
            changes.Add(change());
            await Eventually.Holds(() => a.SqlStore.WaitingWrites == changes.Count, "all in one commit, in this order");
        }
    }

    [Fact]
    public async Task A_message_that_is_done_after_its_room_was_erased_is_erased_by_a_later_pass_and_not_published()
    {
        var room = await Room();
        await _host.Send(room, 1, "in time");
        await _host.DeleteRoom(room, 1);
        await _host.Erase();
        var late = new Message(Guid.CreateVersion7().ToString(), room, 2, 2, 2, 2, 1, MessageTypes.Text, "late", null, null,
            DateTimeOffset.UtcNow, null, null);
        var body = RenderedMessage.Create(room, 2, MessageViews.CreateNew(late, await _host.Load(room), "name1")).Body;
        await _host.Documents.InsertOneAsync(
            MessageDocuments.Insert(new MessageDocument(late, null, 1_000_000, 0, "name1", Reactions: null), body), cancellationToken: Ct);

        await _host.Send(await _host.CreateGroup(1, 2), 1, "elsewhere");
        await _host.Erase();
        MessageDocuments.Find(_host.Documents, MessageDocuments.ById(late.Id)).ToList(Ct).ShouldNotBeEmpty("a pass is not due yet");
        await _host.Erase(after: TimeSpan.FromMinutes(11));

        MessageDocuments.Find(_host.Documents, MessageDocuments.ById(late.Id)).ToList(Ct).ShouldBeEmpty();
        (await _host.SqlStore.Read(reader => reader.First<long>("SELECT COUNT(*) FROM room_erasures"), Ct)).ShouldBe(0);
        _listener.Changes.Count.ShouldBe(2, "the message and the end of the room");
    }
}
