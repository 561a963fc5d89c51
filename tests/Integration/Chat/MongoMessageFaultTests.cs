using System.Data.Common;
using System.Text;
using System.Text.Json;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage.Mongo;
using BigTech.Contracts;
using BigTech.Contracts.Chat;
using BigTech.Tests.Integration.Documents;
using BigTech.Tests.Integration.Sql;
using BigTech.Tests.Shared;
using MongoDB.Bson;
using MongoDB.Driver;

namespace BigTech.Tests.Integration.Chat;

/// <summary>Rooms in SQL and messages in MongoDB become consistent again after every fault between the two writes.</summary>
[Engines]
public sealed class MongoMessageFaultTests : IDisposable
{
    private readonly MemoryMongo _server = new();
    private ChatHost _host;
    private readonly Listener _listener = new(1);

    public MongoMessageFaultTests() => _host = Within(milliseconds: 30_000);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _host.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task A_commit_asks_once_and_inserts_once()
    {
        var room = await Room();
        await _host.Send(room, 1, "0", "0");
        var (finds, inserts) = (_server.Seen("find"), _server.Seen("insert"));
        List<Task<(int Status, MessageView Message)>> sends;
        using (var gate = await WriterGate.Close(_host.Database))
        {
            sends = [.. Enumerable.Range(0, 50).Select(i => _host.Send(room, i % 2 + 1, $"{i}", $"{i}"))];
            await Eventually.Holds(() => _host.Database.WaitingWrites == 50, "all of them in one commit");
            await gate.Open();
        }
        (await Task.WhenAll(sends)).Count(sent => sent.Status == 201).ShouldBe(49, "one had been sent before");
        (_server.Seen("find") - finds).ShouldBe(2, "what is unsettled, and what was sent before");
        (_server.Seen("insert") - inserts).ShouldBe(1);
    }

    [Fact]
    public async Task Messages_that_were_written_and_not_acknowledged_are_kept_and_told_once()
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
    public async Task A_commit_of_the_rooms_that_fails_is_made_up_for_by_the_next()
    {
        var room = await Room();
        var edited = (await _host.Send(room, 1, "to be edited")).Message;
        List<Task> doomed;
        using (var gate = await WriterGate.Close(_host.Database))
        {
            doomed = [_host.Send(room, 1, "first", "id"), _host.Edit(edited.Id, 1, "edited")];
            await Eventually.Holds(() => _host.Database.WaitingWrites == 2, "both waiting");
            doomed.Add(_host.Database.Write(work => work.BatchState(() => new object(), static (_, _) => throw new DiskFullException())));
            await gate.Open();
        }
        foreach (var task in doomed) (await Should.ThrowAsync<AppError>(task)).Code.ShouldBe("store_unavailable");

        await _host.Read(room, 2, edited.Id);

        var messages = await _host.Messages(room);
        messages.Select(message => (message.Seq, message.Content)).ShouldBe([(1, "edited"), (2, "first")]);
        (await _host.Send(room, 1, "first", "id")).Status.ShouldBe(200);
        (await _host.Load(room)).Version.ShouldBe(4, "sent, sent, edited, read");
        (await _host.Load(room)).Members[1].ReadSeq.ShouldBe(2, "what one sends one has read");
        _listener.Changes.Select(e => e.Version).ShouldBe([1L, 2, 3, 4]);
        (await EventVersions(room)).ShouldBe([1L, 2, 3]);
    }

    [Fact]
    public async Task What_is_taken_up_at_another_position_than_it_had_is_taken_up_once()
    {
        // Where writers hand over positions, a position that was rolled back is used again.
        using var home = new ServerHome(MariaDbServer.Shared);
        using var host = Replica(home);
        var (room, other) = (await host.CreateGroup(1, 2), await host.CreateGroup(1, 2));
        var edited = (await host.Send(room, 1, "to be edited")).Message;
        await host.Send(other, 1, "to be read");
        List<Task> doomed;
        using (var gate = await WriterGate.Close(host.Database))
        {
            doomed = [host.Read(other, 2)];
            await Eventually.Holds(() => host.Database.WaitingWrites == 1, "its event comes first");
            doomed.Add(host.Edit(edited.Id, 1, "edited"));
            await Eventually.Holds(() => host.Database.WaitingWrites == 2, "both waiting");
            doomed.Add(host.Database.Write(work => work.BatchState(() => new object(), static (_, _) => throw new DiskFullException())));
            await gate.Open();
        }
        foreach (var task in doomed) await Should.ThrowAsync<AppError>(task);

        // Changes without effect: the only event is that of the edit.
        for (var i = 0; i < 3; i++) await host.Add(room, 1, 2);

        (await EventVersions(room, host)).ShouldBe([1L, 2]);
        (await host.Load(room)).Version.ShouldBe(2);
    }

    [Fact]
    public async Task What_a_failed_commit_left_is_found_behind_transactions_that_have_no_events()
    {
        var room = await Room();
        var message = (await _host.Send(room, 1, "hello")).Message;
        await WithoutCommit(() => _host.Edit(message.Id, 1, "edited"));
        await _host.Database.Write(work => work.Execute("DELETE FROM users WHERE id = 0"));

        await _host.Send(room, 2, "next");

        await ShouldAgree(room, 2);
        _listener.Changes.Select(EventName).ShouldBe(["message.created", "message.updated", "message.created"]);
    }

    [Fact]
    public async Task Reactions_whose_commit_fails_are_there_once_and_each_is_told_as_a_reaction()
    {
        var room = await Room();
        var message = (await _host.Send(room, 1, "hello")).Message;
        await _host.React(message.Id, 1, "🎉");
        await WithoutCommit(
            () => _host.React(message.Id, 2, "👍"), () => _host.React(message.Id, 1, "👍"), () => _host.TakeBack(message.Id, 1, "🎉"));
        // The roll-forward itself fails too.
        await WithoutCommit(() => _host.React(message.Id, 2, "❤"));

        var again = await _host.React(message.Id, 2, "👍");

        (again.Version, again.IsEdited).ShouldBe((6, false));
        again.Reactions.Select(
            reaction => (reaction.Emoji, Users: string.Join(' ', reaction.UserIds))).ShouldBe([("👍", "2 1"), ("❤️", "2")]);
        await ShouldAgree(room, 1);
        _listener.Changes.Select(EventName).ShouldBe(["message.created", .. Enumerable.Repeat("reaction.changed", 5)]);
        (await Told<ReactionChanged>()).Select(e => (e.Version, e.MessageId, e.Seq, e.UserId, e.Emoji, e.Change)).ShouldBe(
        [
            (2, message.Id, 1, 1, "🎉", "added"), (3, message.Id, 1, 2, "👍", "added"), (4, message.Id, 1, 1, "👍", "added"),
            (5, message.Id, 1, 1, "🎉", "removed"), (6, message.Id, 1, 2, "❤️", "added"),
        ]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reactions_that_share_a_failed_commit_with_an_edit_are_told_as_that_edit(bool isEditFirst)
    {
        var room = await Room();
        var message = (await _host.Send(room, 1, "hello")).Message;
        Func<Task>[] changes = [() => _host.Edit(message.Id, 1, "edited"), () => _host.React(message.Id, 2, "👍")];
        await WithoutCommit(isEditFirst ? changes : [changes[1], changes[0]]);

        await _host.React(message.Id, 2, "🎉");

        _listener.Changes.Select(EventName).ShouldBe(["message.created", "message.updated", "reaction.changed"]);
        var edited = (await Told<MessageEdited>()).ShouldHaveSingleItem();
        (edited.Version, edited.Message.Content).ShouldBe((2, "edited"));
        edited.Message.Reactions.ShouldHaveSingleItem().UserIds.ShouldBe([2L]);
        (await Told<ReactionChanged>()).Select(e => (e.Version, e.Emoji)).ShouldBe([(3, "🎉")]);
    }

    [Fact]
    public async Task A_change_behind_a_committed_reaction_does_not_tell_the_reaction_again()
    {
        var room = await Room();
        var message = (await _host.Send(room, 1, "hello")).Message;
        await _host.React(message.Id, 2, "👍");
        await WithoutCommit(() => _host.Edit(message.Id, 1, "edited"));
        await _host.React(message.Id, 2, "🎉");
        await WithoutCommit(() => _host.Delete(message.Id, 1));

        await _host.Send(room, 2, "next");

        _listener.Changes.Select(EventName).ShouldBe(
            ["message.created", "reaction.changed", "message.updated", "reaction.changed", "message.deleted", "message.created"]);
    }

    [Fact]
    public async Task A_store_that_has_lost_an_edit_and_the_reaction_behind_it_is_told_of_the_edit()
    {
        var room = await _host.CreateGroup(1, 2);
        var message = (await _host.Send(room, 1, "hello")).Message;
        await _host.Rewind(async () =>
        {
            await _host.Edit(message.Id, 1, "edited");
            await _host.React(message.Id, 2, "👍");
        });

        await _host.Send(room, 1, "next");

        var edited = (await Told<MessageEdited>()).ShouldHaveSingleItem().Message;
        (edited.Content, edited.Reactions.Single().Emoji).ShouldBe(("edited", "👍"));
        (await Told<ReactionChanged>()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_store_that_died_before_its_commit_is_taken_up_where_the_messages_are()
    {
        var (room, other) = (await Room(), await _host.CreateGroup(1, 2));
        var old = (await _host.Send(room, 1, "old")).Message;
        List<string> lost = [];
        await _host.Rewind(async () =>
        {
            for (var i = 0; i < 5; i++) lost.Add((await _host.Send(room, i % 2 + 1, $"{i}", $"id {i}")).Message.Id);
            await _host.Send(other, 2, "elsewhere");
            await _host.Edit(old.Id, 1, "edited");
            await _host.Delete(lost[4], 1);
        });
        (await _host.Load(room)).LastSeq.ShouldBe(1);

        (await _host.Send(other, 1, "wakes the writer")).Message.Seq.ShouldBe(2);

        var messages = await _host.Messages(room);
        messages.Select(message => message.Id).ShouldBe([old.Id, .. lost]);
        messages[0].Content.ShouldBe("edited");
        messages[5].IsDeleted.ShouldBeTrue();
        (await _host.Load(room)).LastSeq.ShouldBe(6);
        for (var i = 0; i < 4; i++) (await _host.Send(room, i % 2 + 1, $"{i}", $"id {i}")).Message.Id.ShouldBe(lost[i]);
        (await EventVersions(room)).ShouldBe(Numbers((int)(await _host.Load(room)).Version));
        (await EventVersions(other)).ShouldBe([1L, 2]);
        (await _host.Since(room, 1)).Events.Select(missed => missed.Seq).ShouldBe([1L, 2, 3, 4, 5, 6], ignoreOrder: true);
    }

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

        (await _host.Messages(room)).Select(
            message => (message.Seq, message.Version, message.Content)).ShouldBe([(1, 1, "1"), (2, 3, "late"), (3, 4, "next")]);
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
    public async Task An_edit_that_was_done_and_not_acknowledged_is_told_by_the_next_write()
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
    public async Task An_edit_that_comes_too_late_comes_to_nothing()
    {
        var room = await Room();
        var message = (await _host.Send(room, 1, "first")).Message;
        using var slow = new ManualResetEventSlim();
        using var done = new ManualResetEventSlim();
        var held = 0;
        _server.OnCommand = name => name == "update" && Interlocked.Increment(ref held) == 1 ? _server.BreakAndWait(slow) : Fault.None;
        await Should.ThrowAsync<AppError>(_host.Edit(message.Id, 1, "late"));
        _server.Done("update").ShouldBe(1, "the doubt is settled before anybody else can write");
        (await _host.Send(room, 2, "next")).Message.Version.ShouldBe(2, "the version that the edit would have had");

        var updates = _server.Done("update");
        slow.Set();
        await Eventually.Holds(() => _server.Done("update") == updates + 1, "the late update run");

        (await _host.Messages(room)).Select(stored => (stored.Content, stored.Version)).ShouldBe([("first", 1), ("next", 2)]);
        (await _host.Edit(message.Id, 1, "edited")).Version.ShouldBe(3);
        await ShouldAgree(room, 2);
    }

    [Fact]
    public async Task Changes_that_are_done_after_their_transaction_has_lost_its_turn_are_told_by_the_next()
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
        using (var gate = await WriterGate.Close(a.Database))
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
        var told = await b.Database.Log.Read(MessageSent.Topic, 0, 100, Ct);
        told.Where(e => e.Type != MessageSent.WireName).Select(
            e => (e.Type, JsonDocument.Parse(e.Data).RootElement.GetProperty("version").GetInt64()))
            .ShouldBe([(MessageEdited.WireName, 5L), (MessageDeleted.WireName, 6), (ReactionChanged.WireName, 7)]);

        async Task Add(Func<Task<MessageView>> change)
        {
            changes.Add(change());
            await Eventually.Holds(() => a.Database.WaitingWrites == changes.Count, "all in one commit, in this order");
        }
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
        using var gate = await WriterGate.Close(b.Database);
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
        using (var gate = await WriterGate.Close(b.Database))
        {
            other = a.Database.Write(work => work.Execute("UPDATE rooms SET created_by = created_by WHERE id = @room", new { room }));
            await Eventually.Holds(() => a.Database.WaitingWrites == 0, "A has work and waits for its turn");
            send = a.Send(room, 2, "it joins");
            await Eventually.Holds(() => a.Database.WaitingWrites == 1, "more work");
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
        var body = RenderedMessage.Of(999, 1, MessageViews.OfNew(foreign, await _host.Load(room), "user1")).Body;
        await _host.Documents.InsertOneAsync(
            MessageDocuments.Insert(new MessageDocument(foreign, null, 1_000_000, 0, "user1", null), body), cancellationToken: Ct);

        (await Should.ThrowAsync<AppError>(_host.Send(room, 1, "second"))).Kind.ShouldBe(ErrorKind.Unavailable);

        _host.Documents.CountDocuments(FilterDefinition<BsonDocument>.Empty, cancellationToken: Ct).ShouldBe(2);
    }

    [Fact]
    public async Task A_message_that_is_done_after_its_room_was_erased_is_erased_by_a_later_pass_and_told_to_nobody()
    {
        var room = await Room();
        await _host.Send(room, 1, "in time");
        await _host.DeleteRoom(room, 1);
        await _host.Erase();
        var late = new Message(Guid.CreateVersion7().ToString(), room, 2, 2, 2, 2, 1, MessageTypes.Text, "late", null, null,
            DateTimeOffset.UtcNow, null, null);
        var body = RenderedMessage.Of(room, 2, MessageViews.OfNew(late, await _host.Load(room), "name1")).Body;
        await _host.Documents.InsertOneAsync(
            MessageDocuments.Insert(new MessageDocument(late, null, 1_000_000, 0, "name1", Reactions: null), body), cancellationToken: Ct);

        await _host.Send(await _host.CreateGroup(1, 2), 1, "elsewhere");
        await _host.Erase();
        MessageDocuments.Find(_host.Documents, MessageDocuments.ById(late.Id)).ToList(Ct).ShouldNotBeEmpty("a pass is not due yet");
        await _host.Erase(after: TimeSpan.FromMinutes(11));

        MessageDocuments.Find(_host.Documents, MessageDocuments.ById(late.Id)).ToList(Ct).ShouldBeEmpty();
        (await _host.Database.Read(reader => reader.First<long>("SELECT COUNT(*) FROM room_erasures"), Ct)).ShouldBe(0);
        _listener.Changes.Count.ShouldBe(2, "the message and the end of the room");
    }

    private ChatHost Within(int milliseconds) =>
        new(mongo: new TestMongo(new MongoOptions { Uri = _server.Uri, TimeoutMilliseconds = milliseconds, Workers = 2 }));

    private ChatHost Replica(ServerHome home, string? uri = null) => new(
        home, isReplica: true, new TestMongo(new MongoOptions
        {
            Uri = uri ?? _server.Uri,
            TimeoutMilliseconds = uri is null ? 30_000 : 500,
            Workers = 2,
            Database = home.Prefix
        }));

    private async Task<long> Room()
    {
        var room = await _host.CreateGroup(1, 2);
        await _host.Listen(room, _listener);
        return room;
    }

    private Task Heal() => _host.Heal(_server);

    private long Count(long room) => _host.Documents.CountDocuments(new BsonDocument("room_id", room), cancellationToken: Ct);

    /// <summary>Runs writes that share one commit, which fails.</summary>
    private async Task Refused<T>(int count, Func<int, Task<T>> send)
    {
        List<Task<T>> sends;
        using (var gate = await WriterGate.Close(_host.Database))
        {
            sends = [];
            for (var i = 0; i < count; i++)
            {
                sends.Add(send(i));
                var waiting = i + 1;
                await Eventually.Holds(() => _host.Database.WaitingWrites == waiting, "waiting in order");
            }
            await gate.Open();
        }
        foreach (var task in sends)
        {
            (await Should.ThrowAsync<AppError>(task)).Code.ShouldBe("store_unavailable");
        }
    }

    /// <summary>Makes changes, in order, in one transaction whose documents are written and whose commit fails.</summary>
    private async Task WithoutCommit(params Func<Task>[] changes)
    {
        List<Task> doomed = [];
        using (var gate = await WriterGate.Close(_host.Database))
        {
            foreach (var change in changes)
            {
                doomed.Add(change());
                await Eventually.Holds(() => _host.Database.WaitingWrites == doomed.Count, "waiting in order");
            }
            doomed.Add(_host.Database.Write(work => work.BatchState(() => new object(), static (_, _) => throw new DiskFullException())));
            await gate.Open();
        }
        foreach (var task in doomed) (await Should.ThrowAsync<AppError>(task)).Code.ShouldBe("store_unavailable");
    }

    private async Task<List<TEvent>> Told<TEvent>() where TEvent : IIntegrationEvent
    {
        var events = await _host.Database.Log.Read(TEvent.Topic, 0, 10_000, Ct);
        return [.. events.Where(e => e.Type == TEvent.WireName)
            .Select(e => e.Is<TEvent>(out var told) ? told : throw new InvalidOperationException())];
    }

    private static string EventName(StreamEvent e) => Encoding.UTF8.GetString(e.Body).Split('\n')[0]["event: ".Length..];

    /// <summary>The room, its messages, the live stream and the outbox agree and have no gaps.</summary>
    private async Task ShouldAgree(long room, int messages)
    {
        var stored = await _host.Load(room);
        (await _host.Find(room)).Version.ShouldBe(stored.Version);
        (await _host.Messages(room)).Select(message => message.Seq).ShouldBe(Numbers(messages));
        stored.LastSeq.ShouldBe(messages);
        stored.Ordinal.ShouldBe(messages);
        _listener.Changes.Select(e => e.Version).ShouldBe(Numbers((int)stored.Version));
        var versions = await EventVersions(room);
        versions.ShouldBeUnique();
        versions.ShouldBeInOrder(Shouldly.SortDirection.Ascending);
        var missed = (await _host.Since(room, 0)).Events;
        missed.Where(e => e.Kind == ReplayKind.MessageCreated).Select(e => e.Seq).ShouldBe(Numbers(messages));
        missed.Select(e => e.Version).ShouldBeUnique();
        Count(room).ShouldBe(messages);
    }

    /// <summary>The versions of a room's message events in the outbox.</summary>
    private async Task<List<long>> EventVersions(long room, ChatHost? host = null)
    {
        var events = await (host ?? _host).Database.Log.Read(MessageSent.Topic, 0, 10_000, Ct);
        return [.. events.Where(e => e.Key == $"{room}" && e.Type != MessagesRead.WireName)
            .Select(e => JsonDocument.Parse(e.Data).RootElement.GetProperty("version").GetInt64())];
    }

    private static IEnumerable<long> Numbers(int count) => Enumerable.Range(1, count).Select(i => (long)i);

    private sealed class DiskFullException() : DbException("The disk is full.");
}
