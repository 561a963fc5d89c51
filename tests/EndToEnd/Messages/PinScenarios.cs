namespace BigTech.Tests.EndToEnd.Messages;

[Scenarios]
public sealed class PinScenarios(SharedServer server)
{
    [Fact]
    public async Task What_any_member_pins_is_in_sight_of_all_until_a_member_unpins_it()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var (first, second) = (await ann.Send(room, "when?"), await ann.Send(room, "where?"));

        (await bob.Pin(first)).ShouldBe(204);
        (await ann.Pin(second)).ShouldBe(204);

        var pins = await bob.Pins(room);
        pins.Ids.ShouldBe([second.Id, first.Id]);
        pins.Pins.Select(pin => pin.PinnedBy).ShouldBe([ann.Id, bob.Id]);
        (pins.Pins[0].Message.Content, pins.Pins[0].Message.Username,
            pins.Pins[0].Message.ReadByCount).ShouldBe(("where?", ann.Account.Username, 0));
        pins.Version.ShouldBe((await ann.GetRoom(room)).Version);
        (await ann.History(room)).Messages.Where(message => message.MessageType == "system").Select(message => message.Content)
            .ShouldBe([$"{ann.Account.Username} pinned a message", $"{bob.Account.Username} pinned a message"]);
        (await ann.Unpin(first)).ShouldBe(204);
        (await bob.Pins(room)).Ids.ShouldBe([second.Id]);
    }

    [Fact]
    public async Task Pinning_twice_is_pinning_once_and_taking_down_what_is_not_pinned_changes_nothing()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var message = await ann.Send(room, "hello");

        (await ann.Unpin(message)).ShouldBe(204);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? ann : bob).Pin(message)));

        (await ann.Pins(room)).Ids.ShouldBe([message.Id]);
        (await ann.GetRoom(room)).Version.ShouldBe(message.Version + 2, "the pin, and its system message");
    }

    [Fact]
    public async Task Streams_send_the_change_of_the_room_also_to_a_client_that_resumes()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var message = await ann.Send(room, "hello");
        await using var live = await bob.Stream(room);
        var away = await bob.Stream(room, "0");
        await away.WaitForCreated(1);
        await away.Cut();

        // Between replicas, of several quick changes of the room only the last may arrive.
        await ann.Pin(message);
        await live.WaitFor(e => e.Type == "room" && Version(e) == 2, "the pin");
        await ann.Unpin(message);
        await live.WaitFor(e => e.Type == "room" && Version(e) == 4, "its end");

        live.Events.Count(e => e.Type == "room").ShouldBe(2);
        await using var back = await bob.Stream(room, away.LastEventId);
        Version(await back.WaitFor(e => e.Type == "room", "the last change")).ShouldBe(4);
    }

    [Fact]
    public async Task A_deleted_message_is_pinned_no_longer_and_an_edited_one_shows_what_it_says_now()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var (kept, deleted) = (await ann.Send(room, "kept"), await ann.Send(room, "deleted"));
        await bob.Pin(kept);
        await bob.Pin(deleted);

        await ann.Edit(kept, "changed");
        await ann.Delete(deleted);

        (await bob.Pins(room)).Pins.ShouldHaveSingleItem().Message.Content.ShouldBe("changed");
        (await bob.Pin(deleted)).ShouldBeProblem(409, "message_deleted");
        (await bob.Unpin(deleted)).ShouldBe(204);
    }

    [Fact]
    public async Task A_room_has_a_limit_of_pins_and_a_deletion_makes_room()
    {
        var (ann, _, room) = await server.TwoInARoom();
        var messages = new List<Message>();
        for (var i = 0; i < 101; i++)
            messages.Add(await ann.Send(room, $"{i}"));
        foreach (var message in messages[..100])
            (await ann.Pin(message)).ShouldBe(204);

        (await ann.Pin(messages[100])).ShouldBeProblem(409, "too_many_pins");
        (await ann.Pin(messages[0])).ShouldBe(204);
        await ann.Delete(messages[0]);
        (await ann.Pin(messages[100])).ShouldBe(204);
        (await ann.Pins(room)).Ids.ShouldBe([.. messages[1..].AsEnumerable().Reverse().Select(message => message.Id)]);
    }

    private static long Version(SseEvent e) => e.Json.GetProperty("version").GetInt64();
}
