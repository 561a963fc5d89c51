using BigTech.BuildingBlocks.Events;
using BigTech.Contracts;
using BigTech.Contracts.Chat;
using BigTech.Contracts.Friends;
using BigTech.Contracts.Json;
using BigTech.Contracts.Notifications;
using BigTech.Notifications;
using BigTech.Notifications.Consumers;
using BigTech.Notifications.Domain;
using BigTech.Tests.Integration.Sql;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using static BigTech.Tests.Integration.Notifications.NotificationsStore;

namespace BigTech.Tests.Integration.Notifications;

/// <summary>Messages and rooms from their events: redelivered, in any order of the two topics, and in bursts.</summary>
public abstract class MessageNotifierSuite(TestEngine engine, bool withDocuments = false) : IDisposable
{
    private const long Room = 5;
    private const long Other = 6;
    private const long Ann = 1;
    private const long Bob = 2;
    private const long Cid = 3;
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly NotificationsStore _store = new(engine, withDocuments);

    [Fact]
    public async Task A_notification_has_the_trace_of_the_event_that_caused_it()
    {
        await Rooms(Created(Room, Ann, Bob) with { TraceParent = Trace(1) });
        await Messages(Sent(1, Ann, "hello @name2") with { TraceParent = Trace(2) }, Sent(2, Ann) with { TraceParent = Trace(3) });

        var sent = (await _store.SqlStore.Log.Read(Topics.Notification, 0, 100, Ct))
            .ConvertAll(e => (EventJson.Deserialize<NotificationSent>(e.Data).Kind, e.TraceParent));

        sent.ShouldBe([("group_invite", Trace(1)), ("message", Trace(3)), ("mention", Trace(2))]);

        static string Trace(int number) => $"00-{number:x32}-{number:x16}-01";
    }

    [Fact]
    public async Task A_burst_is_one_notification_and_one_write_for_each_member()
    {
        await Rooms(Created(Room, Ann, Bob, Cid));
        var versions = await Version(Cid);

        await Messages([.. Enumerable.Range(1, 100).Select(n => Sent(n, Ann)), Sent(101, Bob), Sent(102, Ann)]);

        var received = Single(await Of(Cid));
        (received.Count, received.Preview, received.Place).ShouldBe((102, "text 102", new MessagePlace(Room, "m102", 1, 102)));
        (await Version(Cid)).ShouldBe(versions + 1);
        Single(await Of(Bob)).Count.ShouldBe(1, "writing is reading");
        (await Of(Ann)).ShouldBeEmpty("what one wrote oneself, the last of all");
        await Messages(Sent(103, Ann), Sent(104, Ann));
        Single(await Of(Cid)).Count.ShouldBe(104);
        (await Version(Cid)).ShouldBe(versions + 2);
    }

    [Fact]
    public async Task Events_that_come_again_count_no_second_time()
    {
        await Rooms(Created(Room, Ann, Bob));
        EventEnvelope[] events = [Sent(1, Ann), Sent(2, Ann, "hello @name2"), Sent(3, Ann)];

        await Messages(events);
        await Messages(events);
        await Messages(events[1..]);
        await Rooms(Created(Room, Ann, Bob));

        var all = await Of(Bob);
        all.Select(n => n.Kind).ShouldBe([NotificationKind.Message, NotificationKind.Mention], ignoreOrder: true);
        all.Single(n => n.Kind == NotificationKind.Message).Count.ShouldBe(2, "the mention is one of its own");
        (await _store.Sent()).Count.ShouldBe(3, "the invitation, the messages, the mention");
    }

    [Fact]
    public async Task Messages_wait_for_the_room_that_they_are_of_and_no_other_room_waits_with_them()
    {
        await Rooms(Created(Other, Ann, Bob));
        await Messages(Sent(1, Ann), Sent(2, Ann), Sent(1, Ann, room: Other));

        Single(await Of(Bob)).Place!.RoomId.ShouldBe(Other);
        await Messages(Sent(3, Ann), Sent(2, Ann, room: Other));
        (await Of(Bob)).Single(n => n.Place!.RoomId == Other && n.Kind == NotificationKind.Message).Count.ShouldBe(2);

        await Rooms(Created(Room, Ann, Bob));

        (await Of(Bob)).Single(n => n.Place!.RoomId == Room && n.Kind == NotificationKind.Message).Count.ShouldBe(3);
        await Messages(Sent(4, Ann));
        (await Of(Bob)).Single(n => n.Place!.RoomId == Room && n.Kind == NotificationKind.Message).Count.ShouldBe(4);
    }

    [Fact]
    public async Task Messages_wait_for_a_member_who_came_before_them()
    {
        await Rooms(Created(Room, Ann, Bob));
        // Version 2 adds Cid, version 3 is the system message; the first message is not for Cid, the one after the system message is.
        await Messages(Sent(1, Ann), System(3, 2), Sent(4, Ann, seq: 3));

        Single(await Of(Bob)).Count.ShouldBe(1);
        (await Of(Cid)).ShouldBeEmpty();

        await Rooms(Joined(2, Cid));

        Single(await Of(Bob)).Count.ShouldBe(2);
        Single(await Of(Cid)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_message_that_comes_late_is_not_for_those_who_came_after_it_nor_for_those_who_have_left()
    {
        await Rooms(Created(Room, Ann, Bob), Joined(2, Cid), Left(4, Bob));

        await Messages(Sent(1, Ann), System(3, 2), System(5, 3), Sent(6, Ann, seq: 4));

        Single(await Of(Cid)).Count.ShouldBe(1);
        (await Of(Bob)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_deleted_group_notifies_its_members_without_naming_its_owner_and_its_messages_go()
    {
        await Rooms(Created(Room, Ann, Bob, Cid));
        await Messages(Sent(1, Ann));

        await Rooms([.. new[] { Ann, Bob, Cid }.Select(user => Envelope(new MemberLeft(Room, 2, user, Ann, T0, MemberLeft.RoomDeleted)))]);

        (await Of(Ann)).ShouldBeEmpty();
        foreach (var member in new[] { Bob, Cid })
        {
            var received = Single((await Of(member)).FindAll(notification => notification.Kind == NotificationKind.System));
            (received.Actor, received.Title.EndsWith("was deleted", StringComparison.Ordinal)).ShouldBe((null, true));
            (await Of(member)).ShouldNotContain(notification => notification.Kind == NotificationKind.Message);
        }
    }

    [Fact]
    public async Task Whatever_the_order_of_the_two_topics_the_end_is_the_same()
    {
        EventEnvelope[] rooms = [Created(Room, Ann, Bob), Joined(3, Cid), Left(6, Bob), Joined(9, Bob)];
        EventEnvelope[] messages =
            [Sent(1, Ann), Sent(2, Bob), System(4, 3), Sent(5, Ann, seq: 4), System(7, 5), Sent(8, Cid, seq: 6), System(10, 7),
                Sent(11, Ann, seq: 8)];
        var random = new Random(20261121);
        var ends = new HashSet<string>();

        for (var round = 0; round < 40; round++)
        {
            using var store = new NotificationsStore(engine, withDocuments);
            var (r, m) = (0, 0);
            while (r < rooms.Length || m < messages.Length)
            {
                var takesRooms = m == messages.Length || (r < rooms.Length && random.Next(3) == 0);
                var size = random.Next(1, 4);
                if (takesRooms) await store.Handle(store.Rooms.Prepare, rooms[r..(r = Math.Min(rooms.Length, r + size))]);
                else await store.Handle(store.Messages.Prepare, messages[m..(m = Math.Min(messages.Length, m + size))]);
            }
            var end = new List<string>();
            foreach (var user in new[] { Ann, Bob, Cid })
            {
                // Bob left and rejoined: the order decides how many earlier messages notified Bob, but not what remains.
                end.AddRange((await store.Of(user)).Where(n => n.Kind == NotificationKind.Message && n.IsUnread)
                    .Select(n => $"{user} {n.Count} {n.Place} {n.Preview}").Order());
            }
            ends.Add(string.Join('\n', end));
        }

        ends.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_never_is_explained_goes_on_after_a_while()
    {
        await Rooms(Created(Room, Ann, Bob));
        await Messages(Sent(1, Ann), Sent(3, Ann, seq: 2));
        await Messages(Sent(1, Ann, room: Other));
        Single(await Of(Bob)).Count.ShouldBe(1);
        using var late = new DeferredEventTimeout(
            _store.SqlStore, _store.Notifier, _store.Viewers, Options.Create(new NotificationsOptions { HoldSeconds = 10 }),
            _store.Time,
            NullLogger<DeferredEventTimeout>.Instance);
        await late.StartAsync(Ct);
        await Eventually.Holds(() => _store.Time.Timers > 0, "the service waiting for its time");

        _store.Time.Advance(TimeSpan.FromSeconds(15));

        await Eventually.Holds(async () => Single(await Of(Bob)).Count == 2, "the message goes on");
        await Eventually.Holds(async () => await Held() == 0, "nothing waits, not even of an unknown room");
        await late.StopAsync(Ct);
        await Messages(Sent(4, Ann, seq: 3), Sent(2, Ann, room: Other));
        Single(await Of(Bob)).Count.ShouldBe(3);
        (await Held()).ShouldBe(0, "what follows does not wait again");
        await Rooms(Created(Other, Ann, Bob));
        await Messages(Sent(3, Ann, room: Other));
        (await Of(Bob)).Single(n => n.Place!.RoomId == Other).Count.ShouldBe(1, "once the room is known, its members are notified");
    }

    [Fact]
    public async Task A_kind_of_event_that_is_not_known_takes_its_place_in_both_topics()
    {
        await Rooms(Created(Room, Ann, Bob));
        await Messages(Sent(1, Ann), Unknown(MessageSent.Topic, 2), Sent(4, Ann, seq: 2));
        Single(await Of(Bob)).Count.ShouldBe(1);

        await Rooms(Unknown(ChatRoomCreated.Topic, 3));

        Single(await Of(Bob)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Messages_of_a_group_go_by_its_newest_name_however_often_and_late_older_ones_come()
    {
        await Rooms(Created(Room, Ann, Bob), Named(1, "dinner"));
        await Messages(Sent(2, Ann));
        Single(await Of(Bob)).Title.ShouldBe("dinner");

        await Rooms(Named(4, "supper"), Named(1, "dinner"), Created(Room, Ann, Bob));
        await Messages(Sent(3, Ann, seq: 2), Sent(5, Ann, seq: 3));

        Single(await Of(Bob)).Title.ShouldBe("supper");
    }

    [Fact]
    public async Task A_new_role_notifies_its_member_and_giving_away_the_own_one_does_not()
    {
        await Rooms(Created(Room, Ann, Bob), Given(1, Bob, "owner"), Given(2, Ann, "admin"));

        var received = Single(await Of(Bob));
        (received.Kind, received.Title).ShouldBe((NotificationKind.System, "Your role in club is now owner"));
        (await Of(Ann)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_room_that_a_user_is_viewing_does_not_notify_them()
    {
        await Rooms(Created(Room, Ann, Bob, Cid));
        _store.Viewers.Rooms[Room] = new HashSet<long> { Bob };

        await Messages(Sent(1, Ann, "hello @name2 and @name3"));

        (await Of(Bob)).ShouldBeEmpty();
        Single(await Of(Cid)).Kind.ShouldBe(NotificationKind.Mention);
    }

    [Fact]
    public async Task Nothing_in_a_group_notifies_across_a_block_in_either_direction()
    {
        await Rooms(Created(Room, Ann, Bob, Cid));
        await _store.Handle(_store.Friends.Prepare, Envelope(new UserBlocked(Bob, Ann, T0)));

        await Messages(Sent(1, Ann, "hello @name2"), Sent(2, Cid), Sent(3, Bob, "hello @name1"));

        Single(await Of(Cid)).Count.ShouldBe(1);
        (await Of(Ann)).Where(n => n.Kind != NotificationKind.GroupInvite).ShouldHaveSingleItem().Count.ShouldBe(1, "only what Cid wrote");
        (await Of(Bob)).ShouldBeEmpty("Bob has written after it, and the mention does not notify");
        await Messages(Sent(4, Ann), Sent(5, Cid));
        Single(await Of(Bob)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Edits_and_deletions_reach_earlier_notifications()
    {
        await Rooms(Created(Room, Ann, Bob));
        await Messages(Sent(1, Ann, "@name2 one"), Sent(2, Ann));

        await Messages(Edited(3, 2, Ann, "changed"), Edited(4, 1, Ann, "@name2 changed too"));

        (await Of(Bob)).Select(n => n.Preview).ShouldBe(["changed", "@name2 changed too"], ignoreOrder: true);
        await Messages(Deleted(5, 1, Ann));
        var left = Single(await Of(Bob));
        (left.Count, left.Preview).ShouldBe((1, "changed"));
        await Messages(Deleted(6, 2, Ann));
        (await Of(Bob)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_deleted_message_is_gone_from_what_was_read_too()
    {
        await Rooms(Created(Room, Ann, Bob));
        await Messages(Sent(1, Ann));
        await Messages(Read(2, Bob, 1));
        Single(await Of(Bob)).IsUnread.ShouldBeFalse();

        await Messages(Deleted(3, 1, Ann));

        Single(await Of(Bob)).Preview.ShouldBeNull();
    }

    [Fact]
    public async Task Reading_the_room_reads_its_messages_and_mentions()
    {
        await Rooms(Created(Room, Ann, Bob));
        await Messages(Sent(1, Ann, "@name2"), Sent(2, Ann), Sent(3, Ann, "@name2 again"));

        await Messages(Read(4, Bob, 2));

        var all = await Of(Bob);
        all.Single(n => n.Kind == NotificationKind.Message).IsUnread.ShouldBeFalse("the second message is all that it stands for");
        all.Where(n => n.Kind == NotificationKind.Mention).OrderBy(n => n.Place!.LastSeq).Select(n => n.IsUnread).ShouldBe([false, true]);
        await Messages(Read(5, Bob, 3));
        (await Of(Bob)).ShouldAllBe(n => !n.IsUnread);
        await Messages(Sent(6, Ann, seq: 4));
        (await Of(Bob)).Count(n => n.Kind == NotificationKind.Message).ShouldBe(2, "what comes after notifies anew");
    }

    [Fact]
    public async Task Who_leaves_keeps_no_line_of_the_room()
    {
        await Rooms(Created(Room, Ann, Bob));
        await Messages(Sent(1, Ann, "@name2"), Sent(2, Ann));

        await Rooms(Left(3, Bob, by: Ann));

        (await Of(Bob)).ShouldHaveSingleItem().Title.ShouldBe("You were removed from club");
    }

    [Fact]
    public async Task A_step_that_fails_after_its_effects_is_repeated_without_a_trace_of_the_first()
    {
        await Rooms(Created(Room, Ann, Bob));
        var handle = await _store.Messages.Prepare([Sent(1, Ann), Sent(2, Ann)], Ct);
        await Should.ThrowAsync<IOException>(() => _store.SqlStore.Write(work =>
        {
            handle(work);
            throw new IOException("the power went");
        }));
        (await Of(Bob)).ShouldBeEmpty();

        await _store.SqlStore.Write(handle);

        Single(await Of(Bob)).Count.ShouldBe(2);
    }

    public void Dispose()
    {
        _store.Dispose();
        GC.SuppressFinalize(this);
    }

    private Task Rooms(params EventEnvelope[] events) => _store.Handle(_store.Rooms.Prepare, events);

    private Task Messages(params EventEnvelope[] events) => _store.Handle(_store.Messages.Prepare, events);

    /// <summary>All notifications of a user except that of the addition to the group.</summary>
    private async Task<List<Notification>> Of(long user) => [.. (await _store.Of(user)).Where(n => n.Kind != NotificationKind.GroupInvite)];

    private static Notification Single(List<Notification> all) => all.ShouldHaveSingleItem();

    private ValueTask<long> Version(long user) => _store.Version(user);

    private ValueTask<long> Held() => _store.SqlStore.Read(reader => reader.First<long>("SELECT COUNT(*) FROM held_events"), Ct);

    private static EventEnvelope Created(long room, params long[] members) =>
        Envelope(new ChatRoomCreated(room, "group", "club", members[0], members, T0));

    private static EventEnvelope Joined(long version, long user) => Envelope(new MemberJoined(Room, version, user, Ann, "member", T0));

    private static EventEnvelope Named(long version, string name) => Envelope(new ChatRoomUpdated(Room, version, name, Ann, T0));

    private static EventEnvelope Given(long version, long user, string role) =>
        Envelope(new MemberRoleChanged(Room, version, user, Ann, role, T0));

    private static EventEnvelope Left(long version, long user, long? by = null) =>
        Envelope(new MemberLeft(Room, version, user, by ?? user, T0));

    private static EventEnvelope Sent(long version, long sender, string? content = null, long? seq = null, long room = Room) =>
        Envelope(new MessageSent(room, version, View(room, seq ?? version, version, sender, content ?? $"text {seq ?? version}")));

    private static EventEnvelope System(long version, long seq) =>
        Envelope(new MessageSent(Room, version, View(Room, seq, version, Ann, "Ann added a member") with { MessageType = "system" }));

    private static EventEnvelope Edited(long version, long seq, long sender, string content) =>
        Envelope(new MessageEdited(Room, version, View(Room, seq, version, sender, content)));

    private static EventEnvelope Deleted(long version, long seq, long sender) =>
        Envelope(new MessageDeleted(Room, version, View(Room, seq, version, sender, "") with { IsDeleted = true }));

    private static EventEnvelope Read(long version, long user, long seq) => Envelope(new MessagesRead(Room, version, user, seq, $"m{seq}"));

    private static EventEnvelope Unknown(string topic, long version) => new(
        0, topic, "5", Guid.NewGuid().ToString(), "bigtech.chat.FromTheFuture.v9", T0, null,
        global::System.Text.Encoding.UTF8.GetBytes($"{{\"what\":\"?\",\"room_id\":{Room},\"version\":{version}}}"));

    private static MessageView View(long room, long seq, long version, long sender, string content) => new(
        room == Room ? $"m{seq}" : $"o{seq}", room, seq, version, sender, $"name{sender}", content, "text", null, null, [], false, null,
        false, null,
        T0.AddSeconds(version), T0.AddSeconds(version), 0, 1, null);
}

public sealed class MessageNotifierTests() : MessageNotifierSuite(TestEngine.Sqlite);

[Engines]
public sealed class MessageNotifierMariaDbTests() : MessageNotifierSuite(TestEngine.MariaDb);

[Engines]
public sealed class MessageNotifierMongoTests() : MessageNotifierSuite(TestEngine.Sqlite, withDocuments: true);
