using BigTech.BuildingBlocks.Events;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Contracts.Chat;
using BigTech.Tests.Integration.Documents;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Chat;

/// <summary>Versions have no gaps, and the store, memory, the streams and what a client has missed agree on them.</summary>
public abstract class RoomVersionSuite : ChatStoreSuite
{
    private protected RoomVersionSuite(ChatHost host) : base(host)
    {
    }

    [Fact]
    public async Task Places_and_versions_have_no_gaps_whatever_happens_at_once_in_several_rooms()
    {
        const int senders = 16;
        const int perSender = 25;
        var rooms = new List<long>();
        for (var i = 0; i < 4; i++) rooms.Add(await _host.CreateGroup(1, [.. Enumerable.Range(2, senders).Select(user => (long)user)]));
        var listeners = rooms.ToDictionary(room => room, _ => new Listener(1));
        foreach (var (room, listener) in listeners) await _host.Listen(room, listener);

        await Task.WhenAll(Enumerable.Range(1, senders).Select(sender => Task.Run(() => ChatAway(sender, perSender, rooms))));

        foreach (var room in rooms)
        {
            var stored = await _host.Load(room);
            var messages = await _host.Messages(room);
            messages.Select(message => message.Seq).ShouldBe(Numbers(messages.Count));
            stored.LastSeq.ShouldBe(messages.Count);
            messages.Select(message => message.CreatedVersion).ShouldBeInOrder(SortDirection.Ascending);
            listeners[room].Changes.Select(e => e.Version).ShouldBe(Numbers((int)stored.Version), "every version is sent once, in order");
        }
        (await Task.WhenAll(rooms.Select(_host.Messages))).Sum(messages => messages.Count).ShouldBe(senders * perSender);
    }

    [Fact]
    public async Task Events_are_published_in_the_order_of_the_versions()
    {
        var room = await _host.CreateGroup(1, 2, 3);
        await Task.WhenAll(Enumerable.Range(1, 3).Select(sender => Task.Run(() => ChatAway(sender, 30, [room]))));

        var events = await _host.SqlStore.Log.Read(MessageSent.Topic, 0, 10_000, Ct);
        var versions = events.ConvertAll(e => System.Text.Json.JsonDocument.Parse(e.Data).RootElement.GetProperty("version").GetInt64());
        versions.ShouldBe(Numbers((int)(await _host.Load(room)).Version));
        events.ShouldAllBe(e => e.Key == $"{room}");
        events.Select(e => e.Id).ShouldBeUnique();
    }

    [Fact]
    public async Task What_memory_holds_is_what_the_file_holds()
    {
        var rooms = new List<long> { await _host.CreateGroup(1, 2, 3, 4, 5), await _host.CreateGroup(2, 1, 3, 4, 5) };
        await Task.WhenAll(Enumerable.Range(1, 5).Select(sender => Task.Run(() => ChatAway(sender, 20, rooms))));
        await _host.Remove(rooms[0], 1, 1);
        await _host.Add(rooms[1], 1, 6, 7);
        await _host.Remove(rooms[1], 2, 3);

        foreach (var room in rooms) ShouldBeTheSame(await _host.Find(room), await _host.Load(room));
        (await _host.Find(rooms[0])).Members.Values.Count(member => member.Role == MemberRole.Owner).ShouldBe(1);
        var before = await Task.WhenAll(rooms.Select(_host.Find));
        _host.Restart();
        for (var i = 0; i < rooms.Count; i++) ShouldBeTheSame(await _host.Find(rooms[i]), before[i]);
    }

    [Fact]
    public async Task A_change_that_fails_halfway_leaves_nothing_in_the_store_in_memory_or_on_the_streams()
    {
        var room = await _host.CreateGroup(1, 2);
        var listener = new Listener(1);
        await _host.Listen(room, listener);
        Task failing;
        List<Task<(int Status, MessageView Message)>> neighbours;
        using (var gate = await WriterGate.Close(_host.SqlStore))
        {
            neighbours = [_host.Send(room, 1, "before")];
            failing = _host.Store.Change<int>(transaction =>
            {
                var draft = Message.Draft(transaction.NewId(), 2, MessageTypes.Text, "never", transaction.Now);
                var (posted, message) = transaction.Enter(room, 2).Post(draft);
                transaction.Post(posted, message, "user2");
                throw new InvalidOperationException("changed its mind");
            });
            neighbours.Add(_host.Send(room, 2, "after"));
            await gate.Open();
        }

        await Should.ThrowAsync<InvalidOperationException>(failing);
        await Task.WhenAll(neighbours);
        (await _host.Messages(room)).Select(message => (message.Seq, message.Content)).ShouldBe([(1, "before"), (2, "after")]);
        listener.Changes.Select(e => e.Version).ShouldBe([1L, 2]);
        ShouldBeTheSame(await _host.Find(room), await _host.Load(room));
    }

    [Fact]
    public async Task After_a_failed_publication_memory_is_read_again_from_the_store()
    {
        var (room, other) = (await _host.CreateGroup(1, 2), await _host.CreateGroup(1, 2));
        await _host.Send(room, 1, "before");
        var listener = new Listener(2);
        await _host.Listen(room, listener);

        // Simulates a failed publication of the room: the store is ahead of memory.
        await _host.Store.Change(transaction =>
        {
            var draft = Message.Draft(transaction.NewId(), 1, MessageTypes.Text, "other", transaction.Now);
            var (posted, message) = transaction.Enter(other, 1).Post(draft);
            transaction.Post(posted, message, "name1");
            transaction.Session.AfterCommit(() => throw new InvalidOperationException("planted"));
            return transaction.Session.Execute("UPDATE rooms SET version = 7 WHERE id = @room", new { room });
        });

        (await _host.Find(room)).Version.ShouldBe(7);
        (await _host.Send(room, 2, "after")).Message.Version.ShouldBe(8);
        ShouldBeTheSame(await _host.Find(room), await _host.Load(room));
        ShouldBeTheSame(await _host.Find(other), await _host.Load(other));
    }

    [Fact]
    public async Task Missed_changes_come_in_order_with_several_changes_of_one_message_as_one()
    {
        var room = await _host.CreateGroup(1, 2, 3);
        var old = (await _host.Send(room, 1, "old")).Message;
        var doomed = (await _host.Send(room, 1, "doomed")).Message;
        var known = (await _host.Load(room)).Version;
        var fresh = (await _host.Send(room, 2, "new")).Message;
        await _host.Edit(old.Id, 1, "edited");
        await _host.Edit(old.Id, 1, "edited twice");
        await _host.Edit(fresh.Id, 2, "new and edited");
        await _host.Delete(doomed.Id, 1);
        await _host.Read(room, 3, fresh.Id);
        await _host.Add(room, 1, 4);
        await _host.Remove(room, 1, 2);

        var missed = await _host.Since(room, known);

        // Versions: 3 sent, 4 + 5 edits of the old, 6 edit of the new, 7 deletion, 8 read, 9 joined, 10 line, 11 left, 12 line.
        missed.Events.ShouldBe(
        [
            new ReplayEntry(3, ReplayKind.MessageCreated, 3, 0),
            new ReplayEntry(5, ReplayKind.MessageChanged, 1, 0),
            new ReplayEntry(6, ReplayKind.MessageChanged, 3, 0),
            new ReplayEntry(7, ReplayKind.MessageChanged, 2, 0),
            new ReplayEntry(8, ReplayKind.Read, 3, 3),
            new ReplayEntry(9, ReplayKind.MemberJoined, 0, 4),
            new ReplayEntry(10, ReplayKind.MessageCreated, 4, 0),
            new ReplayEntry(11, ReplayKind.MemberLeft, 0, 2),
            new ReplayEntry(12, ReplayKind.MessageCreated, 5, 0),
        ]);
        missed.Room.Version.ShouldBe(12);
        for (var since = known; since <= 12; since++)
        {
            (await _host.Since(room, since)).Events.ShouldBe(missed.Events.Where(e => e.Version > since), $"since {since}");
        }
    }

    [Fact]
    public async Task A_new_name_and_new_roles_are_missed_until_they_are_known()
    {
        var room = await _host.CreateGroup(1, 2, 3);
        await _host.Rename(room, 1, "first");
        await _host.Rename(room, 1, "second");
        await _host.GiveRole(room, 1, 2, "admin");
        await _host.GiveRole(room, 1, 3, "owner");

        // Versions: 1 + 2 first and its line, 3 + 4 second, 5 + 6 an admin, 7 the owner becomes an admin, 8 the next owner, 9 the line.
        (await _host.Since(room, 0)).Events.Where(e => e.Kind != ReplayKind.MessageCreated).ShouldBe(
        [
            new ReplayEntry(3, ReplayKind.RoomChanged, 0, 0),
            new ReplayEntry(5, ReplayKind.RoleChanged, 0, 2),
            new ReplayEntry(7, ReplayKind.RoleChanged, 0, 1),
            new ReplayEntry(8, ReplayKind.RoleChanged, 0, 3),
        ]);
        (await _host.Since(room, 3)).Events.ShouldNotContain(e => e.Kind == ReplayKind.RoomChanged);
        var loaded = await _host.Load(room);
        (loaded.Name, loaded.InfoVersion, loaded.Version).ShouldBe(("second", 3, 9));
        loaded.Members.Values.OrderBy(member => member.UserId).Select(member => member.Role)
            .ShouldBe([MemberRole.Admin, MemberRole.Admin, MemberRole.Owner]);
    }

    [Fact]
    public async Task A_new_room_has_nothing_to_replay_before_its_first_message()
    {
        var room = await _host.CreateGroup(1, 2, 3);

        (await _host.Since(room, 0)).Events.ShouldBeEmpty();
        await _host.Send(room, 1, "hello");
        (await _host.Since(room, 0)).Events.ShouldBe([new ReplayEntry(1, ReplayKind.MessageCreated, 1, 0)]);
    }

    [Fact]
    public async Task From_any_version_on_everything_that_was_sent_live_is_replayed_and_nothing_else()
    {
        var room = await _host.CreateGroup(1, 2, 3, 4);
        await Task.WhenAll(Enumerable.Range(1, 4).Select(sender => Task.Run(() => ChatAway(sender, 15, [room]))));
        var last = (await _host.Load(room)).Version;
        var messages = await _host.Messages(room);

        for (var since = 0L; since <= last; since++)
        {
            var events = (await _host.Since(room, since)).Events;
            events.ShouldAllBe(e => e.Version > since && e.Version <= last);
            events.Select(e => e.Version).ShouldBeUnique();
            events.Select(e => e.Version).ShouldBeInOrder(SortDirection.Ascending);
            events.Where(e => e.Kind == ReplayKind.MessageCreated).Select(e => e.Seq)
                .ShouldBe(messages.Where(m => m.CreatedVersion > since).Select(m => m.Seq));
            events.Where(e => e.Kind == ReplayKind.MessageChanged).Select(e => e.Seq).Order()
                .ShouldBe(messages.Where(m => m.Version > since && m.Version > m.CreatedVersion).Select(m => m.Seq));
        }
        (await _host.Since(room, 0)).Events.Count.ShouldBeGreaterThan(messages.Count);
    }

    [Fact]
    public async Task An_answer_is_never_older_in_memory_than_what_it_confirms()
    {
        var room = await _host.CreateGroup(1, 2, 3, 4);
        var done = false;
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            var seen = 0L;
            while (!Volatile.Read(ref done))
            {
                var version = (await _host.Find(room)).Version;
                version.ShouldBeGreaterThanOrEqualTo(seen, "a reader never goes back");
                seen = version;
            }
        })).ToList();
        await Task.WhenAll(Enumerable.Range(1, 4).Select(sender => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                var message = (await _host.Send(room, sender, $"{i}")).Message;
                (await _host.Find(room)).LastSeq.ShouldBeGreaterThanOrEqualTo(message.Seq);
            }
        })));
        Volatile.Write(ref done, true);
        await Task.WhenAll(readers);
    }

    [Fact]
    public async Task A_reader_who_loaded_before_a_commit_never_puts_the_older_room_into_memory()
    {
        var room = await _host.CreateGroup(1, 2);
        for (var i = 0; i < 30; i++)
        {
            _host.Restart();
            var (drops, old) = (_host.Cache.Drops, await _host.Load(room));
            await _host.Send(room, 1, $"{i}");
            _host.Cache.Add(old, drops);
            (await _host.Find(room)).Version.ShouldBe(old.Version + 1);
        }
    }

    [Fact]
    public async Task Cold_readers_and_writers_at_once_end_with_the_newest_room()
    {
        var room = await _host.CreateGroup(1, 2);
        for (var round = 0; round < 20; round++)
        {
            _host.Restart();
            var readers = Enumerable.Range(0, 8).Select(_ => Task.Run(() => _host.Find(room))).ToList();
            var message = (await _host.Send(room, 1, $"{round}")).Message;
            await Task.WhenAll(readers);
            (await _host.Find(room)).LastSeq.ShouldBe(message.Seq);
        }
    }
}

public sealed class RoomVersionTests() : RoomVersionSuite(new ChatHost());

[Engines]
public sealed class RoomVersionMariaDbTests() : RoomVersionSuite(new ChatHost(TestEngine.MariaDb));

[Engines]
public sealed class RoomVersionWithDocumentsTests() : RoomVersionSuite(new ChatHost(mongo: new TestMongo()));

/// <summary>One room of two fits into the cache.</summary>
public sealed class RoomVersionSmallCacheTests() : RoomVersionSuite(new ChatHost(cacheBytes: 1000));

[Engines]
public sealed class RoomVersionSmallCacheMariaDbTests() : RoomVersionSuite(new ChatHost(TestEngine.MariaDb, cacheBytes: 1000));
