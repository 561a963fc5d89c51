using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Domain;
using BigTech.Chat.Streaming;
using BigTech.Contracts;
using BigTech.Contracts.Friends;
using BigTech.Contracts.Users;
using BigTech.Tests.Integration.Sql;
using BigTech.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Chat;

/// <summary>Two replicas of Chat on one MariaDB, each with its own cache: each respects what the other has committed.</summary>
[Engines]
public sealed class ReplicaTests : IDisposable
{
    private readonly ChatHost _a = new(TestEngine.MariaDb);
    private readonly ChatHost _b;

    public ReplicaTests() => _b = new ChatHost(_a.Home, isReplica: true);

    public void Dispose()
    {
        _b.Dispose();
        _a.Dispose();
    }

    [Fact]
    public async Task A_message_that_comes_between_the_look_at_a_new_room_and_the_joining_of_its_streams_is_shown()
    {
        using var replica = new ChatHost(_a.Home, isReplica: true);
        var bus = new FollowersOnlyBus();
        using var remote = new ReplicaEventFollower(
            bus, replica.Hub, replica.Store, TimeProvider.System, NullLogger<ReplicaEventFollower>.Instance);
        using var late = new GapRepair(
            replica.Hub, new RoomReplay(replica.Store, replica.Names), TimeProvider.System, NullLogger<GapRepair>.Instance);
        await remote.StartAsync(Ct);
        await late.StartAsync(Ct);
        var listener = new Listener(2);
        replica.Hub.Follow(listener);
        var room = await _a.CreateGroup(1, 2);
        var created = (await _a.SqlStore.Log.Read(Topics.Chat, 0, 1, Ct))[0];
        // After the replica has read the room and before it caches it.
        replica.Cache.BeforeNextAdd = () =>
        {
            _a.Send(room, 1, "hello").GetAwaiter().GetResult();
            bus.Bring(_a.SqlStore.Log.Read(Topics.Message, 0, 1, Ct).AsTask().GetAwaiter().GetResult()[0]);
        };

        bus.Bring(created);

        await Eventually.Holds(() => listener.Changes.Count == 2, "the room and the message");
        replica.Cache.BeforeNextAdd.ShouldBeNull();
        listener.Changes.Select(e => e.Version).ShouldBe([0L, 1L]);
        await late.StopAsync(CancellationToken.None);
        await remote.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Thirty_two_senders_on_two_replicas_leave_one_order_without_gaps()
    {
        const int senders = 32;
        const int perSender = 20;
        long[] rooms = [await _a.CreateGroup(1, Members(senders)), await _b.CreateGroup(1, Members(senders))];

        await Task.WhenAll(Enumerable.Range(1, senders).Select(sender => Task.Run(async () =>
        {
            for (var i = 0; i < perSender; i++)
            {
                var host = (sender + i) % 2 == 0 ? _a : _b;
                (await host.Send(rooms[i / 2 % 2], sender, $"{sender}:{i}", $"{sender}:{i}")).Status.ShouldBe(201);
            }
        })));

        foreach (var room in rooms)
        {
            var messages = await _a.Messages(room);
            messages.Select(message => message.Seq).ShouldBe(Enumerable.Range(1, senders * perSender / 2).Select(seq => (long)seq));
            var stored = await _b.Load(room);
            (stored.LastSeq, stored.Ordinal, stored.Version).ShouldBe((messages.Count, messages.Count, messages.Count));
            foreach (var host in new[] { _a, _b }) (await host.Find(room)).ShouldBeEquivalentTo(stored);
            for (var sender = 1; sender <= senders; sender++)
            {
                messages.Where(message => message.UserId == sender).Select(message => int.Parse(message.Content.Split(':')[1], null))
                    .ShouldBeInOrder(SortDirection.Ascending, $"what {sender} sent one after the other");
            }
        }
        var events = await _a.SqlStore.Log.Read(Topics.Message, 0, 10_000, Ct);
        events.Count.ShouldBe(senders * perSender);
        var positions = await _a.SqlStore.Read(reader => reader.Query<long>("SELECT position FROM outbox ORDER BY position"), Ct);
        positions.ShouldBe(Enumerable.Range(1, positions.Count).Select(position => (long)position));
    }

    [Fact]
    public async Task A_client_id_is_taken_once_whichever_replicas_its_repeats_come_to()
    {
        var room = await _a.CreateGroup(1, Members(16));
        var answers = await Task.WhenAll(Enumerable.Range(0, 160).Select(i => Task.Run(async () =>
        {
            var sender = i % 16 + 1;
            return (Sender: sender, Sent: await (i / 16 % 2 == 0 ? _a : _b).Send(room, sender, "hello", $"id {sender}"));
        })));

        var messages = await _a.Messages(room);
        messages.Select(message => message.Seq).ShouldBe(Enumerable.Range(1, 16).Select(seq => (long)seq));
        foreach (var ofSender in answers.GroupBy(answer => answer.Sender))
        {
            ofSender.Count(answer => answer.Sent.Status == 201).ShouldBe(1);
            ofSender.Select(answer => answer.Sent.Message.Id).Distinct().ShouldHaveSingleItem();
        }
        var reused = await Should.ThrowAsync<AppError>(() => _b.Send(room, 3, "other words", "id 3"));
        reused.Code.ShouldBe("client_message_id_reused");
        (await _b.Send(room, 3, "hello", "id 3 ")).Status.ShouldBe(201, "a blank at the end makes another id");
    }

    [Fact]
    public async Task Who_was_removed_on_one_replica_can_neither_send_nor_read_on_the_other()
    {
        var room = await _a.CreateGroup(1, 2, 3);
        (await _b.Send(room, 2, "hello")).Status.ShouldBe(201);
        (await _b.Find(room)).HasMember(2).ShouldBeTrue();

        await _a.Remove(room, 1, 2);

        (await Should.ThrowAsync<AppError>(() => _b.Send(room, 2, "still here?"))).Code.ShouldBe("not_a_member");
        (await _b.Find(room)).HasMember(2).ShouldBeFalse();
        await _a.Add(room, 1, 2);
        (await _b.Send(room, 2, "back")).Status.ShouldBe(201);
    }

    [Fact]
    public async Task Names_and_roles_given_on_one_replica_hold_on_the_other()
    {
        var room = await _a.CreateGroup(1, 2, 3);
        (await _b.Send(room, 2, "hello")).Status.ShouldBe(201);

        await _a.Rename(room, 1, "new");
        await _a.GiveRole(room, 1, 2, "owner");

        await _b.Remove(room, 2, 3);
        (await Should.ThrowAsync<AppError>(() => _b.GiveRole(room, 1, 2, "member"))).Code.ShouldBe("not_the_owner");
        var found = await _b.Find(room);
        (found.Name, found.Members[1].Role, found.Members[2].Role).ShouldBe(("new", MemberRole.Admin, MemberRole.Owner));
    }

    [Fact]
    public async Task What_another_replica_pinned_is_seen_counted_and_taken_down()
    {
        var room = await _a.CreateGroup(1, 2);
        var message = (await _b.Send(room, 2, "hello")).Message.Id;

        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => (i % 2 == 0 ? _a : _b).Pin(message, 1)));

        (await _b.Pins(room, 2)).Pins.ShouldHaveSingleItem().Message.Id.ShouldBe(message);
        await _b.Unpin(message, 2);
        (await _a.Pins(room, 1)).Pins.ShouldBeEmpty();
        (await _a.Load(room)).Version.ShouldBe(4);
    }

    [Fact]
    public async Task What_was_committed_without_an_answer_to_the_writer_is_sent_to_its_listeners()
    {
        using var way = new TcpProxy(MariaDbServer.Shared.Port);
        using var home = new ServerHome(MariaDbServer.Shared, way.Port);
        using var host = new ChatHost(home, isReplica: true);
        using var late = new GapRepair(
            host.Hub, new RoomReplay(host.Store, host.Names), TimeProvider.System, NullLogger<GapRepair>.Instance);
        await late.StartAsync(Ct);
        var room = await host.CreateGroup(1, 2);
        var listener = new Listener(2);
        await host.Listen(room, listener);
        way.LastWord = "\nCOMMIT";

        var sending = host.Send(room, 1, "hello", "id");
        await Eventually.Holds(
            async () => await host.SqlStore.Read(reader => reader.First<long>("SELECT COUNT(*) FROM messages"), Ct) == 1, "the commit");
        way.EndAfterLastWord();

        (await Should.ThrowAsync<AppError>(sending)).Code.ShouldBe("store_unavailable");
        await Eventually.Holds(() => listener.Changes.Count == 1, "the listener receives it");
        (await host.Send(room, 1, "hello", "id")).Status.ShouldBe(200);
        (await host.Send(room, 1, "again", "id 2")).Status.ShouldBe(201);
        listener.Changes.Select(e => e.Version).ShouldBe([1, 2]);
        await late.StopAsync(Ct);
    }

    [Fact]
    public async Task A_replica_that_has_not_written_for_very_long_relies_on_nothing_that_it_remembers()
    {
        var room = await _a.CreateGroup(1, 2, 3);
        (await _b.Send(room, 2, "hello")).Status.ShouldBe(201);
        await _a.Remove(room, 1, 2);
        await _a.SqlStore.Write(work => work.Execute("UPDATE store_writer SET turn = turn + 20000"));

        // The next change of any room deletes the records of old epochs.
        var other = await _a.CreateGroup(1, 4);
        await _a.Send(other, 1, "meanwhile");

        (await _a.SqlStore.Read(reader => reader.Query<long>("SELECT turn FROM room_turns"), Ct)).ShouldAllBe(epoch => epoch > 10_000);
        (await Should.ThrowAsync<AppError>(() => _b.Send(room, 2, "still here?"))).Code.ShouldBe("not_a_member");
        (await _b.Send(room, 3, "me")).Message.Seq.ShouldBe((await _a.Find(room)).LastSeq);
    }

    [Fact]
    public async Task Reading_editing_and_deleting_on_either_replica_is_one_history()
    {
        var room = await _a.CreateGroup(1, 2);
        var first = (await _a.Send(room, 1, "first")).Message;
        await _b.Edit(first.Id, 1, "first, better");
        await _a.Read(room, 2, first.Id);
        var second = (await _b.Send(room, 2, "second")).Message;
        await _a.Delete(second.Id, 2);

        var room2 = await _b.Find(room);
        room2.Version.ShouldBe(5);
        room2.ShouldBeEquivalentTo(await _a.Find(room));
        (await _a.Since(room, 0)).Events.Select(e => e.Version).ShouldBe((await _b.Since(room, 0)).Events.Select(e => e.Version));
        (await _b.Since(room, 2)).Events.Select(e => e.Version).ShouldBe([3, 4, 5]);
    }

    [Fact]
    public async Task Two_replicas_open_one_room_for_two_people()
    {
        for (long other = 100; other < 110; other++)
        {
            var (left, right) = (1, other);
            var opened = await Task.WhenAll(Task.Run(() => _a.OpenDirect(left, right)), Task.Run(() => _b.OpenDirect(right, left)));
            opened.Select(room => room.Room.Id).Distinct().ShouldHaveSingleItem();
            opened.Count(room => room.IsNew).ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_block_that_one_replica_consumed_closes_the_room_on_the_other_and_its_end_opens_it()
    {
        var room = (await _a.OpenDirect(1, 2)).Room.Id;
        (await _b.Send(room, 2, "hello")).Status.ShouldBe(201);
        var received = DateTimeOffset.UnixEpoch;

        await _a.SqlStore.Write(work => _a.Blocks.On(new UserBlocked(1, 2, received), work));
        (await Should.ThrowAsync<AppError>(() => _b.Send(room, 2, "hello?"))).Code.ShouldBe("blocked");
        (await Should.ThrowAsync<AppError>(() => _a.Send(room, 1, "no"))).Code.ShouldBe("blocked");

        await _a.SqlStore.Write(work => _a.Blocks.On(new UserUnblocked(1, 2, received.AddSeconds(1)), work));
        (await _b.Send(room, 2, "hello again")).Status.ShouldBe(201);
    }

    [Fact]
    public async Task A_block_that_takes_the_turn_of_work_that_was_rolled_back_is_seen_by_who_rolled_back()
    {
        var room = (await _a.OpenDirect(1, 2)).Room.Id;
        (await _b.Send(room, 2, "hello")).Status.ShouldBe(201);
        await Should.ThrowAsync<InvalidOperationException>(() => _b.SqlStore.Write(work =>
        {
            _b.Blocks.Between(work, 1, 2).ShouldBeFalse();
            work.MarkDirty();
            throw new InvalidOperationException("after the write");
        }));

        await _a.SqlStore.Write(work => _a.Blocks.On(new UserBlocked(1, 2, DateTimeOffset.UnixEpoch), work));

        (await Should.ThrowAsync<AppError>(() => _b.Send(room, 2, "hello?"))).Code.ShouldBe("blocked");
    }

    [Fact]
    public async Task A_rule_of_one_replica_holds_at_the_other_for_strangers_and_not_for_friends()
    {
        var (of, at) = ((await _a.OpenDirect(1, 2)).Room.Id, (await _a.OpenDirect(3, 2)).Room.Id);
        (await _b.Send(of, 1, "hello")).Status.ShouldBe(201);
        _b.Friends.Add(3, 2);

        await _a.SqlStore.Write(work => _a.Privacy.On(
            new UserProfileUpdated(2, "two", "Two", null, null, DateTimeOffset.UnixEpoch,
                new UserPrivacy("friends", "everyone", DateTimeOffset.UnixEpoch)), work));

        (await Should.ThrowAsync<AppError>(() => _b.Send(of, 1, "hello?"))).Code.ShouldBe("not_allowed_by_privacy");
        (await _b.Send(at, 3, "a friend")).Status.ShouldBe(201);
        await _a.Send(of, 2, "who is it?");
        (await _b.Send(of, 1, "me")).Status.ShouldBe(201);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_clock_that_is_an_hour_wrong_changes_no_order(int hours)
    {
        var clock = new ManualTime();
        clock.Advance(DateTimeOffset.UtcNow.AddHours(hours) - clock.GetUtcNow());
        using var wrong = new ChatHost(_a.Home, isReplica: true, time: clock);
        var room = await _a.CreateGroup(1, 2);
        for (var i = 1; i <= 10; i++) (await (i % 2 == 0 ? _a : wrong).Send(room, 1, $"{i}", $"{i}")).Status.ShouldBe(201);

        (await wrong.Send(room, 1, "2", "2")).Status.ShouldBe(200);
        var messages = await _b.Messages(room);
        messages.Select(message => message.Content).ShouldBe(Enumerable.Range(1, 10).Select(i => $"{i}"));
        messages.Select(message => message.Id).ShouldBeUnique();
        await wrong.Edit(messages[^1].Id.ToString(), 1, "the last, better");
        await _a.Read(room, 2, messages[^1].Id.ToString());
        foreach (var host in new[] { _a, _b, wrong })
        {
            (await host.Since(room, 0)).Events.Select(e => e.Version).ShouldBe(Enumerable.Range(1, 12).Select(version => (long)version));
            (await host.Find(room)).ShouldBeEquivalentTo(await _b.Load(room));
        }
        (await _a.SqlStore.Log.Read(Topics.Message, 0, 100, Ct)).Count.ShouldBe(12);
    }

    [Fact]
    public async Task Work_that_was_rolled_back_leaves_nothing_in_either_memory()
    {
        var room = await _a.CreateGroup(1, 2);
        await _a.Send(room, 1, "first");
        await Should.ThrowAsync<InvalidOperationException>(() => _a.Store.Change<int>(transaction =>
        {
            transaction.PostSystem(transaction.Enter(room, 1), new Caller(1, "s1", "name1"), "gone");
            throw new InvalidOperationException("after the write");
        }));
        await _b.Send(room, 2, "second");
        await _a.Send(room, 1, "third");

        (await _b.Messages(room)).Select(message => (message.Seq, message.Content)).ShouldBe([(1, "first"), (2, "second"), (3, "third")]);
        foreach (var host in new[] { _a, _b }) (await host.Find(room)).LastSeq.ShouldBe(3);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static long[] Members(int count) => [.. Enumerable.Range(2, count - 1).Select(user => (long)user)];
}
