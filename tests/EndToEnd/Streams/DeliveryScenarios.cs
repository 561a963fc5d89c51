namespace BigTech.Tests.EndToEnd.Streams;

[Scenarios]
public sealed class DeliveryScenarios(SharedServer server)
{
    [Fact]
    public async Task A_stream_has_the_headers_that_proxies_need()
    {
        var (ann, _, room) = await server.TwoInARoom();

        foreach (var stream in new[] { await ann.Stream(room), await ann.StreamOfAllRooms() })
        {
            await using (stream)
            {
                stream.ContentType.ShouldNotBeNull().MediaType.ShouldBe("text/event-stream");
                stream.Headers.GetValues("X-Accel-Buffering").ShouldBe(["no"]);
                stream.Headers.CacheControl.ShouldNotBeNull().ToString().ShouldMatch("no-cache|no-store");
            }
        }
    }

    [Fact]
    public async Task A_stream_begins_with_ready_and_goes_on_live()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await ann.Send(room, "before the stream");
        await using var stream = await bob.Stream(room);

        var ready = await stream.First();
        var sent = await ann.Send(room, "live");

        ready.Type.ShouldBe("ready");
        ready.Id.ShouldNotBeNullOrEmpty();
        ready.Json.GetProperty("resumed").GetBoolean().ShouldBeFalse();
        ready.Json.GetProperty("version").GetInt64().ShouldBe(sent.Version - 1);
        var live = (await stream.WaitFor(e => e.Type == "message.created", "the message")).As<MessageChange>();
        (live.RoomId, live.Version, live.Message.Id, live.Message.Content).ShouldBe((room, sent.Version, sent.Id, "live"));
        stream.Events.Count.ShouldBe(2, "what was before the stream is not on it");
    }

    [Fact]
    public async Task A_message_on_the_stream_is_the_message_of_the_answer()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await using var stream = await bob.Stream(room);

        var answer = (await ann.TrySend(room, "글 \"quoted\" \u2028 end\n2nd line", "on-both")).ShouldBe(201);

        var live = await stream.WaitFor(e => e.Type == "message.created", "the message");
        Wire.Write(live.Message).ShouldBe(Wire.Write(answer.As<Message>(201)));
    }

    [Fact]
    public async Task Edits_deletions_and_reading_arrive_as_their_own_events_in_order()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await using var stream = await bob.Stream(room);
        await stream.First();

        // Between replicas, of several quick changes of one message only the last may arrive.
        var message = await ann.Send(room, "frist");
        await stream.WaitFor(e => e.Type == "message.created", "the message");
        var edited = await ann.Edit(message, "first");
        await stream.WaitFor(e => e.Type == "message.updated", "the edit");
        await bob.Read(message);
        await stream.WaitFor(e => e.Type == "read", "the reading");
        var deleted = await ann.Delete(message);

        var events = await stream.WaitUntil(all => all.Any(e => e.Type == "message.deleted"), "the deletion");
        events.Select(e => e.Type).ShouldBe(["ready", "message.created", "message.updated", "read", "message.deleted"]);
        Versions(events).ShouldBe([message.Version, edited.Version, edited.Version + 1, deleted.Version]);
        (events[2].Message.Content, events[2].Message.IsEdited).ShouldBe(("first", true));
        var read = events[3].As<ReadChange>();
        (read.RoomId, read.UserId, read.ReadSeq, read.MessageId).ShouldBe((room, bob.Id, 1, message.Id));
        events[4].Message.IsDeleted.ShouldBeTrue();
        events[4].Data.ShouldNotContain("first");
    }

    [Fact]
    public async Task Every_reader_of_a_busy_room_sees_every_version_once_and_in_order()
    {
        const int messages = 400;
        var (ann, bob, room) = await server.TwoInARoom();
        var streams = new List<SseClient>();
        for (var reader = 0; reader < 6; reader++)
            streams.Add(await (reader % 2 == 0 ? ann : bob).Stream(room));
        var start = (await streams[0].First()).Json.GetProperty("version").GetInt64();

        await Task.WhenAll(
            ann.SendMany(room, messages / 2, index => $"a{index}"),
            bob.SendMany(room, messages / 2, index => $"b{index}"));

        foreach (var stream in streams)
        {
            var seen = await stream.WaitForCreated(messages);
            seen.Select(message => message.Seq).ShouldBe(Enumerable.Range(1, messages).Select(seq => (long)seq));
            var versions = Versions(stream.Events);
            versions.ShouldBe(Enumerable.Range(1, versions.Count).Select(step => start + step));
            stream.Events.Select(e => e.Id).ShouldBeUnique();
            await stream.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_stream_of_all_rooms_carries_every_room_and_rooms_that_are_new()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var cid = await server.NewUser();
        await using var stream = await ann.StreamOfAllRooms();
        (await stream.First()).Type.ShouldBe("ready");

        await bob.Send(room, "from bob");
        var fresh = await cid.RoomWith(ann);
        await cid.Send(fresh.Id, "from cid");
        var group = await bob.CreateGroup("group", ann, cid);
        await cid.Send(group.Id, "from the group");

        var seen = await stream.WaitForCreated(3);
        // The order within a room is guaranteed, not the order across rooms.
        seen.Select(message => (message.RoomId, message.Content))
            .ShouldBe([(room, "from bob"), (fresh.Id, "from cid"), (group.Id, "from the group")], ignoreOrder: true);
    }

    [Fact]
    public async Task Nothing_of_other_rooms_is_on_a_stream()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var (cid, dan, other) = await server.TwoInARoom();
        var shared = (await bob.RoomWith(cid)).Id;
        await using var one = await ann.Stream(room);
        await using var all = await ann.StreamOfAllRooms();

        await dan.Send(other, "not for ann");
        await cid.Send(shared, "not for ann");
        await bob.Send(room, "for ann");

        (await one.WaitForCreated(1)).Single().Content.ShouldBe("for ann");
        (await all.WaitForCreated(1)).Single().Content.ShouldBe("for ann");
        one.Events.Concat(all.Events).ShouldAllBe(e => !e.Data.Contains("not for ann"));
    }

    private static List<long> Versions(IEnumerable<SseEvent> events) =>
        [.. events.Where(e => e.Type != "ready").Select(e => e.Json.GetProperty("version").GetInt64())];
}
