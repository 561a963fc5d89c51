using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BigTech.Tests.EndToEnd.Operations;

public sealed class ShutdownScenarios
{
    [Fact]
    public async Task A_stop_under_load_ends_streams_properly_and_keeps_all_that_was_acknowledged()
    {
        await using var server = await ServerProcess.Start();
        var (ann, bob, room) = await server.TwoInARoom();
        var streams = new List<SseClient>();
        for (var number = 0; number < 10; number++)
            streams.Add(await (number % 2 == 0 ? bob.Stream(room) : ann.StreamOfAllRooms()));
        var acknowledged = new ConcurrentDictionary<string, Message>();
        var refused = new ConcurrentBag<Answer>();
        var sending = Enumerable.Range(0, 16).Select(_ => SendUntilRefused(ann, room, acknowledged, refused)).ToList();
        await Eventually.Holds(() => acknowledged.Count > 100, "100 messages");

        server.Terminate();

        (await server.Ended()).ShouldBe(0, server.Output);
        await Task.WhenAll(sending);
        foreach (var stream in streams)
        {
            await stream.WaitForEnd();
            stream.EndedProperly.ShouldBe(true);
            await stream.DisposeAsync();
        }
        refused.ShouldAllBe(answer => answer.Status == 503);
        await server.Restart();
        var history = await bob.WholeHistory(room);
        history.Select(message => message.Seq).ShouldBe(Enumerable.Range(1, history.Count).Select(seq => (long)seq));
        foreach (var (content, message) in acknowledged)
        {
            var kept = history[(int)message.Seq - 1];
            (kept.Id, kept.Content).ShouldBe((message.Id, content));
        }
    }

    [Fact]
    public async Task Everything_is_as_it_was_after_a_stop_and_a_start()
    {
        await using var server = await ServerProcess.Start();
        var (ann, bob, room) = await server.TwoInARoom();
        var first = await ann.Send(room, "one");
        await ann.Edit(first, "one, edited");
        await ann.Delete(await ann.Send(room, "two"));
        await bob.Read(first);
        var before = await Snapshot(ann, bob, room);
        var stream = await bob.StreamOfAllRooms();
        await stream.First();

        server.Terminate();
        (await server.Ended()).ShouldBe(0, server.Output);
        await stream.DisposeAsync();
        await server.Restart();

        (await Snapshot(ann, bob, room)).ShouldBe(before);
        (await ann.Send(room, "three")).Seq.ShouldBe(3);
        await using var resumed = await bob.StreamOfAllRooms(stream.LastEventId);
        (await resumed.WaitForCreated(1)).Single().Content.ShouldBe("three");
        (await ann.Anonymous.Post("/auth/refresh", new { refresh_token = ann.Tokens.RefreshToken })).ShouldBe(200);
    }

    [Fact]
    public async Task A_session_that_was_ended_stays_ended_after_a_crash_and_a_start()
    {
        await using var server = await ServerProcess.Start();
        var user = await server.NewUser();
        var other = await user.SignInAgain();
        (await user.Api.Post("/auth/logout")).ShouldBe(204);

        await server.Kill9();
        await server.Restart();

        (await user.IsSignedIn()).ShouldBeFalse();
        (await other.IsSignedIn()).ShouldBeTrue();
    }

    [Theory]
    [InlineData("POST /auth/register HTTP/1.1\r\nHost: chat\r\nContent-Ty")]
    [InlineData("POST /auth/register HTTP/1.1\r\nHost: chat\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"email\":")]
    public async Task A_client_that_stops_in_the_middle_of_a_request_does_not_keep_a_stop_from_its_end(string begun)
    {
        await using var server = await ServerProcess.Start();
        var before = await Connections(server);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Parse(server.Url().Host), server.Url().Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(begun), TestContext.Current.CancellationToken);
        await Eventually.Holds(async () => await Connections(server) > before, "the server has the connection");

        server.Terminate();

        (await server.Ended()).ShouldBe(0);
        server.Output.ShouldNotContain("\"LogLevel\":\"Error\"");
    }

    private static async Task<double> Connections(ServerProcess server) =>
        (await server.Metrics()).Sum("kestrel_active_connections");

    private static async Task<string> Snapshot(User ann, User bob, long room) => string.Join(
        '\n',
        (await ann.Api.Get($"/messages/{room}")).ShouldBe(200).Text,
        (await ann.Api.Get("/chat-rooms")).ShouldBe(200).Text,
        (await bob.Api.Get($"/chat-rooms/{room}")).ShouldBe(200).Text,
        (await bob.Api.Get("/profile/me")).ShouldBe(200).Text);

    private static async Task SendUntilRefused(
        User user, long room, ConcurrentDictionary<string, Message> acknowledged, ConcurrentBag<Answer> refused)
    {
        try
        {
            while (true)
            {
                var content = $"{Guid.NewGuid()}";
                var answer = await user.TrySend(room, content);
                if (answer.Status != 201)
                {
                    refused.Add(answer);
                    return;
                }
                acknowledged[content] = answer.As<Message>(201);
            }
        }
        catch (HttpRequestException)
        {
            // The server accepts no more connections.
        }
    }
}
