using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Streaming;
using BigTech.Tests.Integration.Redis;

namespace BigTech.Tests.Integration.Chat;

/// <summary>The stream of all rooms of a user, while the rooms change.</summary>
public sealed class UserStreamTests : IDisposable
{
    private const long Owner = 1;
    private const long Member = 2;

    private readonly ChatHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_room_that_removes_a_user_while_their_stream_opens_sends_it_nothing_more()
    {
        var first = await _host.CreateGroup(Owner, Member);
        var lost = await _host.CreateGroup(Owner, Member);
        var last = await _host.CreateGroup(Owner, Member);
        // The stream has found all three rooms and joins them one after the other; the hub detects a gap after the first join.
        _host.Hub.Join(first, new Listener(Owner));
        _host.Hub.ReportVersion(first, long.MaxValue);
        _host.Hub.GapDetected += _ => PutOut(lost);

        using var stream = Open();
        (await stream.Next()).Name.ShouldBe("ready");
        (await _host.Find(lost)).HasMember(Member).ShouldBeFalse();
        await _host.Send(lost, Owner, "a secret");
        await _host.Send(last, Owner, "hello");

        (await stream.Next()).Data.ShouldContain("hello");
    }

    [Fact]
    public async Task Ids_can_be_read_however_many_rooms_come_and_go()
    {
        var rooms = new List<long>();
        for (var i = 0; i <= UserEventId.MaxRooms; i++) rooms.Add(await _host.CreateGroup(Owner, Member));
        using var stream = Open();
        await ShouldBeReadable();

        // The user leaves a room that the id contains and joins others: the id keeps its limit and is marked as incomplete.
        foreach (var left in new[] { rooms[1], rooms[300] })
        {
            PutOut(left);
            await ShouldBeReadable();
            for (var i = 0; i < 3; i++)
            {
                await _host.CreateGroup(Owner, Member);
                await ShouldBeReadable();
            }
        }

        async Task ShouldBeReadable()
        {
            var id = UserEventId.Parse((await stream.NextId()).ShouldNotBeNull()).ShouldNotBeNull();
            (id.IsComplete, id.Versions.Count <= UserEventId.MaxRooms).ShouldBe((false, true));
        }
    }

    [Fact]
    public async Task Rooms_that_a_user_joined_while_disconnected_are_sent_once()
    {
        string? id;
        using (var before = Open()) id = await before.NextId();
        var (empty, used, joined) = (await _host.CreateGroup("empty", Owner, Member), await _host.CreateGroup("used", Owner, Member),
            await _host.CreateGroup("joined", Owner, 3));
        await _host.Send(used, Owner, "hello");
        await _host.Add(joined, Owner, Member);

        using var stream = Open(id);

        (await stream.Next()).Name.ShouldBe("ready");
        foreach (var (room, name, events) in new[] { (empty, "empty", []), (used, "used", ["message.created"]),
            (joined, "joined", new[] { "member", "message.created" }) })
        {
            var shown = await stream.Next();
            (shown.Name, shown.Data.Contains($"\"room_id\":{room},") && shown.Data.Contains(name)).ShouldBe(("room", true));
            foreach (var e in events) (await stream.Next()).Name.ShouldBe(e);
        }
        await _host.Send(empty, Owner, "live");
        (await stream.Next()).Data.ShouldContain("live");
    }

    [Fact]
    public async Task A_room_that_a_user_joins_while_their_stream_opens_is_sent_from_its_beginning()
    {
        var first = await _host.CreateGroup(Owner, Member);
        string? id;
        using (var before = Open()) id = await before.NextId();
        _host.Hub.Join(first, new Listener(Owner));
        _host.Hub.ReportVersion(first, long.MaxValue);
        _host.Hub.GapDetected += _ => ComeInto();

        using var stream = Open(id);

        (await stream.Next()).Name.ShouldBe("ready");
        (await stream.Next()).Name.ShouldBe("room");
        (await stream.Next()).Data.ShouldContain("early");

        void ComeInto() =>
            Task.Run(async () => await _host.Send(await _host.CreateGroup(Owner, Member), Owner, "early")).GetAwaiter().GetResult();
    }

    [Fact]
    public async Task A_group_that_is_deleted_while_a_stream_resumes_ends_in_it_and_the_other_rooms_go_on()
    {
        var (other, deleted, last) = (
            await _host.CreateGroup(Owner, Member), await _host.CreateGroup(Owner, Member), await _host.CreateGroup(Owner, Member));
        string? id;
        using (var before = Open()) id = await before.NextId();
        await _host.Send(deleted, Owner, "a secret");
        await _host.Send(last, Owner, "missed");
        // The hub detects a gap after the stream has joined and read the last room, but before it replays the others.
        _host.Hub.Join(last, new Listener(Owner));
        _host.Hub.ReportVersion(last, long.MaxValue);
        _host.Hub.GapDetected += _ => Delete(deleted);

        using var stream = Open(id);

        (await stream.Next()).Name.ShouldBe("ready");
        (await stream.Next()).Data.ShouldContain("missed");
        var arrived = await stream.Next();
        (arrived.Name, arrived.Data.Contains("room_deleted")).ShouldBe(("reset", true));
        await _host.Send(other, Owner, "live");
        (await stream.Next()).Data.ShouldContain("live");
    }

    [Fact]
    public async Task A_lost_room_is_in_the_ids_until_its_loss_is_sent()
    {
        var (deleted, left) = (await _host.CreateGroup(Owner, Member), await _host.CreateGroup(Owner, Member));
        string? id;
        using (var before = Open()) id = await before.NextId();
        Delete(deleted);
        PutOut(left);

        // Each connection is cut as soon as it has a new id.
        var received = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            using (var opening = Open(id)) Versions(await opening.NextId()).ShouldBe(Versions(id));
            using var stream = Open(id);
            (await stream.Next()).Name.ShouldBe("ready");
            if (i == 2) break;
            received.Add((await stream.Next()).Data);
            id = await NextIdOf(id, skip: 1);
        }

        received.ShouldContain(e => e.Contains("room_deleted"));
        received.ShouldContain(e => e.Contains("\"left\""));
        Versions(id).ShouldBeEmpty();

        static long[] Versions(string? id) => [.. UserEventId.Parse(id!).ShouldNotBeNull().Versions.Keys.Order()];

        async Task<string?> NextIdOf(string? from, int skip)
        {
            using var stream = Open(from);
            for (var i = 0; i < skip; i++) await stream.NextId();
            return await stream.NextId();
        }
    }

    [Fact]
    public async Task A_stream_that_opens_causes_no_replay_to_the_others_of_a_room_that_it_learns_of_meanwhile()
    {
        var first = await _host.CreateGroup(Owner, Member);
        var room = await _host.CreateGroup(Owner, Member);
        await _host.Send(room, Owner, "old");
        var shown = await _host.Find(room);
        var other = new Listener(Owner);
        await _host.Listen(room, other);
        // The stream has found both rooms and joined the first one when the replica checks which rooms its users have joined.
        _host.Hub.Join(first, new Listener(Owner));
        _host.Hub.ReportVersion(first, long.MaxValue);
        var behind = new List<long>();
        _host.Hub.GapDetected += id =>
        {
            behind.Add(id);
            if (id == first) _host.Hub.AddMembers([Member], shown, since: 0);
        };

        using var stream = Open();
        (await stream.Next()).Name.ShouldBe("ready");
        await _host.Send(room, Owner, "new");

        (await stream.Next()).Data.ShouldContain("new");
        behind.ShouldBe([first], "the room is not read again");
        other.Changes.Select(e => e.Version).ShouldBe([2L]);
    }

    [Fact]
    public async Task Who_has_read_of_a_change_before_it_is_in_memory_may_go_on_from_it()
    {
        var room = await _host.CreateGroup(Owner, Member);
        await _host.SendAndMeanwhile(room, Owner, "missed", async () =>
        {
            string? id;
            using (var first = Open("0"))
            {
                (await first.Next()).Name.ShouldBe("ready");
                (await first.Next()).Name.ShouldBe("room");
                id = await first.NextId();
            }
            UserEventId.Parse(id!).ShouldNotBeNull().Versions[room].ShouldBe(1);

            using var second = Open(id);
            (await second.Next()).Name.ShouldBe("ready");
        });
    }

    [Fact]
    public async Task A_stream_that_has_read_further_than_the_hub_has_published_shows_no_typing_from_before()
    {
        var room = await _host.CreateGroup(Owner, Member);
        InProcessStream? stream = null;
        await _host.SendAndMeanwhile(room, Owner, "missed", async () =>
        {
            await _host.Listen(room, new Listener(Owner), version: 0);
            _host.ShowTyping(room, Owner, version: 0);
            stream = Open("0");
            (await stream.Next()).Name.ShouldBe("ready");
            (await stream.Next()).Name.ShouldBe("room");
            (await stream.Next()).Data.ShouldContain("missed");
            _host.ShowTyping(room, Owner, version: 0);
        });
        using (stream)
        {
            await _host.Send(room, Owner, "live");

            (await stream!.Next()).Data.ShouldContain("live");
        }
    }

    private void Delete(long room) => Task.Run(() => _host.DeleteRoom(room, Owner)).GetAwaiter().GetResult();

    private void PutOut(long room) => _host.Remove(room, Owner, Member).GetAwaiter().GetResult();

    private InProcessStream Open(string? lastEventId = null) => new((http, registry) => new UserStream(
        http, new Caller(Member, $"s{Member}", $"user{Member}"),
        new StreamServices(_host.Store, _host.Hub, new RoomReplay(_host.Store, _host.Names), registry)).Run(), lastEventId: lastEventId);
}
