namespace BigTech.Tests.EndToEnd.Streams;

/// <summary>Time limits of a stream, on servers with short limits.</summary>
public sealed class LifetimeScenarios
{
    [Fact]
    public async Task A_quiet_stream_carries_comments_that_keep_proxies_from_closing_it()
    {
        await using var server = await ServerProcess.Start(("Streams__HeartbeatSeconds", "1"));
        var (ann, bob, room) = await server.TwoInARoom();
        await using var one = await bob.Stream(room);
        await using var all = await bob.StreamOfAllRooms();

        await one.WaitForComment();
        await all.WaitForComment();

        await ann.Send(room, "live");
        await one.WaitForCreated(1);
    }

    [Theory]
    [InlineData("/messages/stream")]
    [InlineData("/friends/stream")]
    public async Task A_quiet_stream_carries_events_where_the_client_asks_for_them(string path)
    {
        await using var server = await ServerProcess.Start(("Streams__HeartbeatSeconds", "1"));
        var user = await server.NewUser();
        await using var stream = await SseClient.Open(server.Anonymous.Url($"{path}?heartbeat=event"), user.Tokens.AccessToken);
        await using var plain = await SseClient.Open(server.Anonymous.Url($"{path}?heartbeat=comment"), user.Tokens.AccessToken);
        var id = (await stream.First()).Id;

        var heartbeat = await stream.WaitFor(e => e.Type == "heartbeat", "a heartbeat");

        (heartbeat.Id, heartbeat.Data).ShouldBe((null, "{}"));
        stream.LastEventId.ShouldBe(id);
        stream.Comments.ShouldBeEmpty();
        await plain.WaitForComment();
        plain.Events.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_stream_is_ended_from_time_to_time_and_resumed_without_loss()
    {
        const int rotations = 3, each = 5;
        await using var server = await ServerProcess.Start(("Streams__RotateMinutes", "0.02"));
        var (ann, bob, room) = await server.TwoInARoom();
        var seen = new List<Message>();
        var lastId = "0";

        for (var rotation = 0; rotation < rotations; rotation++)
        {
            await using var stream = await bob.Stream(room, lastId);
            await ann.SendMany(room, each, index => $"{index}");
            await stream.WaitForEnd();
            stream.EndedProperly.ShouldBe(true);
            seen.AddRange(stream.Events.Where(e => e.IsMessage).Select(e => e.Message));
            lastId = stream.LastEventId ?? lastId;
        }
        await using var last = await bob.Stream(room, lastId);
        seen.AddRange(await last.WaitForCreated((rotations * each) - seen.Count));

        seen.Select(message => message.Seq).ShouldBe(Enumerable.Range(1, rotations * each).Select(seq => (long)seq));
    }

    [Fact]
    public async Task One_user_may_hold_so_many_streams_and_no_more()
    {
        await using var server = await ServerProcess.Start(("Streams__MaxPerUser", "3"));
        var (ann, bob, room) = await server.TwoInARoom();
        var streams = new List<SseClient>();
        for (var number = 0; number < 3; number++)
            streams.Add(await bob.Stream(room));

        var refused = await bob.Api.Get("/messages/stream");

        refused.ShouldBeProblem(429);
        refused.Headers.RetryAfter.ShouldNotBeNull();
        await using var others = await ann.Stream(room);
        await streams[0].Cut();
        await Eventually.Holds(async () => await Opens(bob, room), "a closed stream makes room for another");
        foreach (var stream in streams)
            await stream.DisposeAsync();
    }

    [Fact]
    public async Task An_EventSource_that_is_refused_for_now_is_told_when_to_come_back()
    {
        await using var server = await ServerProcess.Start(("Streams__MaxPerUser", "1"));
        var user = await server.NewUser();
        var cookie = await BrowserSession.Of(user);
        var url = server.Anonymous.Url("/messages/stream");
        await using var first = await SseClient.Open(url, bearer: null, cookie: cookie);

        await using var refused = await SseClient.Open(url, bearer: null, cookie: cookie);

        await refused.WaitForEnd();
        var said = refused.Events.ShouldHaveSingleItem();
        (said.Type, said.Id, said.Data).ShouldBe(("unavailable", null, """{"code":"too_many_streams","retry_after":5}"""));
        refused.Retries.ShouldHaveSingleItem().TotalMilliseconds.ShouldBeInRange(5000, 8000, "what the limit says, and a random rest");
        refused.EndedProperly.ShouldBe(true);
        (await user.Api.Get("/messages/stream")).ShouldBeProblem(429, "too_many_streams");
        await first.Cut();
        await Eventually.Holds(async () => await IsReady(url, cookie), "a closed stream makes room for another");
    }

    private static async Task<bool> IsReady(Uri url, string cookie)
    {
        await using var stream = await SseClient.Open(url, bearer: null, cookie: cookie);
        return (await stream.First()).Type == "ready";
    }

    private static async Task<bool> Opens(User user, long room)
    {
        try
        {
            await using var stream = await user.Stream(room);
            return true;
        }
        catch (ShouldAssertException)
        {
            return false;
        }
    }
}
