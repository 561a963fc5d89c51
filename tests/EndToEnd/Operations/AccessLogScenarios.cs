using System.Text.Json;

namespace BigTech.Tests.EndToEnd.Operations;

/// <summary>A line of the log for each request.</summary>
public sealed class AccessLogScenarios
{
    [Fact]
    public async Task A_request_has_one_line_at_its_end_with_its_route_and_its_ids()
    {
        await using var server = await ServerProcess.Start();
        var (ann, bob, room) = await server.TwoInARoom();
        var answer = (await ann.TrySend(room, "private text")).ShouldBe(201);
        (await ann.Api.Post("/invite-links/private-code/join")).ShouldBeProblem(404);
        (await ann.Api.Get("/private/path")).ShouldBeProblem(404);
        (await server.Anonymous.Get("/friends")).ShouldBeProblem(401);
        (await server.Anonymous.Get("/health/ready")).ShouldBe(200);
        await server.Metrics();

        await using (var stream = await bob.Stream(room))
        {
            await ann.Send(room, "private text");
            await stream.WaitForCreated(1);
        }
        await Eventually.Holds(() => Lines(server).Any(line => line.TryGetProperty("events", out _)), "the line of the stream");

        var lines = Lines(server);
        var sent = lines.Single(line => line.GetProperty("request_id").GetString() == answer.Headers.GetValues("X-Request-Id").Single());
        sent.GetProperty("level").GetString().ShouldBe("info");
        sent.GetProperty("service").GetString().ShouldBe("bigtech-chat");
        sent.GetProperty("method").GetString().ShouldBe("POST");
        sent.GetProperty("route").GetString().ShouldBe("/messages/{id:long}");
        sent.GetProperty("status").GetInt32().ShouldBe(201);
        sent.GetProperty("ms").GetDouble().ShouldBeGreaterThan(0);
        sent.GetProperty("user_id").GetInt64().ShouldBe(ann.Id);
        sent.GetProperty("room_id").GetInt64().ShouldBe(room);
        sent.GetProperty("trace_id").GetString().ShouldNotBeNull().Length.ShouldBe(32);
        var stopped = lines.Single(line => line.TryGetProperty("events", out _));
        stopped.GetProperty("route").GetString().ShouldBe("/messages/stream/{room_id:long}");
        stopped.GetProperty("stream").GetString().ShouldBe("room");
        stopped.GetProperty("events").GetInt64().ShouldBe(1);
        stopped.GetProperty("user_id").GetInt64().ShouldBe(bob.Id);
        stopped.GetProperty("room_id").GetInt64().ShouldBe(room);
        Of(lines, "/invite-links/{code}/join").GetProperty("status").GetInt32().ShouldBe(404);
        Of(lines, "/friends/").TryGetProperty("user_id", out _).ShouldBeFalse();
        lines.Any(line => !line.TryGetProperty("route", out _) && line.GetProperty("status").GetInt32() == 404)
            .ShouldBeTrue("nothing is at that path");
        server.Output.ShouldNotContain("private");
        server.Output.ShouldNotContain("/health");
        server.Output.ShouldNotContain("/metrics");
    }

    [Theory]
    [InlineData("on", 201, 404)]
    [InlineData("errors", 404)]
    [InlineData("off")]
    public async Task A_setting_says_which_requests_have_a_line(string setting, params int[] statuses)
    {
        await using var server = await ServerProcess.Start(("Telemetry__AccessLog", setting));
        var (ann, _, room) = await server.TwoInARoom();
        await ann.Send(room, "one");
        (await ann.Api.Get("/messages/99999")).ShouldBeProblem(404);

        server.Terminate();
        (await server.Ended()).ShouldBe(0);

        Lines(server).Where(line => line.TryGetProperty("route", out var route) && route.GetString() == "/messages/{id:long}")
            .Select(line => line.GetProperty("status").GetInt32()).ShouldBe(statuses, "none is lost at a stop");
    }

    private static JsonElement Of(List<JsonElement> lines, string route) =>
        lines.Single(line => line.TryGetProperty("route", out var its) && its.GetString() == route);

    private static List<JsonElement> Lines(ServerProcess server) =>
        [.. server.Output.Split('\n').Where(line => line.Contains("\"category\":\"BigTech.Access\"", StringComparison.Ordinal))
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
}
