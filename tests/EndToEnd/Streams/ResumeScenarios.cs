namespace BigTech.Tests.EndToEnd.Streams;

[Scenarios]
public sealed class ResumeScenarios(SharedServer server)
{
    [Fact]
    public async Task What_was_missed_comes_first_and_then_it_goes_on_live()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var first = await bob.Stream(room);
        await ann.Send(room, "1");
        await first.WaitForCreated(1);
        await first.Cut();
        await ann.Send(room, "2");
        await ann.Send(room, "3");

        await using var second = await bob.Stream(room, first.LastEventId);
        await second.WaitForCreated(2);
        await ann.Send(room, "4");

        (await second.WaitForCreated(3)).Select(message => message.Content).ShouldBe(["2", "3", "4"]);
        var ready = second.Events[0];
        ready.Type.ShouldBe("ready");
        ready.Json.GetProperty("resumed").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task The_id_may_be_given_in_the_query()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var first = await bob.Stream(room);
        await first.First();
        await first.Cut();
        await ann.Send(room, "missed");

        var url = bob.Api.Url($"/messages/stream/{room}?last_event_id={Uri.EscapeDataString(first.LastEventId.ShouldNotBeNull())}");
        await using var second = await SseClient.Open(url, bob.Tokens.AccessToken);

        (await second.WaitForCreated(1)).Single().Content.ShouldBe("missed");
    }

    [Fact]
    public async Task Zero_is_from_the_beginning()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        for (var number = 1; number <= 5; number++)
            await ann.Send(room, $"{number}");

        await using var one = await bob.Stream(room, "0");
        await using var all = await bob.StreamOfAllRooms("0");

        foreach (var stream in new[] { one, all })
        {
            (await stream.First()).Type.ShouldBe("ready");
            (await stream.WaitForCreated(5)).Select(message => message.Content).ShouldBe(["1", "2", "3", "4", "5"]);
        }
        await ann.Send(room, "6");
        (await one.WaitForCreated(6)).Length.ShouldBe(6);
        (await all.WaitForCreated(6)).Length.ShouldBe(6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Edits_and_deletions_while_away_are_seen_on_return(bool allRooms)
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var first = await Open(bob, room, allRooms, null);
        var messages = new List<Message>();
        for (var number = 1; number <= 4; number++)
            messages.Add(await ann.Send(room, $"secret {number}"));
        await first.WaitForCreated(4);
        await first.Cut();
        await ann.Edit(messages[1], "changed");
        await ann.Delete(messages[2]);
        var added = await ann.Send(room, "new");
        var addedAndDeleted = await ann.Send(room, "short-lived");
        await ann.Delete(addedAndDeleted);
        await bob.Read(added);

        await using var second = await Open(bob, room, allRooms, first.LastEventId);
        var events = await second.WaitUntil(
            all => all.Any(e => e.IsMessage && e.Message.Id == addedAndDeleted.Id && e.Message.IsDeleted)
                && all.Any(e => e.Type == "read" && e.As<ReadChange>().UserId == bob.Id),
            "all changes");

        var last = events.Where(e => e.IsMessage).GroupBy(e => e.Message.Id).ToDictionary(g => g.Key, g => g.Last().Message);
        last.Count.ShouldBe(4, "the messages that did not change are not sent again");
        (last[messages[1].Id].Content, last[messages[1].Id].IsEdited).ShouldBe(("changed", true));
        last[messages[2].Id].IsDeleted.ShouldBeTrue();
        last[added.Id].Content.ShouldBe("new");
        events.ShouldAllBe(e => !e.Data.Contains("secret 3") && !e.Data.Contains("short-lived"));
        var versions = events.Skip(1).Select(e => e.Json.GetProperty("version").GetInt64()).ToList();
        versions.ShouldBe(versions.Order().Distinct());
    }

    [Fact]
    public async Task The_stream_of_a_room_can_be_opened_where_its_history_was_read()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await ann.Send(room, "in the history");
        var history = await bob.History(room);
        await ann.Send(room, "after it");

        await using var stream = await bob.Stream(room, history.LastEventId);

        (await stream.WaitForCreated(1)).Single().Content.ShouldBe("after it");
        (await stream.First()).Type.ShouldBe("ready");
    }

    [Theory]
    [InlineData(20261121)]
    [InlineData(4711)]
    public async Task A_room_stream_cut_at_random_under_load_sees_each_message_once_in_order(int seed)
    {
        const int messages = 600;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var (ann, bob, room) = await server.TwoInARoom();
        var start = (await bob.History(room)).LastEventId;

        var sending = ann.SendMany(room, messages, index => $"message {index} {new string('x', index % 300)}");
        var seen = await ReadWithCuts(new Random(seed), messages, start, (id, pause) => bob.Stream(room, id, pauseAfter: pause));
        await sending;

        seen.Select(message => message.Seq).ShouldBe(Enumerable.Range(1, messages).Select(seq => (long)seq));
        seen.Select(message => message.Id).ShouldBeUnique();
    }

    [Fact]
    public async Task A_stream_of_all_rooms_cut_at_random_under_load_sees_each_message_once_in_order()
    {
        const int rooms = 4, each = 150, seed = 1972;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var reader = await server.NewUser();
        var writers = await server.NewUsers(rooms);
        var ids = new List<long>();
        foreach (var writer in writers)
            ids.Add((await writer.RoomWith(reader)).Id);
        var opened = await reader.StreamOfAllRooms();
        var start = (await opened.First()).Id;
        await opened.Cut();

        var sending = Task.WhenAll(writers.Select((writer, index) => writer.SendMany(ids[index], each, n => $"{n}", connections: 4)));
        var seen = await ReadWithCuts(new Random(seed), rooms * each, start, (id, pause) => reader.StreamOfAllRooms(id, pauseAfter: pause));
        await sending;

        foreach (var room in ids)
        {
            var seqs = seen.Where(message => message.RoomId == room).Select(message => message.Seq);
            seqs.ShouldBe(Enumerable.Range(1, each).Select(seq => (long)seq), $"room {room}");
        }
    }

    private static Task<SseClient> Open(User user, long room, bool allRooms, string? lastEventId) =>
        allRooms ? user.StreamOfAllRooms(lastEventId) : user.Stream(room, lastEventId);

    /// <summary>Reads some events per connection and cuts each connection at an arbitrary point of the server's writing.</summary>
    private static async Task<List<Message>> ReadWithCuts(
        Random random, int messages, string? lastId, Func<string?, int, Task<SseClient>> open)
    {
        var seen = new List<Message>();
        while (seen.Count < messages)
        {
            var patience = Math.Min(random.Next(0, 60), messages - seen.Count);
            await using var stream = await open(lastId, patience + 1);
            await stream.WaitUntil(all => all.Count(e => e.IsMessage) >= patience, $"{patience} messages");
            await stream.Cut();
            stream.Events.ShouldAllBe(e => e.Type != "reset");
            seen.AddRange(stream.Events.Where(e => e.Type == "message.created").Select(e => e.Message));
            lastId = stream.LastEventId ?? lastId;
        }
        return seen;
    }
}
