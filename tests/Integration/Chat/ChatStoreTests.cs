using System.Text;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage.Sql;
using BigTech.Chat.Streaming;
using BigTech.Contracts.Chat;
using BigTech.Contracts.Friends;
using BigTech.Tests.Integration.Documents;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Chat;

/// <summary>Rooms and messages, on every message store.</summary>
public abstract class ChatStoreSuite : IDisposable
{
    private readonly ChatHost _host;

    private protected ChatStoreSuite(ChatHost host) => _host = host;

    public void Dispose()
    {
        _host.Dispose();
        GC.SuppressFinalize(this);
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
            listeners[room].Changes.Select(e => e.Version).ShouldBe(Numbers((int)stored.Version), "every version is told once, in order");
        }
        (await Task.WhenAll(rooms.Select(_host.Messages))).Sum(messages => messages.Count).ShouldBe(senders * perSender);
    }

    [Fact]
    public async Task A_name_of_a_room_is_measured_in_characters()
    {
        var name = string.Concat(Enumerable.Repeat("😀", Room.MaxNameLength));

        (await _host.Load(await _host.CreateGroup(name, 1, 2))).Name.ShouldBe(name);
        (await Should.ThrowAsync<AppError>(() => _host.CreateGroup(name + "!", 1, 2))).Errors.ShouldNotBeNull().Keys.ShouldBe(["name"]);
    }

    [Fact]
    public async Task Each_of_very_many_blocks_holds_after_a_start()
    {
        var room = (await _host.OpenDirect(1, 4)).Room.Id;
        foreach (var some in Enumerable.Range(10_000, 5000).Chunk(500))
        {
            await _host.Database.Write(work =>
            {
                foreach (var user in some) _host.Blocks.On(new UserBlocked(3, user, DateTimeOffset.UnixEpoch), work);
            });
        }
        // After all other blocks.
        await On(new UserBlocked(4, 1, DateTimeOffset.UnixEpoch));
        await On(new UserBlocked(3, 1, DateTimeOffset.UnixEpoch));
        await _host.Database.Write(work => _host.Blocks.On(new UserUnblocked(3, 1, DateTimeOffset.UnixEpoch.AddSeconds(1)), work));

        _host.Restart();

        (await Should.ThrowAsync<AppError>(() => _host.Send(room, 1, "hello?"))).Code.ShouldBe("blocked");
        (await _host.OpenDirect(1, 3)).IsNew.ShouldBeTrue();

        Task On(UserBlocked e) => _host.Database.Write(work => _host.Blocks.On(e, work));
    }

    [Fact]
    public async Task Events_are_published_in_the_order_of_the_versions()
    {
        var room = await _host.CreateGroup(1, 2, 3);
        await Task.WhenAll(Enumerable.Range(1, 3).Select(sender => Task.Run(() => ChatAway(sender, 30, [room]))));

        var events = await _host.Database.Log.Read(MessageSent.Topic, 0, 10_000, Ct);
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
        (await _host.Find(rooms[0])).Members.Values.Count(member => member.Role == Role.Owner).ShouldBe(1);
        var before = await Task.WhenAll(rooms.Select(_host.Find));
        _host.Restart();
        for (var i = 0; i < rooms.Count; i++) ShouldBeTheSame(await _host.Find(rooms[i]), before[i]);
    }

    [Fact]
    public async Task The_same_client_id_gives_the_first_message_again()
    {
        var room = await _host.CreateGroup(1, 2);

        var (status, first) = await _host.Send(room, 1, "hello", "c1");
        var (again, second) = await _host.Send(room, 1, "hello", "c1");

        (status, again).ShouldBe((201, 200));
        second.Id.ShouldBe(first.Id);
        second.Seq.ShouldBe(first.Seq);
        _host.Restart();
        (await _host.Send(room, 1, "hello", "c1")).Status.ShouldBe(200);
        (await _host.Load(room)).Version.ShouldBe(1);
    }

    [Fact]
    public async Task The_same_client_id_with_another_body_is_a_conflict()
    {
        var room = await _host.CreateGroup(1, 2);
        await _host.Send(room, 1, "hello", "c1");
        var error = await Should.ThrowAsync<AppError>(_host.Send(room, 1, "something else", "c1"));
        (error.Kind, error.Field).ShouldBe((ErrorKind.Conflict, "client_message_id"));
    }

    [Fact]
    public async Task A_client_id_belongs_to_one_user_in_one_room()
    {
        var (one, other) = (await _host.CreateGroup(1, 2), await _host.CreateGroup(1, 2));
        (await _host.Send(one, 1, "a", "c1")).Status.ShouldBe(201);
        (await _host.Send(one, 2, "b", "c1")).Status.ShouldBe(201);
        (await _host.Send(other, 1, "c", "c1")).Status.ShouldBe(201);
    }

    [Fact]
    public async Task Twenty_at_once_with_one_client_id_are_one_message_and_their_neighbours_lose_nothing()
    {
        var room = await _host.CreateGroup(1, 2, 3);
        List<Task<(int Status, MessageView Message)>> same, others, conflicts;
        using (var gate = await WriterGate.Close(_host.Database))
        {
            same = [.. Enumerable.Range(0, 20).Select(_ => _host.Send(room, 1, "hello", "c1"))];
            await Eventually.Holds(() => _host.Database.WaitingWrites == same.Count, "they come first");
            others = [.. Enumerable.Range(0, 20).Select(i => _host.Send(room, 2, $"other {i}", $"o{i}"))];
            conflicts = [.. Enumerable.Range(0, 5).Select(i => _host.Send(room, 1, $"not hello {i}", "c1"))];
            await Eventually.Holds(() => _host.Database.WaitingWrites == 45, "all of them waiting");
            await gate.Open();
        }

        var answers = await Task.WhenAll(same);
        answers.Count(answer => answer.Status == 201).ShouldBe(1);
        answers.Select(answer => answer.Message.Id).Distinct().Count().ShouldBe(1);
        (await Task.WhenAll(others)).ShouldAllBe(answer => answer.Status == 201);
        foreach (var conflict in conflicts) (await Should.ThrowAsync<AppError>(conflict)).Kind.ShouldBe(ErrorKind.Conflict);
        var messages = await _host.Messages(room);
        messages.Select(message => message.Seq).ShouldBe(Numbers(21));
        (await _host.Load(room)).Version.ShouldBe(21);
        ShouldBeTheSame(await _host.Find(room), await _host.Load(room));
    }

    [Fact]
    public async Task A_change_that_fails_halfway_leaves_nothing_in_the_store_in_memory_or_on_the_streams()
    {
        var room = await _host.CreateGroup(1, 2);
        var listener = new Listener(1);
        await _host.Listen(room, listener);
        Task failing;
        List<Task<(int Status, MessageView Message)>> neighbours;
        using (var gate = await WriterGate.Close(_host.Database))
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
    public async Task Two_who_open_their_room_at_once_get_the_same_one()
    {
        List<Task<(Room Room, bool IsNew)>> asked;
        using (var gate = await WriterGate.Close(_host.Database))
        {
            asked = [.. Enumerable.Range(0, 10).Select(i => _host.OpenDirect(i % 2 + 1, 2 - i % 2))];
            await Eventually.Holds(() => _host.Database.WaitingWrites == 10, "all of them waiting");
            await gate.Open();
        }
        var answers = await Task.WhenAll(asked);
        answers.Select(answer => answer.Room.Id).Distinct().Count().ShouldBe(1);
        answers.Count(answer => answer.IsNew).ShouldBe(1);
        (await _host.OpenDirect(2, 1)).IsNew.ShouldBeFalse();
        (await _host.OpenDirect(1, 3)).Room.Id.ShouldNotBe(answers[0].Room.Id);
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
        loaded.Members.Values.OrderBy(member => member.UserId).Select(member => member.Role).ShouldBe([Role.Admin, Role.Admin, Role.Owner]);
    }

    [Fact]
    public async Task A_room_is_shown_as_it_came_to_be_to_whoever_does_not_know_of_it()
    {
        var room = await _host.CreateGroup(1, 2, 3);

        (await _host.Since(room, -1)).Events.ShouldBe([new ReplayEntry(0, ReplayKind.RoomChanged, 0, 0)]);
        var (version, changes) = (
            await new RoomReplay(_host.Store, _host.Names).Read(room, -1, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        (version, changes.ShouldHaveSingleItem().Version).ShouldBe((0, 0));
        await _host.Send(room, 1, "hello");
        (await _host.Since(room, -1)).Events.ShouldBe(
            [new ReplayEntry(0, ReplayKind.RoomChanged, 0, 0), new ReplayEntry(1, ReplayKind.MessageCreated, 1, 0)]);
        (await _host.Since(room, 0)).Events.ShouldBe([new ReplayEntry(1, ReplayKind.MessageCreated, 1, 0)]);
    }

    [Fact]
    public async Task Lines_of_the_room_name_their_author_whoever_has_been_heard_of_before()
    {
        var room = await _host.CreateGroup(1, 2, 3);
        await Told(room, () => _host.Rename(room, 1, "new"));
        await Told(room, () => _host.GiveRole(room, 1, 2, "owner"));
        await Told(room, () => _host.Add(room, 1, 4));
        await Told(room, () => _host.Remove(room, 1, 3));

        // Each time after a restart.
        async Task Told(long room, Func<Task> change)
        {
            _host.Restart();
            var listener = new Listener(2);
            await _host.Listen(room, listener);
            await change();
            var told = string.Concat(listener.Changes.Select(e => Encoding.UTF8.GetString(e.Frame)));
            told.ShouldContain("\"username\":\"name1\"");
            told.ShouldNotContain("user1");
        }
    }

    [Fact]
    public async Task Who_comes_back_to_a_group_has_the_role_of_a_newcomer_and_no_trace_of_the_one_before()
    {
        var room = await _host.CreateGroup(1, 2);
        await _host.GiveRole(room, 1, 2, "admin");
        await _host.Remove(room, 1, 2);
        await _host.Add(room, 1, 2);

        var events = (await _host.Since(room, 0)).Events;
        events.ShouldNotContain(e => e.Kind == ReplayKind.RoleChanged);
        events.ShouldContain(e => e.Kind == ReplayKind.MemberJoined && e.UserId == 2);
        (await _host.Load(room)).Members[2].Role.ShouldBe(Role.Member);
    }

    [Fact]
    public async Task Pins_outlast_a_restart_are_told_as_changes_of_their_room_and_go_with_their_message()
    {
        var room = await _host.CreateGroup(1, 2);
        var messages = new[] { (await _host.Send(room, 1, "one")).Message, (await _host.Send(room, 2, "two")).Message };
        foreach (var message in messages) await _host.Pin(message.Id, 2);
        _host.Restart();

        var pins = await _host.Pins(room, 1);
        pins.Pins.Select(
            pin => (pin.Message.Content, pin.Message.Username, pin.PinnedBy)).ShouldBe([("two", "name2", 2), ("one", "name1", 2)]);
        pins.Version.ShouldBe(6);
        await _host.Unpin(messages[0].Id, 1);
        await _host.Delete(messages[1].Id, 2);

        (await _host.Pins(room, 1)).Pins.ShouldBeEmpty();
        (await _host.Database.Read(reader => PinRows.Of(reader, room), Ct)).ShouldBeEmpty();
        (await _host.Since(room, 6)).Events.Select(e => (e.Version, e.Kind)).ShouldBe(
            [(7, ReplayKind.RoomChanged), (8, ReplayKind.MessageChanged)]);
        var told = await _host.Database.Log.Read(ChatRoomUpdated.Topic, 0, 100, Ct);
        told.Select(e => e.Is<ChatRoomUpdated>(out var updated) ? (updated.Version, updated.Name, updated.UpdatedBy) : default)
            .Where(e => e.Version > 0).ShouldBe([(3, "group", 2), (5, "group", 2), (7, "group", 1)]);
    }

    [Fact]
    public async Task Links_outlast_a_restart_count_their_uses_and_tell_who_came_by_himself()
    {
        var room = await _host.CreateGroup(1, 2);
        var (once, often) = (await _host.NewLink(room, 1, maxUses: 1), await _host.NewLink(room, 1));
        _host.Restart();

        await _host.Join(once.Code, 3);
        await _host.Join(often.Code, 4);
        (await Should.ThrowAsync<AppError>(() => _host.Join(once.Code, 5))).Code.ShouldBe("invite_link_not_found");

        _host.Restart();
        (await _host.Links(room, 1)).ShouldBe([often with { Uses = 1 }]);
        (await _host.Load(room)).Members.Keys.ShouldBe([1, 2, 3, 4], ignoreOrder: true);
        var told = await _host.Database.Log.Read(MemberJoined.Topic, 0, 100, Ct);
        told.Select(e => e.Is<MemberJoined>(out var joined) ? (joined.Version, joined.UserId, joined.AddedBy) : default)
            .Where(e => e.Version > 0).ShouldBe([(1, 3, 3), (3, 4, 4)]);
    }

    [Fact]
    public async Task A_removal_outlasts_a_restart_and_ends_when_a_member_adds_the_user()
    {
        var room = await _host.CreateGroup(1, 2, 3);
        var link = await _host.NewLink(room, 1);
        await _host.Remove(room, 1, 3);
        _host.Restart();

        (await Should.ThrowAsync<AppError>(() => _host.Join(link.Code, 3))).Code.ShouldBe("removed_from_room");
        await _host.Add(room, 2, 3);
        await _host.Remove(room, 3, 3);
        await _host.Join(link.Code, 3);

        (await _host.Links(room, 1)).ShouldHaveSingleItem().Uses.ShouldBe(1);
    }

    [Fact]
    public async Task A_full_group_lets_nobody_in_by_a_link_until_somebody_leaves()
    {
        var room = await _host.CreateGroup(1, [.. Enumerable.Range(2, Room.MaxGroupMembers - 1).Select(user => (long)user)]);
        var link = await _host.NewLink(room, 1);

        (await Should.ThrowAsync<AppError>(() => _host.Join(link.Code, 2000))).Code.ShouldBe("room_full");
        await _host.Remove(room, 1, 2);
        await _host.Join(link.Code, 2000);

        (await _host.Load(room)).Members.Count.ShouldBe(Room.MaxGroupMembers);
        (await _host.Links(room, 1)).ShouldHaveSingleItem().Uses.ShouldBe(1);
    }

    [Fact]
    public async Task All_members_leave_a_deleted_room_at_one_version_and_its_content_is_erased_even_after_a_restart()
    {
        var (room, other) = (await _host.CreateGroup("club", 1, 2, 3), await _host.CreateGroup(1, 2));
        var pinned = (await _host.Send(room, 2, "pinned")).Message;
        await _host.Pin(pinned.Id, 1);
        await _host.Edit(pinned.Id, 2, "edited");
        await _host.NewLink(room, 1);
        // More than one erasure batch.
        await Task.WhenAll(Enumerable.Range(0, 1100).Select(i => _host.Send(room, 1 + (i % 3), $"{i}")));
        await _host.Send(other, 1, "elsewhere");
        var before = await _host.Load(room);

        await _host.DeleteRoom(room, 1);

        var version = before.Version + 1;
        var deleted = await _host.Load(room);
        (deleted.Version, deleted.DeletedVersion, deleted.Members.Count).ShouldBe((version, version, 0));
        foreach (var since in new[] { 0, before.Version })
        {
            (await _host.Since(room, since)).Events.ShouldBe([new ReplayEntry(version, ReplayKind.RoomDeleted, 0, 0)]);
        }
        (await _host.Since(room, version)).Events.ShouldBeEmpty();
        var told = await _host.Database.Log.Read(MemberLeft.Topic, 0, 100, Ct);
        told.Select(e => e.Is<MemberLeft>(out var left) ? (left.Version, left.UserId, left.RemovedBy, left.Reason) : default)
            .Where(e => e.Version > 0)
            .ShouldBe([(version, 1, 1, "room_deleted"), (version, 2, 1, "room_deleted"), (version, 3, 1, "room_deleted")]);
        (await Should.ThrowAsync<AppError>(_host.Send(room, 1, "late"))).Code.ShouldBe("room_not_found");

        _host.Restart();
        await _host.Erase();

        (await _host.Store.Messages.Read(messages => messages.After(before, 0, int.MaxValue), Ct)).ShouldBeEmpty();
        (await _host.Store.Messages.Read(messages => messages.Find(pinned.Id), Ct)).ShouldBeNull();
        (await _host.Database.Read(reader => reader.First<long>("SELECT COUNT(*) FROM changed_messages WHERE room_id = @room",
            new { room }), Ct)).ShouldBe(0);
        (await _host.Database.Read(reader => PinRows.Of(reader, room), Ct)).ShouldBeEmpty();
        (await _host.Database.Read(reader => reader.First<long>("SELECT COUNT(*) FROM invite_links WHERE room_id = @room", new { room }),
            Ct)).ShouldBe(0);
        (await _host.Load(room)).Name.ShouldBeNull();
        (await _host.Messages(other)).Select(message => message.Content).ShouldBe(["elsewhere"]);
    }

    [Fact]
    public async Task A_group_whose_last_member_leaves_is_deleted_with_its_content()
    {
        var room = await _host.CreateGroup("club", 1, 2);
        await _host.Send(room, 2, "secret");
        await _host.Remove(room, 1, 1);
        var before = await _host.Load(room);

        await _host.Remove(room, 2, 2);
        await _host.Erase();

        var deleted = await _host.Load(room);
        (deleted.DeletedVersion, deleted.Version, deleted.Name).ShouldBe((before.Version + 1, before.Version + 1, null));
        (await _host.Store.Messages.Read(messages => messages.After(before, 0, int.MaxValue), Ct)).ShouldBeEmpty();
        var told = await _host.Database.Log.Read(MemberLeft.Topic, 0, 100, Ct);
        told.Where(e => e.Is<MemberLeft>(out var left) && left.UserId == 2 && left.Version == deleted.Version).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task The_owner_steps_back_before_the_next_one_is_told()
    {
        var room = await _host.CreateGroup(1, 2);
        var listener = new Listener(1);
        await _host.Listen(room, listener);

        await _host.GiveRole(room, 1, 2, "owner");

        var told = listener.Changes.Select(e => Encoding.UTF8.GetString(e.Body)).Where(
            e => e.StartsWith("event: member", StringComparison.Ordinal)).ToList();
        told.Count.ShouldBe(2);
        told[0].ShouldContain("\"role\":\"admin\"");
        told[1].ShouldContain("\"role\":\"owner\"");
    }

    [Fact]
    public async Task A_message_its_id_and_the_activity_of_its_room_have_one_instant()
    {
        // A clock that advances with every read.
        using var replica = new ChatHost(_host.Home, isReplica: true, time: new RestlessTime());
        var room = await replica.CreateGroup(1, 2);

        var message = (await replica.Send(room, 1, "hello")).Message;

        (await replica.Load(room)).LastActivityAt.ShouldBe(message.CreatedAt);
        DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(message.Id[..13].Replace("-", "", StringComparison.Ordinal), 16))
            .ShouldBe(
                new DateTimeOffset(message.CreatedAt.Ticks / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond, TimeSpan.Zero));
    }

    private sealed class RestlessTime : TimeProvider
    {
        private long _looks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(60).AddSeconds(Interlocked.Increment(ref _looks));
    }

    [Fact]
    public async Task A_name_or_role_that_is_there_already_is_no_change()
    {
        var room = await _host.CreateGroup("club", 1, 2);

        await _host.Rename(room, 1, " club ");
        await _host.GiveRole(room, 1, 2, "member");
        await _host.GiveRole(room, 1, 1, "owner");

        (await _host.Load(room)).Version.ShouldBe(0);
    }

    [Fact]
    public async Task From_any_version_on_everything_that_was_told_live_is_missed_and_nothing_else()
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
    public async Task An_owner_who_leaves_hands_over_and_those_who_were_away_learn_of_it()
    {
        var room = await _host.CreateGroup(1, 2, 3);
        var listener = new Listener(2);
        await _host.Listen(room, listener);

        await _host.Remove(room, 1, 1);

        var stored = await _host.Load(room);
        stored.Members[2].Role.ShouldBe(Role.Owner);
        ShouldBeTheSame(await _host.Find(room), stored);
        listener.Changes.Select(e => e.Version).ShouldBe(Numbers((int)stored.Version));
        var missed = (await _host.Since(room, 0)).Events;
        missed.Select(e => e.Version).ShouldBe(Numbers((int)stored.Version));
        missed.Single(e => e.Kind == ReplayKind.RoleChanged).UserId.ShouldBe(2);
        missed.Single(e => e.Kind == ReplayKind.MemberLeft).UserId.ShouldBe(1);
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
            var old = await _host.Load(room);
            await _host.Send(room, 1, $"{i}");
            _host.Cache.Add(old).Version.ShouldBe(old.Version + 1);
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

    [Fact]
    public async Task Unread_counts_are_exact()
    {
        var room = await _host.CreateGroup(1, 2, 3);
        var first = (await _host.Send(room, 1, "1")).Message;
        (first.ReadByCount, first.UnreadByCount).ShouldBe((0, 2));
        await _host.Send(room, 1, "2");
        var third = (await _host.Send(room, 2, "3")).Message;

        (await _host.Read(room, 3, first.Id)).UnreadCount.ShouldBe(2);
        (await _host.Read(room, 1)).UnreadCount.ShouldBe(0);
        (await _host.Read(room, 3, first.Id)).ReadSeq.ShouldBe(1, "a position moves forward only");
        var edited = await _host.Edit(first.Id, 1, "1!");
        (edited.ReadByCount, edited.UnreadByCount).ShouldBe((2, 0));
        (third.ReadByCount, third.UnreadByCount).ShouldBe((0, 2));
        await _host.Add(room, 1, 4);
        (await _host.Find(room)).UnreadOf(4).ShouldBe(0);
        (await _host.Find(room)).UnreadOf(3).ShouldBe(2, "a line of the room itself counts for nobody");
    }

    [Fact]
    public async Task Whoever_is_removed_hears_it_last_and_may_do_nothing_more()
    {
        var room = await _host.CreateGroup(1, 2, 3);
        var (gone, stays) = (new Listener(2), new Listener(3));
        await _host.Listen(room, gone);
        await _host.Listen(room, stays);
        var message = (await _host.Send(room, 2, "mine")).Message;

        await _host.Remove(room, 1, 2);

        await _host.Send(room, 1, "without him");
        gone.HasEnded.ShouldBeTrue();
        gone.Changes.Select(e => e.Version).ShouldBe([1L, 2]);
        stays.Changes.Select(e => e.Version).ShouldBe([1L, 2, 3, 4]);
        (await Should.ThrowAsync<AppError>(_host.Send(room, 2, "still here?"))).Kind.ShouldBe(ErrorKind.Forbidden);
        (await Should.ThrowAsync<AppError>(_host.Edit(message.Id, 2, "still here?"))).Kind.ShouldBe(ErrorKind.Forbidden);
        (await Should.ThrowAsync<AppError>(_host.Delete(message.Id, 2))).Kind.ShouldBe(ErrorKind.Forbidden);
        (await Should.ThrowAsync<AppError>(_host.Read(room, 2))).Kind.ShouldBe(ErrorKind.Forbidden);
        (await Should.ThrowAsync<AppError>(_host.Add(room, 2, 5))).Kind.ShouldBe(ErrorKind.Forbidden);
    }

    [Fact]
    public async Task A_membership_that_ends_while_a_send_waits_refuses_the_send()
    {
        var room = await _host.CreateGroup(1, 2);
        Task removal;
        Task<(int Status, MessageView Message)> send;
        using (var gate = await WriterGate.Close(_host.Database))
        {
            removal = _host.Remove(room, 1, 2);
            await Eventually.Holds(() => _host.Database.WaitingWrites == 1, "the removal waiting");
            send = _host.Send(room, 2, "too late");
            await Eventually.Holds(() => _host.Database.WaitingWrites == 2, "the send waiting");
            await gate.Open();
        }
        await removal;
        (await Should.ThrowAsync<AppError>(send)).Kind.ShouldBe(ErrorKind.Forbidden);
        (await _host.Messages(room)).ShouldAllBe(message => message.IsSystem);
    }

    [Fact]
    public async Task Deleting_twice_is_deleting_once_and_a_deleted_message_is_not_edited()
    {
        var room = await _host.CreateGroup(1, 2);
        var message = (await _host.Send(room, 1, "secret")).Message;
        var deleted = await _host.Delete(message.Id, 1);
        deleted.Content.ShouldBeEmpty();
        (await _host.Delete(message.Id, 1)).Version.ShouldBe(deleted.Version);
        (await Should.ThrowAsync<AppError>(_host.Edit(message.Id, 1, "back"))).Kind.ShouldBe(ErrorKind.Conflict);
        (await _host.Load(room)).Version.ShouldBe(2);
        (await Should.ThrowAsync<AppError>(_host.Edit(Guid.NewGuid().ToString(), 1, "x"))).Kind.ShouldBe(ErrorKind.NotFound);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static IEnumerable<long> Numbers(int count) => Enumerable.Range(1, count).Select(i => (long)i);

    private static void ShouldBeTheSame(Room one, Room other)
    {
        one.ShouldBe(other with { Members = one.Members });
        one.Members.OrderBy(entry => entry.Key).ShouldBe(other.Members.OrderBy(entry => entry.Key));
    }

    /// <summary>Sends messages, and sometimes edits, deletes and reads.</summary>
    private async Task ChatAway(int user, int count, List<long> rooms)
    {
        for (var i = 0; i < count; i++)
        {
            var room = rooms[(user + i) % rooms.Count];
            var message = (await _host.Send(room, user, $"{user}/{i}")).Message;
            if (i % 5 == 1) await _host.Edit(message.Id, user, "edited");
            if (i % 5 == 2) await _host.Delete(message.Id, user);
            if (i % 5 == 3) await _host.Read(room, user);
            if (i % 5 == 4)
            {
                await _host.Edit(message.Id, user, "edited");
                await _host.Edit(message.Id, user, "edited again");
            }
        }
    }
}

public sealed class ChatStoreTests() : ChatStoreSuite(new ChatHost());

[Engines]
public sealed class ChatStoreMariaDbTests() : ChatStoreSuite(new ChatHost(TestEngine.MariaDb));

[Engines]
public sealed class ChatStoreWithDocumentsTests() : ChatStoreSuite(new ChatHost(mongo: new TestMongo()));
