namespace BigTech.Tests.EndToEnd.Streams;

/// <summary>The sync property: an old snapshot plus the events since then equals a fresh snapshot.</summary>
[Scenarios]
public sealed class RoomSyncScenarios(SharedServer server)
{
    private static readonly string[] Emoji = ["👍", "❤️", "😂"];

    [Theory]
    [InlineData(1)]
    [InlineData(20261121)]
    [InlineData(987654321)]
    public async Task Whether_a_client_stays_connected_or_resumes_its_old_history_and_the_events_equal_a_fresh_one(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var people = await server.NewUsers(4);
        var room = (await people[0].CreateGroup("sync", people[1..])).Id;
        await Act(people, room, random, steps: 15);
        var old = await RoomCopy.Of(people[0], room);
        await using var live = await people[0].Stream(room, old.LastEventId);
        var away = await people[1].Stream(room, old.LastEventId);
        var awayCopy = await RoomCopy.Of(people[1], room);

        await Act(people, room, random, steps: 30);
        await away.Cut();
        foreach (var e in away.Events)
            awayCopy.Apply(e);
        await Act(people, room, random, steps: 30);
        await using var back = await people[1].Stream(room, away.LastEventId ?? old.LastEventId);
        var target = (await people[0].GetRoom(room)).Version;

        await ShouldBecomeFresh(old, live, people[2], room, target);
        await ShouldBecomeFresh(awayCopy, back, people[2], room, target);
        live.Events.ShouldAscendFrom(old.LastEventId);
        away.Events.ShouldAscendFrom(old.LastEventId);
        back.Events.ShouldAscendFrom(away.LastEventId ?? old.LastEventId);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(20261128)]
    public async Task Whether_a_client_stays_connected_or_resumes_its_old_room_and_the_events_equal_a_fresh_one(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var people = await server.NewUsers(4);
        var room = (await people[0].CreateGroup("sync", people[1..])).Id;
        await Govern(people, room, random, steps: 5);
        var (old, awayCopy) = (new GroupCopy(await people[0].GetRoom(room)), new GroupCopy(await people[1].GetRoom(room)));
        var id = (await people[0].History(room)).LastEventId;
        await using var live = await people[0].Stream(room, id);
        var away = await people[1].Stream(room, id);

        await Govern(people, room, random, steps: 10);
        await away.Cut();
        foreach (var e in away.Events)
            awayCopy.Apply(e);
        await Govern(people, room, random, steps: 10);
        await using var back = await people[1].Stream(room, away.LastEventId ?? id);

        var fresh = await people[2].GetRoom(room);
        foreach (var (copy, stream) in new[] { (old, live), (awayCopy, back) })
        {
            foreach (var e in await UntilVersion(stream, fresh.Version))
                copy.Apply(e);
            copy.Describe().ShouldBe(new GroupCopy(fresh).Describe());
        }
        live.Events.ShouldAscendFrom(id);
        back.Events.ShouldAscendFrom(away.LastEventId ?? id);
    }

    /// <summary>All users concurrently rename the group, change roles, and add or remove the last user. Some requests fail.</summary>
    private static async Task Govern(User[] people, long room, Random random, int steps)
    {
        await Task.WhenAll(people.Select(async user =>
        {
            var own = new Random(random.Next());
            for (var step = 0; step < steps; step++)
                (await GovernOnce(user, people, room, own)).ShouldBe(200, 204, 403, 404, 409);
        }).ToList());
    }

    private static Task<Answer> GovernOnce(User user, User[] people, long room, Random random)
    {
        var last = people[^1];
        return random.Next(8) switch
        {
            < 2 => user.Api.Put($"/chat-rooms/{room}", new { name = $"name {random.Next(1000)}" }),
            < 5 => user.Api.Put($"/chat-rooms/{room}/members/{people[random.Next(people.Length)].Id}",
                new { role = random.Next(3) == 0 ? "owner" : random.Next(2) == 0 ? "admin" : "member" }),
            < 6 => user.Api.Delete($"/chat-rooms/{room}/members/{last.Id}"),
            _ => user.Api.Post($"/chat-rooms/{room}/members", new { user_ids = new[] { last.Id } }),
        };
    }

    private static Task<IReadOnlyList<SseEvent>> UntilVersion(SseClient stream, long version) => stream.WaitUntil(
        all => all.Any(e => e.Type != "ready" && e.Json.GetProperty("version").GetInt64() >= version), $"version {version}");

    private static async Task ShouldBecomeFresh(RoomCopy copy, SseClient stream, User other, long room, long version)
    {
        foreach (var e in await UntilVersion(stream, version))
            copy.Apply(e);
        var (mine, fresh) = (copy.Describe(), (await RoomCopy.Of(other, room)).Describe());
        // The lines that differ: the whole would be cut off in the message.
        var differences = mine.Except(fresh).Select(line => $"copy:  {line}").Concat(fresh.Except(mine).Select(line => $"fresh: {line}"));
        differences.ShouldBeEmpty();
    }

    /// <summary>All users act concurrently, each in an order that the seed decides.</summary>
    private static async Task Act(User[] people, long room, Random random, int steps)
    {
        await Task.WhenAll(people.Select(async user =>
        {
            var own = new Random(random.Next());
            for (var step = 0; step < steps; step++)
                await ActOnce(user, room, own);
        }).ToList());
    }

    private static async Task ActOnce(User user, long room, Random random)
    {
        var page = (await user.History(room, "limit=20")).Messages;
        var any = page.Length == 0 ? null : page[random.Next(page.Length)];
        var own = page.FirstOrDefault(message => message.UserId == user.Id && !message.IsDeleted && random.Next(3) > 0);
        switch (random.Next(13))
        {
            case < 4: await user.Send(room, $"text {random.Next(1000)}"); break;
            case < 6 when own is not null: await user.Edit(own, $"edited {random.Next(1000)}"); break;
            case < 7 when own is not null: await user.Delete(own); break;
            case < 10 when any is not null: await user.Read(any); break;
            case < 12 when any is not null: await user.React(any, Emoji[random.Next(Emoji.Length)]); break;
            case < 13 when any is not null: await user.TakeBack(any, Emoji[random.Next(Emoji.Length)]); break;
            default: await user.Send(room, $"text {random.Next(1000)}"); break;
        }
    }

    /// <summary>The client's copy of a group: its name, and the roles of its members.</summary>
    private sealed class GroupCopy
    {
        private readonly SortedDictionary<long, string?> _roles = [];
        private string? _name;

        public GroupCopy(Room room)
        {
            _name = room.Name;
            foreach (var member in room.Members)
                _roles[member.UserId] = member.Role;
        }

        public void Apply(SseEvent e)
        {
            if (e.Type == "room")
            {
                _name = e.Json.GetProperty("room").GetProperty("name").GetString();
            }
            else if (e.Type == "member")
            {
                var user = e.Json.GetProperty("user_id").GetInt64();
                if (e.Json.GetProperty("change").GetString() == "left")
                    _roles.Remove(user);
                else
                    _roles[user] = e.Json.GetProperty("role").GetString();
            }
        }

        public string Describe() => string.Join('\n', _roles.Select(role => $"{role.Key} is {role.Value}").Prepend(_name));
    }

    /// <summary>The client's copy of a room: its messages and the read position of each member.</summary>
    private sealed class RoomCopy
    {
        private readonly SortedDictionary<long, Message> _messages = [];
        private readonly SortedDictionary<long, long> _readSeqs = [];

        public string LastEventId { get; private init; } = "";

        public static async Task<RoomCopy> Of(User user, long room)
        {
            var history = await user.History(room);
            var copy = new RoomCopy { LastEventId = history.LastEventId };
            foreach (var message in await user.WholeHistory(room))
                copy._messages[message.Seq] = message;
            foreach (var member in (await user.GetRoom(room)).Members)
                copy._readSeqs[member.UserId] = member.ReadSeq;
            copy.CountsShouldFit();
            return copy;
        }

        public void Apply(SseEvent e)
        {
            if (e.IsMessage)
            {
                var message = e.Message;
                // The sender has read all messages above their own.
                if (!_messages.ContainsKey(message.Seq))
                    MoveTo(message.UserId, message.Seq);
                _messages[message.Seq] = message;
            }
            else if (e.Type == "reaction.changed")
            {
                var change = e.As<ReactionChange>();
                _messages[change.Seq] = _messages[change.Seq].With(change);
            }
            else if (e.Type == "read")
            {
                var read = e.As<ReadChange>();
                MoveTo(read.UserId, read.ReadSeq);
            }
        }

        /// <summary>The whole state as text; the counts follow from the read positions.</summary>
        public List<string> Describe()
        {
            var messages = _messages.Values.Select(message => Wire.Write(message with
            {
                ReadByCount = ReadBy(message),
                UnreadByCount = _readSeqs.Count - 1 - ReadBy(message),
            }));
            return [.. messages, .. _readSeqs.Select(read => $"{read.Key} read {read.Value}")];
        }

        private void MoveTo(long user, long seq)
        {
            if (_readSeqs.TryGetValue(user, out var known))
                _readSeqs[user] = Math.Max(known, seq);
        }

        private int ReadBy(Message message) => _readSeqs.Count(read => read.Key != message.UserId && read.Value >= message.Seq);

        private void CountsShouldFit()
        {
            foreach (var message in _messages.Values)
            {
                var counts = (message.ReadByCount, message.UnreadByCount);
                counts.ShouldBe((ReadBy(message), _readSeqs.Count - 1 - ReadBy(message)), $"counts of {message.Seq}");
            }
        }
    }
}
