namespace BigTech.Tests.EndToEnd.Streams;

/// <summary>
/// What a browser's EventSource gets that has nothing but its address and a cookie. It comes back by itself after a stream, and stops for
/// good after any status but 200, which it shows to no script.
/// </summary>
[Scenarios]
public sealed class EventSourceScenarios(SharedServer server)
{
    private static readonly (string, string)[] EventSource = [("Accept", "text/event-stream")];

    [Fact]
    public async Task A_stream_says_once_how_long_to_wait_and_not_to_all_the_same()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var waits = new List<TimeSpan>();

        for (var i = 0; i < 5; i++)
        {
            await using var stream = await bob.Stream(room, "0");
            await ann.Send(room, "live");
            await stream.WaitForCreated(i + 1);
            waits.Add(stream.Retries.ShouldHaveSingleItem());
        }

        waits.ShouldAllBe(wait => wait >= TimeSpan.FromSeconds(0.5) && wait <= TimeSpan.FromSeconds(3));
        waits.Distinct().Count().ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Where_the_session_is_over_it_is_told_to_stop()
    {
        var (_, bob, room) = await server.TwoInARoom();
        var cookie = await BrowserSession.Of(bob);
        (await bob.Api.Post("/auth/logout")).ShouldBe(204);

        foreach (var path in Streams(room))
            (await BrowserSession.Get(server.Anonymous, path, cookie, EventSource)).ShouldBe(204).Text.ShouldBeEmpty();
    }

    [Fact]
    public async Task Where_the_user_was_removed_or_the_room_is_gone_it_is_told_to_stop()
    {
        var (ann, bob) = (await server.NewUser(), await server.NewUser());
        var room = (await ann.CreateGroup("group", bob)).Id;
        var cookie = await BrowserSession.Of(bob);
        await using var stream = await SseClient.Open(server.Anonymous.Url($"/messages/stream/{room}"), bearer: null, cookie: cookie);
        await stream.First();

        (await ann.Api.Delete($"/chat-rooms/{room}/members/{bob.Id}")).ShouldBe(204);
        await stream.WaitForEnd();

        stream.Events[^1].Type.ShouldBe("member");
        (await BrowserSession.Get(server.Anonymous, $"/api/messages/stream/{room}", cookie, EventSource)).ShouldBe(204);
        (await BrowserSession.Get(server.Anonymous, "/messages/stream/9000000000000", cookie, EventSource)).ShouldBe(204);
        await using var others = await SseClient.Open(server.Anonymous.Url("/messages/stream"), bearer: null, cookie: cookie);
        (await others.First()).Type.ShouldBe("ready");
    }

    [Fact]
    public async Task All_others_are_told_the_reason_by_status_and_code()
    {
        var bob = await server.NewUser();
        var cookie = await BrowserSession.Of(bob);
        const string path = "/messages/stream/9000000000000";
        (string, string) header = ("Authorization", $"Bearer {bob.Tokens.AccessToken}");

        (await BrowserSession.Get(server.Anonymous, path, cookie)).ShouldBeProblem(404, "room_not_found");
        (await BrowserSession.Get(server.Anonymous, path, cookie, ("Accept", "*/*"))).ShouldBeProblem(404, "room_not_found");
        (await BrowserSession.Get(server.Anonymous, path, cookie, [.. EventSource, header])).ShouldBeProblem(404, "room_not_found");
        (await BrowserSession.Get(server.Anonymous, $"{path}?ticket=spent", cookie, EventSource)).ShouldBeProblem(401, "invalid_ticket");
        (await BrowserSession.Get(server.Anonymous, path, "other=1", EventSource)).ShouldBeProblem(401, "not_signed_in");
        (await BrowserSession.Get(server.Anonymous, "/profile/me", cookie, EventSource)).ShouldBeProblem(401, "not_signed_in");
        (await BrowserSession.Send(server.Anonymous, HttpMethod.Post, "/messages/stream", cookie, EventSource)).ShouldBe(401, 405, 415);
    }

    [Fact]
    public async Task A_parameter_that_is_wrong_is_refused_to_it_too()
    {
        var bob = await server.NewUser();
        var cookie = await BrowserSession.Of(bob);
        foreach (var wrong in new[] { "heartbeat=loud", "heartbeat=", "heartbeat=event&heartbeat=event" })
        {
            foreach (var path in Streams(room: null))
            {
                (await BrowserSession.Get(server.Anonymous, $"{path}?{wrong}", cookie, EventSource)).ShouldBlame("heartbeat");
                (await bob.Api.Get($"{path}?{wrong}")).ShouldBlame("heartbeat");
            }
        }
    }

    private static string[] Streams(long? room)
    {
        string[] all = ["/messages/stream", "/friends/stream", "/online-status/stream", "/notifications/stream"];
        return room is null ? all : [.. all, $"/messages/stream/{room}", "/api/MESSAGES/Stream"];
    }
}
