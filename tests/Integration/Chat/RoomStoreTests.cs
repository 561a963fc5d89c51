using System.Text;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage.Sql;
using BigTech.Contracts.Chat;
using BigTech.Contracts.Friends;
using BigTech.Tests.Integration.Documents;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Chat;

/// <summary>Rooms, their names, pins and blocks, and what their deletion erases.</summary>
public abstract class RoomStoreSuite : ChatStoreSuite
{
    private protected RoomStoreSuite(ChatHost host) : base(host)
    {
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
            await _host.SqlStore.Write(work =>
            {
                foreach (var user in some) _host.Blocks.On(new UserBlocked(3, user, DateTimeOffset.UnixEpoch), work);
            });
        }
        // After all other blocks.
        await On(new UserBlocked(4, 1, DateTimeOffset.UnixEpoch));
        await On(new UserBlocked(3, 1, DateTimeOffset.UnixEpoch));
        await _host.SqlStore.Write(work => _host.Blocks.On(new UserUnblocked(3, 1, DateTimeOffset.UnixEpoch.AddSeconds(1)), work));

        _host.Restart();

        (await Should.ThrowAsync<AppError>(() => _host.Send(room, 1, "hello?"))).Code.ShouldBe("blocked");
        (await _host.OpenDirect(1, 3)).IsNew.ShouldBeTrue();

        Task On(UserBlocked e) => _host.SqlStore.Write(work => _host.Blocks.On(e, work));
    }

    [Fact]
    public async Task Two_who_open_their_room_at_once_get_the_same_one()
    {
        List<Task<(Room Room, bool IsNew)>> asked;
        using (var gate = await WriterGate.Close(_host.SqlStore))
        {
            asked = [.. Enumerable.Range(0, 10).Select(i => _host.OpenDirect(i % 2 + 1, 2 - i % 2))];
            await Eventually.Holds(() => _host.SqlStore.WaitingWrites == 10, "all of them waiting");
            await gate.Open();
        }
        var answers = await Task.WhenAll(asked);
        answers.Select(answer => answer.Room.Id).Distinct().Count().ShouldBe(1);
        answers.Count(answer => answer.IsNew).ShouldBe(1);
        (await _host.OpenDirect(2, 1)).IsNew.ShouldBeFalse();
        (await _host.OpenDirect(1, 3)).Room.Id.ShouldNotBe(answers[0].Room.Id);
    }

    [Fact]
    public async Task System_messages_name_their_author_also_if_no_event_named_them_before()
    {
        var room = await _host.CreateGroup(1, 2, 3);
        await ShouldNameTheAuthor(room, () => _host.Rename(room, 1, "new"));
        await ShouldNameTheAuthor(room, () => _host.GiveRole(room, 1, 2, "owner"));
        await ShouldNameTheAuthor(room, () => _host.Add(room, 1, 4));
        await ShouldNameTheAuthor(room, () => _host.Remove(room, 1, 3));

        // Each time after a restart.
        async Task ShouldNameTheAuthor(long room, Func<Task> change)
        {
            _host.Restart();
            var listener = new Listener(2);
            await _host.Listen(room, listener);
            await change();
            var received = string.Concat(listener.Changes.Select(e => Encoding.UTF8.GetString(e.Frame)));
            received.ShouldContain("\"username\":\"name1\"");
            received.ShouldNotContain("user1");
        }
    }

    [Fact]
    public async Task Pins_outlast_a_restart_are_sent_as_changes_of_their_room_and_go_with_their_message()
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
        (await _host.SqlStore.Read(reader => PinRows.FindByRoom(reader, room), Ct)).ShouldBeEmpty();
        (await _host.Since(room, 6)).Events.Select(e => (e.Version, e.Kind))
            .ShouldBe([(7, ReplayKind.RoomChanged), (8, ReplayKind.MessageChanged)]);
        var received = await _host.SqlStore.Log.Read(ChatRoomUpdated.Topic, 0, 100, Ct);
        received.Select(e => e.Is<ChatRoomUpdated>(out var updated) ? (updated.Version, updated.Name, updated.UpdatedBy) : default)
            .Where(e => e.Version > 0).ShouldBe([(3, "group", 2), (5, "group", 2), (7, "group", 1)]);
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
        var received = await _host.SqlStore.Log.Read(MemberLeft.Topic, 0, 100, Ct);
        received.Select(e => e.Is<MemberLeft>(out var left) ? (left.Version, left.UserId, left.RemovedBy, left.Reason) : default)
            .Where(e => e.Version > 0)
            .ShouldBe([(version, 1, 1, "room_deleted"), (version, 2, 1, "room_deleted"), (version, 3, 1, "room_deleted")]);
        (await Should.ThrowAsync<AppError>(_host.Send(room, 1, "late"))).Code.ShouldBe("room_not_found");

        _host.Restart();
        await _host.Erase();

        (await _host.Store.Messages.Read(messages => messages.After(before, 0, int.MaxValue), Ct)).ShouldBeEmpty();
        (await _host.Store.Messages.Read(messages => messages.Find(pinned.Id), Ct)).ShouldBeNull();
        (await _host.SqlStore.Read(reader => reader.First<long>("SELECT COUNT(*) FROM changed_messages WHERE room_id = @room",
            new { room }), Ct)).ShouldBe(0);
        (await _host.SqlStore.Read(reader => PinRows.FindByRoom(reader, room), Ct)).ShouldBeEmpty();
        (await _host.SqlStore.Read(reader => reader.First<long>("SELECT COUNT(*) FROM invite_links WHERE room_id = @room", new { room }),
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
        var received = await _host.SqlStore.Log.Read(MemberLeft.Topic, 0, 100, Ct);
        received.Where(e => e.Is<MemberLeft>(out var left) && left.UserId == 2 && left.Version == deleted.Version).ShouldHaveSingleItem();
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
}

public sealed class RoomStoreTests() : RoomStoreSuite(new ChatHost());

[Engines]
public sealed class RoomStoreMariaDbTests() : RoomStoreSuite(new ChatHost(TestEngine.MariaDb));

[Engines]
public sealed class RoomStoreWithDocumentsTests() : RoomStoreSuite(new ChatHost(mongo: new TestMongo()));
