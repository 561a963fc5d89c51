namespace BigTech.Tests.EndToEnd.Messages;

[Scenarios]
public sealed class ReadScenarios(SharedServer server)
{
    [Fact]
    public async Task The_read_position_moves_forward_only()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var messages = await SendAll(ann, room, 5);

        (await bob.Read(messages[2])).ShouldBe(new ReadPosition(room, 3, 2));
        (await bob.Read(messages[0])).ShouldBe(new ReadPosition(room, 3, 2));
        (await bob.Read(messages[2])).ShouldBe(new ReadPosition(room, 3, 2));
        (await bob.Read(messages[4])).ShouldBe(new ReadPosition(room, 5, 0));

        (await ann.GetRoom(room)).Of(bob).ReadSeq.ShouldBe(5);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1001)]
    public async Task Of_many_positions_that_arrive_at_once_the_furthest_stays(int seed)
    {
        const int count = 40;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var (ann, bob, room) = await server.TwoInARoom();
        await using var stream = await ann.Stream(room);
        var messages = await SendAll(ann, room, count);
        new Random(seed).Shuffle(messages);

        await Task.WhenAll(messages.Select(bob.Read));

        (await ann.GetRoom(room)).Of(bob).ReadSeq.ShouldBe(count);
        (await bob.UnreadIn(room)).ShouldBe(0);
        var last = await ann.Send(room, "last");
        await stream.WaitFor(e => e.IsMessage && e.Message.Id == last.Id, "the last message");
        var positions = stream.Events.Where(e => e.Type == "read").Select(e => e.As<ReadChange>().ReadSeq).ToList();
        positions.ShouldBe(positions.Order().Distinct());
        positions[^1].ShouldBe(count);
    }

    [Fact]
    public async Task Reading_what_is_read_changes_nothing()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var messages = await SendAll(ann, room, 2);
        await bob.Read(messages[1]);
        var version = (await ann.GetRoom(room)).Version;

        await bob.Read(messages[1]);
        await bob.Read(messages[0]);

        (await ann.GetRoom(room)).Version.ShouldBe(version);
    }

    [Fact]
    public async Task Several_message_ids_count_as_the_latest_of_them()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var messages = await SendAll(ann, room, 4);

        var answer = await bob.Api.Post(
            "/messages/read", new { room_id = room, message_ids = new[] { messages[2].Id, messages[0].Id, messages[1].Id } });

        answer.As<ReadPosition>().ShouldBe(new ReadPosition(room, 3, 1));
    }

    [Fact]
    public async Task Everything_is_read_only_where_the_request_says_so()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var messages = await SendAll(ann, room, 3);

        (await bob.Api.Post("/messages/read", new { room_id = room })).ShouldBe(422);
        (await bob.Api.Post("/messages/read", new { room_id = room, up_to_mesage_id = messages[0].Id })).ShouldBe(422);
        (await bob.UnreadIn(room)).ShouldBe(3);

        var all = await bob.Api.Post("/messages/read", new { room_id = room, all = true });
        all.As<ReadPosition>().ShouldBe(new ReadPosition(room, 3, 0));
    }

    [Fact]
    public async Task The_number_of_those_who_have_not_read_a_message_is_exact()
    {
        var people = await server.NewUsers(4);
        var (author, first, second, third) = (people[0], people[1], people[2], people[3]);
        var room = (await author.CreateGroup("group", first, second, third)).Id;
        var messages = await SendAll(author, room, 3);

        await first.Read(messages[2]);
        await second.Read(messages[1]);

        await ShouldShow(third, room, (2, 1), (2, 1), (1, 2));
        var reply = await third.Send(room, "answering reads what came before");
        (reply.ReadByCount, reply.UnreadByCount).ShouldBe((0, 3));
        await ShouldShow(first, room, (3, 0), (3, 0), (2, 1), (0, 3));
    }

    [Fact]
    public async Task Unread_counts_are_exact_and_leave_out_ones_own_messages()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var messages = await SendAll(ann, room, 5);

        (await bob.UnreadIn(room)).ShouldBe(5);
        (await ann.UnreadIn(room)).ShouldBe(0);
        await bob.Read(messages[1]);
        (await bob.UnreadIn(room)).ShouldBe(3);
        (await bob.GetRoom(room)).UnreadCount.ShouldBe(3);
        await bob.Send(room, "an answer shows that all before it was read");
        (await bob.UnreadIn(room)).ShouldBe(0);
        (await ann.UnreadIn(room)).ShouldBe(1);
    }

    [Fact]
    public async Task Counts_stay_exact_while_many_read_and_write_at_once()
    {
        const int people = 6, each = 10;
        var users = await server.NewUsers(people);
        var room = (await users[0].CreateGroup("busy", users[1..])).Id;

        await Task.WhenAll(users.Select(async user =>
        {
            for (var number = 0; number < each; number++)
            {
                await user.Send(room, $"{number}");
                await user.Read((await user.History(room, "limit=1")).Messages[0]);
            }
        }));

        var positions = (await users[0].GetRoom(room)).Members;
        foreach (var message in await users[0].WholeHistory(room))
        {
            var others = positions.Where(member => member.UserId != message.UserId).ToList();
            message.ReadByCount.ShouldBe(others.Count(member => member.ReadSeq >= message.Seq), $"read by, seq {message.Seq}");
            message.UnreadByCount.ShouldBe(others.Count(member => member.ReadSeq < message.Seq), $"unread by, seq {message.Seq}");
        }
        foreach (var user in users)
        {
            var seen = positions.Single(member => member.UserId == user.Id).ReadSeq;
            var expected = (await user.WholeHistory(room)).Count(message => message.Seq > seen && message.UserId != user.Id);
            (await user.UnreadIn(room)).ShouldBe(expected);
        }
    }

    [Fact]
    public async Task An_id_is_understood_in_capital_letters_too()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var messages = await SendAll(ann, room, 3);
        var capitals = messages.Select(message => message.Id.ToUpperInvariant()).ToArray();

        (await bob.Api.Post($"/messages/{room}", new { content = "yes", reply_to = capitals[0] })).As<Message>(201).ReplyTo
            .ShouldBe(messages[0].Id);
        (await ann.Api.Get($"/messages/{room}?before={capitals[2]}")).As<History>().Seqs.ShouldBe([2, 1]);
        (await ann.Api.Post("/messages/read", new { room_id = room, message_ids = capitals })).ShouldBe(200);
        (await ann.Api.Post("/messages/read", new { room_id = room, up_to_message_id = capitals[1] })).ShouldBe(200);
        (await ann.Api.Delete($"/messages/{capitals[2]}")).As<Message>().Id.ShouldBe(messages[2].Id);
    }

    [Fact]
    public async Task Strangers_and_messages_of_other_rooms_are_refused()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var message = await ann.Send(room, "here");
        var stranger = await server.NewUser();
        var elsewhere = (await bob.RoomWith(stranger)).Id;

        (await stranger.Api.Post("/messages/read", new { room_id = room, up_to_message_id = message.Id })).ShouldBeProblem(403);
        (await stranger.Api.Get($"/messages/room/{room}/unread-count")).ShouldBeProblem(403);
        var mixed = await bob.Api.Post("/messages/read", new { room_id = elsewhere, up_to_message_id = message.Id });
        mixed.ShouldBeProblem(mixed.ShouldBe(404, 422).Status);
        (await bob.UnreadIn(room)).ShouldBe(1);
    }

    private static async Task<Message[]> SendAll(User user, long room, int count)
    {
        var messages = new Message[count];
        for (var index = 0; index < count; index++)
            messages[index] = await user.Send(room, $"message {index + 1}");
        return messages;
    }

    private static async Task ShouldShow(User reader, long room, params (int ReadBy, int UnreadBy)[] counts)
    {
        var history = await reader.WholeHistory(room);
        history.Select(message => (message.ReadByCount, message.UnreadByCount)).ShouldBe(counts);
    }
}
