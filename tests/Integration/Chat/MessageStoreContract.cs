using BigTech.BuildingBlocks.Core;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage;
using BigTech.Contracts.Chat;
using BigTech.Tests.Integration.Documents;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Chat;

public sealed class SqlMessageStoreTests() : MessageStoreContract(new ChatHost());

[Engines]
public sealed class MariaDbMessageStoreTests() : MessageStoreContract(new ChatHost(TestEngine.MariaDb));

[Engines]
public sealed class MongoMessageStoreTests() : MessageStoreContract(new ChatHost(mongo: new TestMongo()));

/// <summary>The contract of every message store.</summary>
public abstract class MessageStoreContract : IDisposable
{
    private readonly ChatHost _host;

    private protected MessageStoreContract(ChatHost host) => _host = host;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _host.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_message_is_found_by_its_id_its_place_and_its_client_id()
    {
        var room = await _host.CreateGroup(1, 2);
        var sent = (await _host.Send(room, 1, "안녕 😀 \"quoted\"\n", "client-1")).Message;

        var found = (await Read(messages => messages.Find(sent.Id))).ShouldNotBeNull();
        found.Content.ShouldBe("안녕 😀 \"quoted\"\n");
        (found.Id, found.RoomId, found.Seq, found.Ordinal, found.Version, found.CreatedVersion, found.UserId, found.ClientMessageId)
            .ShouldBe((sent.Id, room, 1, 1, 1, 1, 1, "client-1"));
        found.CreatedAt.ShouldBe(sent.CreatedAt);
        (await Read(messages => messages.Find(Guid.NewGuid().ToString()))).ShouldBeNull();
        (await Read(messages => messages.BySeq(room, [1, 2]))).ShouldBe([new(1, found)]);
        var first = await _host.Store.Change(transaction => transaction.Messages.FindByClientId(new ClientKey(room, 1, "client-1")));
        first!.Value.Message.ShouldBe(found);
        first.Value.RequestHash.Length.ShouldBe(32);
    }

    [Fact]
    public async Task Pages_are_in_order_and_end_where_the_room_ends()
    {
        var room = await _host.CreateGroup(1, 2);
        for (var i = 1; i <= 6; i++) await _host.Send(room, i % 2 + 1, $"{i}", i == 3 ? "client-3" : null);
        var old = await _host.Load(room);
        for (var i = 7; i <= 9; i++) await _host.Send(room, 1, $"{i}");
        var now = await _host.Load(room);

        (await Seqs(messages => messages.Before(now, 10, 3))).ShouldBe([9L, 8, 7]);
        (await Seqs(messages => messages.Before(now, 5, 10))).ShouldBe([4L, 3, 2, 1]);
        (await Seqs(messages => messages.Before(now, 10, 2, skip: 3))).ShouldBe([6L, 5]);
        (await Seqs(messages => messages.Before(now, 1, 5))).ShouldBeEmpty();
        (await Seqs(messages => messages.After(now, 7, 5))).ShouldBe([8L, 9]);
        (await Seqs(messages => messages.After(now, 0, 2))).ShouldBe([1L, 2]);
        (await Seqs(messages => messages.After(now, 9, 5))).ShouldBeEmpty();
        (await Read(messages => messages.Last([now])))[room].Seq.ShouldBe(9);
        (await Read(messages => messages.Last([old])))[room].Seq.ShouldBe(6);

        var third = (await Read(messages => messages.After(now, 2, 1))).Single();
        (third.Seq, third.UserId).ShouldBe((3, 2));
        third.ClientMessageId.ShouldBe("client-3"u8.ToArray());
        MessageBody.View(third.Body).Content.ShouldBe("3");
    }

    [Fact]
    public async Task The_newest_of_some_messages_is_given_only_when_all_are_of_the_room()
    {
        var (room, other) = (await _host.CreateGroup(1, 2), await _host.CreateGroup(1, 3));
        var first = (await _host.Send(room, 1, "first")).Message.Id;
        var second = (await _host.Send(room, 1, "second")).Message.Id;
        var foreign = (await _host.Send(other, 1, "foreign")).Message.Id;

        (await Read(messages => messages.Newest(room, [second, first, second])))!.Seq.ShouldBe(2);
        (await Read(messages => messages.Newest(room, [first, foreign]))).ShouldBeNull();
        (await Read(messages => messages.Newest(room, [first, Guid.NewGuid().ToString()]))).ShouldBeNull();
        var rooms = new List<Room> { await _host.Load(room), await _host.Load(other), await _host.Load(await _host.CreateGroup(1, 4)) };
        var last = await Read(messages => messages.Last(rooms));
        last.Select(entry => (entry.Key, entry.Value.Id)).Order().ShouldBe([(room, second), (other, foreign)]);
    }

    [Fact]
    public async Task A_client_id_counts_once_for_each_author_and_room_also_concurrently()
    {
        var (room, other) = (await _host.CreateGroup(1, 2), await _host.CreateGroup(1, 2));
        List<Task<(int Status, MessageView Message)>> sends;
        using (var gate = await WriterGate.Close(_host.SqlStore))
        {
            sends = [.. Enumerable.Range(0, 10).Select(_ => _host.Send(room, 1, "same", "id"))];
            await Eventually.Holds(() => _host.SqlStore.WaitingWrites == 10, "all of them in one commit");
            await gate.Open();
        }
        sends.AddRange(Enumerable.Range(0, 20).Select(_ => Task.Run(() => _host.Send(room, 1, "same", "id"))));
        var answers = await Task.WhenAll(sends);
        answers.Select(answer => answer.Message.Id).Distinct().Count().ShouldBe(1);
        answers.Count(answer => answer.Status == 201).ShouldBe(1);

        (await _host.Send(room, 2, "same", "id")).Status.ShouldBe(201);
        (await _host.Send(other, 1, "same", "id")).Status.ShouldBe(201);
        (await _host.Send(room, 1, "none")).Status.ShouldBe(201);
        (await _host.Send(room, 1, "none")).Status.ShouldBe(201);
        (await Should.ThrowAsync<AppError>(_host.Send(room, 1, "another", "id"))).Code.ShouldBe("client_message_id_reused");
        (await _host.Messages(room)).Select(message => message.Seq).ShouldBe([1L, 2, 3, 4]);
        _host.Restart();
        (await _host.Send(room, 1, "same", "id")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task An_edit_and_a_deletion_change_what_is_read_and_keep_the_place()
    {
        var room = await _host.CreateGroup(1, 2);
        var message = (await _host.Send(room, 1, "first", "id")).Message;
        await _host.Send(room, 2, "between");
        await _host.Edit(message.Id, 1, "edited");
        await _host.Edit(message.Id, 1, "edited twice");
        var edited = (await Read(messages => messages.Find(message.Id)))!;
        (edited.Content, edited.Seq, edited.Version, edited.CreatedVersion,
            edited.ClientMessageId).ShouldBe(("edited twice", 1, 4, 1, "id"));

        await _host.Delete(message.Id, 1);

        var stored = (await _host.Messages(room))[0];
        (stored.Content, stored.IsDeleted, stored.Version).ShouldBe(("", true, 5));
        var again = await _host.Send(room, 1, "first", "id");
        (again.Status, again.Message.Id, again.Message.IsDeleted).ShouldBe((200, message.Id, true));
    }

    [Fact]
    public async Task Reactions_are_kept_with_the_message_and_count_as_a_change_of_it()
    {
        var room = await _host.CreateGroup(1, 2, 3);
        var sent = (await _host.Send(room, 1, "hello")).Message;
        var known = (await _host.Load(room)).Version;

        await Task.WhenAll(_host.React(sent.Id, 2, "👍"), _host.React(sent.Id, 3, "👍"), _host.React(sent.Id, 3, "❤️"));
        await _host.TakeBack(sent.Id, 3, "👍");

        var found = (await Read(messages => messages.Find(sent.Id))).ShouldNotBeNull();
        found.Reactions.OrderBy(reaction => reaction.Emoji, StringComparer.Ordinal)
            .Select(reaction => (reaction.Emoji, string.Join(',', reaction.UserIds))).ShouldBe([("❤️", "3"), ("👍", "2")]);
        (found.Version, found.EditedAt).ShouldBe((known + 4, null));
        (await _host.Since(room, known)).Events.ShouldBe([new ReplayEntry(known + 4, ReplayKind.MessageChanged, 1, 0)]);
        await _host.Edit(sent.Id, 1, "hello again");
        (await Read(messages => messages.Find(sent.Id)))!.Reactions.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Several_edits_in_one_commit_are_sent_one_by_one_and_stored_as_the_last()
    {
        var room = await _host.CreateGroup(1, 2);
        var listener = new Listener(1);
        await _host.Listen(room, listener);
        var message = (await _host.Send(room, 1, "first")).Message;
        List<Task<MessageView>> edits;
        using (var gate = await WriterGate.Close(_host.SqlStore))
        {
            edits = [];
            for (var i = 1; i <= 3; i++)
            {
                edits.Add(_host.Edit(message.Id, 1, $"edit {i}"));
                var waiting = i;
                await Eventually.Holds(() => _host.SqlStore.WaitingWrites == waiting, "the edit waiting");
            }
            await gate.Open();
        }
        (await Task.WhenAll(edits)).Select(edit => (edit.Version, edit.Content)).ShouldBe([(2L, "edit 1"), (3, "edit 2"), (4, "edit 3")]);
        listener.Changes.Select(e => e.Version).ShouldBe([1L, 2, 3, 4]);
        (await _host.Messages(room)).Single().Content.ShouldBe("edit 3");
        (await _host.Edit(message.Id, 1, "edit 4")).Version.ShouldBe(5);
    }

    [Fact]
    public async Task Messages_end_with_the_room_and_a_change_beyond_it_shows_that_it_is_outdated()
    {
        var room = await _host.CreateGroup(1, 2);
        var first = (await _host.Send(room, 1, "1")).Message;
        var second = (await _host.Send(room, 1, "2")).Message;
        await _host.Edit(first.Id, 1, "1!");
        var old = await _host.Load(room);
        await _host.Edit(second.Id, 1, "2!");
        await _host.Send(room, 1, "3");
        var now = await _host.Load(room);

        (await Changes(old, 0)).ShouldBe(
            [new ReplayEntry(1, ReplayKind.MessageCreated, 1, 0), new ReplayEntry(2, ReplayKind.MessageCreated, 2, 0),
                new ReplayEntry(3, ReplayKind.MessageChanged, 1, 0),
            new ReplayEntry(4, ReplayKind.MessageChanged, 2, 0)]);
        (await Changes(now, 2)).ShouldBe(
            [new ReplayEntry(3, ReplayKind.MessageChanged, 1, 0), new ReplayEntry(4, ReplayKind.MessageChanged, 2, 0),
                new ReplayEntry(5, ReplayKind.MessageCreated, 3, 0)]);
        (await Changes(now, 5)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_replay_shows_an_edit_whose_message_changes_again_meanwhile()
    {
        var room = await _host.CreateGroup(1, 2);
        var message = (await _host.Send(room, 1, "first")).Message;
        var known = await _host.Find(room);
        await _host.Edit(message.Id, 1, "edited");
        _host.BeforeNextReadOfMessages(() => _host.React(message.Id, 2, "👍"));

        var replay = await _host.Since(room, known.Version);

        // The live event of the reaction does not bring the edit, so the replay has to.
        replay.Events.ShouldContain(e => e.Kind == ReplayKind.MessageChanged && e.Seq == message.Seq);
        replay.Events.ShouldAllBe(e => e.Version > known.Version && e.Version <= replay.Room.Version);
    }

    [Fact]
    public async Task A_change_that_fails_takes_its_message_with_it()
    {
        var room = await _host.CreateGroup(1, 2);
        Task failing;
        Task<(int Status, MessageView Message)> neighbour;
        using (var gate = await WriterGate.Close(_host.SqlStore))
        {
            failing = _host.Store.Change<int>(transaction =>
            {
                var draft = Message.Draft(transaction.NewId(), 2, MessageTypes.Text, "never", transaction.Now, clientMessageId: "id");
                var (posted, message) = transaction.Enter(room, 2).Post(draft);
                transaction.Post(posted, message, "user2", new byte[32]);
                throw new InvalidOperationException("changed its mind");
            });
            neighbour = _host.Send(room, 1, "stays");
            await gate.Open();
        }
        await Should.ThrowAsync<InvalidOperationException>(failing);
        await neighbour;
        (await _host.Messages(room)).Select(message => (message.Seq, message.Content)).ShouldBe([(1, "stays")]);
        (await _host.Send(room, 2, "the id is free", "id")).Status.ShouldBe(201);
    }

    private ValueTask<T> Read<T>(Func<IMessageReader, ValueTask<T>> read) => _host.Store.Messages.Read(read, Ct);

    private async Task<List<long>> Seqs(Func<IMessageReader, ValueTask<List<StoredMessage>>> read) =>
        (await Read(read)).ConvertAll(message => message.Seq);

    private async Task<IEnumerable<ReplayEntry>> Changes(Room room, long since) =>
        (await Read(messages => messages.Changes(room, since))).OrderBy(missed => missed.Version);
}
