namespace BigTech.Tests.EndToEnd.Streams;

/// <summary>A client of the stream of all rooms that knows nothing but the stream and the rules for client authors.</summary>
[Scenarios]
public sealed class AllRoomsSyncScenarios(SharedServer server)
{
    [Theory]
    [InlineData(3)]
    [InlineData(20261129)]
    [InlineData(555555555)]
    public async Task To_resume_is_the_same_as_to_stay_connected(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var (ann, bob, cid) = (await server.NewUser(), await server.NewUser(), await server.NewUser());
        await using var live = await bob.StreamOfAllRooms();
        await live.First();
        var history = new RandomHistory(ann, bob, cid, random);
        var (resumed, copy) = (await bob.StreamOfAllRooms(), new RoomCopies(bob.Id, history.Snapshots));
        await resumed.First();
        var id = resumed.LastEventId;

        for (var step = 0; step < 80; step++)
        {
            await history.Step();
            if (random.Next(3) > 0) continue;
            await resumed.Cut();
            copy.ApplyAll(resumed.Events);
            // A stream that was cut before its first event has brought no newer one.
            id = resumed.LastEventId ?? id;
            for (var missed = random.Next(8); missed > 0; missed--) await history.Step();
            resumed = await bob.StreamOfAllRooms(id);
        }

        await using var last = resumed;
        await ShouldBecomeFresh(bob, live, new RoomCopies(bob.Id, history.Snapshots));
        await ShouldBecomeFresh(bob, last, copy);
    }

    [Fact]
    public async Task Rooms_that_are_new_after_a_cut_come_once_before_their_first_change_and_empty_ones_as_well()
    {
        var (ann, bob) = (await server.NewUser(), await server.NewUser());
        var before = await bob.StreamOfAllRooms();
        await before.First();
        await before.Cut();
        var empty = await ann.CreateGroup("empty", bob);
        var used = await ann.CreateGroup("used", bob);
        await ann.Send(used.Id, "hello");

        await using var stream = await bob.StreamOfAllRooms(before.LastEventId);

        await ann.Send(empty.Id, "first");
        await stream.WaitForCreated(2);
        Of(empty).ShouldBe([("room", 0), ("message.created", 1)]);
        Of(used).ShouldBe([("room", 0), ("message.created", 1)]);

        List<(string, long)> Of(Room room) => ChangesOf(stream, room.Id);
    }

    [Fact]
    public async Task A_room_that_a_user_is_brought_into_comes_once_with_the_version_before_what_follows()
    {
        var (ann, bob, cid) = (await server.NewUser(), await server.NewUser(), await server.NewUser());
        await using var live = await bob.StreamOfAllRooms();
        await live.First();
        var room = await ann.CreateGroup("old", cid);
        await ann.Send(room.Id, "before bob");
        (await ann.Api.Post($"/chat-rooms/{room.Id}/members", new { user_ids = new[] { bob.Id } })).ShouldBe(200);
        var message = await ann.Send(room.Id, "hello bob");

        await using var resumed = await bob.StreamOfAllRooms(live.Events[0].Id);

        foreach (var stream in new[] { live, resumed })
        {
            await stream.WaitFor(e => e.IsMessage && e.Message.Id == message.Id, "the message");
            ChangesOf(stream, room.Id).ShouldBe([("room", 1), ("member", 2), ("message.created", 3), ("message.created", 4)]);
        }
    }

    [Fact]
    public async Task From_the_beginning_every_room_comes_before_its_messages()
    {
        var (ann, bob) = (await server.NewUser(), await server.NewUser());
        var (empty, used) = (await ann.CreateGroup("empty", bob), await ann.CreateGroup("used", bob));
        await ann.Send(used.Id, "hello");

        await using var stream = await bob.StreamOfAllRooms("0");

        await ann.Send(empty.Id, "first");
        await stream.WaitForCreated(2);
        foreach (var room in new[] { empty, used }) ChangesOf(stream, room.Id).ShouldBe([("room", 0), ("message.created", 1)]);
    }

    private static List<(string Type, long Version)> ChangesOf(SseClient stream, long room) =>
        [.. stream.Events.Where(e => RoomCopies.IsAboutARoom(e) && RoomCopies.RoomOf(e) == room)
            .Select(e => (e.Type, RoomCopies.VersionOf(e)))];

    private static async Task ShouldBecomeFresh(User user, SseClient stream, RoomCopies copies)
    {
        var rooms = (await user.Api.Get("/chat-rooms?limit=100")).As<RoomList>().Rooms;
        var expected = string.Join(", ", rooms.Select(room => $"room {room.Id} at {room.Version}"));
        await stream.WaitUntil(events => copies.With(events).Reaches(rooms), $"{expected}, from {copies}");
        copies.ApplyAll(stream.Events);
        copies.Ids.ShouldBe(rooms.Select(room => room.Id), ignoreOrder: true);
        foreach (var id in copies.Ids)
        {
            copies.ShouldEqual(new RoomSnapshot(await user.GetRoom(id), await user.WholeHistory(id), await user.Pins(id)));
        }
    }

    /// <summary>Changes of several rooms, each possible at its time; the seed decides which.</summary>
    private sealed class RandomHistory(User owner, User user, User other, Random random)
    {
        private static readonly string[] Emoji = ["👍", "❤️", "😂"];
        private readonly List<long> _rooms = [];

        /// <summary>The rooms after each step.</summary>
        public RoomSnapshots Snapshots { get; } = new();

        public async Task Step()
        {
            var room = _rooms.Count == 0 ? 0 : _rooms[random.Next(_rooms.Count)];
            var kind = random.Next(24);
            if (room == 0 || kind == 0)
            {
                room = (await owner.CreateGroup($"group {_rooms.Count}", random.Next(2) == 0 ? [user, other] : [other])).Id;
                _rooms.Add(room);
            }
            else
            {
                (await Change(room, kind)).ShouldBe(200, 201, 204, 403, 404, 409);
            }
            if (_rooms.Contains(room)) await Snapshots.Take(owner, room);
        }

        private async Task<Answer> Change(long room, int kind)
        {
            var members = $"/chat-rooms/{room}/members";
            var one = Any([owner, user, other]);
            switch (kind)
            {
                case 2: return await owner.Api.Delete($"{members}/{Any([user, other]).Id}");
                case 3: return await user.Api.Delete($"{members}/{user.Id}");
                case 4 or 5 or 6: return await owner.Api.Post(members, new { user_ids = new[] { user.Id, other.Id } });
                case 7: return await owner.Api.Put($"/chat-rooms/{room}", new { name = $"name {random.Next(1000)}" });
                case 8 when random.Next(3) == 0:
                    _rooms.Remove(room);
                    return await owner.Api.Delete($"/chat-rooms/{room}");
                case 9: return await one.TrySend(room, $"mine {random.Next(1000)}");
                case 10: return await owner.Api.Put($"{members}/{Any([user, other]).Id}", new { role = Any(["admin", "member"]) });
                case > 10 when (await owner.History(room, "limit=5")).Messages is { Length: > 0 } messages:
                    return await Change(one, Any(messages), kind);
                default: return await owner.TrySend(room, $"text {random.Next(1000)}");
            }
        }

        private async Task<Answer> Change(User one, Message message, int kind) => kind switch
        {
            < 13 => await one.Api.Patch($"/messages/{message.Id}", new { content = $"edited {random.Next(1000)}" }),
            13 => await one.Api.Delete($"/messages/{message.Id}"),
            < 17 => await one.React(message, Any(Emoji)),
            17 => await one.TakeBack(message, Any(Emoji)),
            < 20 => await one.Api.Post("/messages/read", new { room_id = message.RoomId, up_to_message_id = message.Id }),
            < 22 => await one.Pin(message),
            22 => await one.Unpin(message),
            _ => await one.TrySend(message.RoomId, $"text {random.Next(1000)}"),
        };

        private T Any<T>(T[] some) => some[random.Next(some.Length)];
    }
}
