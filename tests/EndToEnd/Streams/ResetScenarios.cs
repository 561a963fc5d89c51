namespace BigTech.Tests.EndToEnd.Streams;

[Scenarios]
public sealed class ResetScenarios(SharedServer server)
{
    [Theory]
    [InlineData("rubbish")]
    [InlineData("-1")]
    [InlineData("1:2:3")]
    [InlineData("99999999999999999999999999")]
    [InlineData("\"quoted\"")]
    [InlineData("' OR 1=1 --")]
    public async Task An_id_that_never_was_is_answered_with_a_reset(string id)
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await ann.Send(room, "old");

        await using var one = await bob.Stream(room, id);
        await using var all = await bob.StreamOfAllRooms(id);

        await ShouldResetAndGoOn(one, ann, room, "unknown_id");
        await ShouldResetAndGoOn(all, ann, room, "unknown_id");
    }

    [Fact]
    public async Task An_id_from_the_future_is_answered_with_a_reset()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var message = await ann.Send(room, "old");

        await using var stream = await bob.Stream(room, $"{room}:{message.Version + 1}");
        await using var far = await bob.Stream(room, $"{room}:{long.MaxValue}");

        await ShouldResetAndGoOn(stream, ann, room, "future_id");
        await ShouldResetAndGoOn(far, ann, room, "future_id");
    }

    [Fact]
    public async Task The_id_of_another_room_is_answered_with_a_reset()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var cid = await server.NewUser();
        var other = (await bob.RoomWith(cid)).Id;
        await cid.Send(other, "elsewhere");

        await using var stream = await bob.Stream(room, (await bob.History(other)).LastEventId);

        await ShouldResetAndGoOn(stream, ann, room, "foreign_id");
    }

    [Fact]
    public async Task The_id_of_another_users_stream_of_all_rooms_is_answered_with_a_reset()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await using var anns = await ann.StreamOfAllRooms();
        await ann.Send(room, "old");
        await anns.WaitForCreated(1);

        await using var bobs = await bob.StreamOfAllRooms(anns.LastEventId);

        await ShouldResetAndGoOn(bobs, ann, room, "foreign_id");
    }

    [Fact]
    public async Task Ids_of_the_two_kinds_of_stream_are_not_taken_for_each_other()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await using var all = await bob.StreamOfAllRooms();
        await using var one = await bob.Stream(room);
        await ann.Send(room, "old");
        await all.WaitForCreated(1);
        await one.WaitForCreated(1);

        await using var crossedOne = await bob.Stream(room, all.LastEventId);
        await using var crossedAll = await bob.StreamOfAllRooms(one.LastEventId);

        (await crossedOne.First()).Type.ShouldBe("reset");
        (await crossedAll.First()).Type.ShouldBe("reset");
    }

    /// <summary>Each stream has its own version counter, so a version of one is meaningless for another.</summary>
    [Fact]
    public async Task The_id_of_another_of_ones_own_streams_is_answered_with_a_reset()
    {
        var user = await server.NewUser();
        string[] streams = ["/messages/stream", "/friends/stream", "/online-status/stream", "/notifications/stream"];
        foreach (var one in streams)
        {
            await using var seen = await Open(one, null);
            var id = (await seen.First()).Id.ShouldNotBeNull();
            foreach (var another in streams.Where(stream => stream != one))
            {
                await using var crossed = await Open(another, id);
                var first = await crossed.First();
                first.Type.ShouldBe("reset", $"{id} of {one} on {another}");
                first.Json.GetProperty("reason").GetString().ShouldBe("unknown_id");
            }
        }

        Task<SseClient> Open(string path, string? lastEventId) => SseClient.Open(user.Api.Url(path), user.Tokens.AccessToken, lastEventId);
    }

    [Fact]
    public async Task After_a_reset_a_client_starts_over_where_the_reset_says()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var last = await ann.Send(room, "old");
        await using var stream = await bob.Stream(room, "rubbish");

        var reset = await stream.First();

        reset.Json.GetProperty("version").GetInt64().ShouldBe(last.Version);
        await stream.Cut();
        await ann.Send(room, "new");
        await using var again = await bob.Stream(room, reset.Id.ShouldNotBeNull("the id to go on with"));
        (await again.WaitForCreated(1)).Single().Content.ShouldBe("new");
        (await again.First()).Type.ShouldBe("ready");
    }

    private static async Task ShouldResetAndGoOn(SseClient stream, User sender, long room, string reason)
    {
        var reset = await stream.First();
        reset.Type.ShouldBe("reset");
        reset.Json.GetProperty("reason").GetString().ShouldBe(reason);

        var sent = await sender.Send(room, "after the reset");

        (await stream.WaitFor(e => e.IsMessage && e.Message.Id == sent.Id, "the next message")).Type.ShouldBe("message.created");
        stream.Events.Count(e => e.Type == "reset").ShouldBe(1);
        stream.Events.ShouldAllBe(e => !e.Data.Contains("\"old\""));
    }
}
