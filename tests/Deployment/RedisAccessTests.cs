using System.Text.Json;
using BigTech.Tests.EndToEnd;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment;

/// <summary>The account of <c>docs/operations/redis.md</c> on a real Redis.</summary>
public sealed class RedisAccessTests
{
    /// <summary>What the client library tries when it connects, and does without.</summary>
    private static readonly string[] Optional =
        ["config|get", "cluster|nodes", "cluster|slots", "__Booksleeve_MasterChanged", "__Booksleeve_TieBreak"];

    [Fact]
    public async Task The_documented_account_may_do_all_that_the_program_needs()
    {
        using var folder = new TemporaryFolder();
        var rules = DocumentedCommands.Under("docs/operations/redis.md", "## Security", "text").ShouldHaveSingleItem();
        var program = rules.Replace(">PASSWORD", ">of-the-program", StringComparison.Ordinal);
        File.WriteAllText(folder["users.acl"], $"{program}\nuser admin on >of-the-admin ~* &* +@all\n");
        var port = $"{Loopback.FreePort()}";
        using var redis = new WatchedProgram(
            "Ready to accept connections", "redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "",
            "--aclfile", folder["users.acl"]);
        await using var server = await ServerProcess.Start(
            ("Redis__Configuration", $"127.0.0.1:{port},user=bigtech,password=of-the-program"), ("Gateway__UserPerMinute", "1000"),
            ("Chat__SendsPerMinute", "1000"), ("Users__SignInsPerMinute", "1000"));
        await Eventually.Holds(async () => (await server.Metrics()).Sum("bigtech_redis_up") == 1, "a connection to Redis", Patience.Long);

        var (ann, bob, room) = await server.TwoInARoom();
        (await server.Anonymous.Post("/auth/login", new { email = ann.Account.Email, password = "wrong-1" })).ShouldBe(401);
        var ticket = (await ann.Api.Post("/auth/stream-ticket")).As<StreamTicket>(201);
        await using (var stream = await SseClient.Open(ann.Api.Url($"/messages/stream/{room}?ticket={ticket.Ticket}"), bearer: null))
        {
            await bob.Send(room, "hello");
            await stream.WaitForCreated(1);
        }
        (await bob.Api.Post("/online-status/heartbeat")).ShouldBe(204);
        (await bob.Api.Post("/auth/logout")).ShouldBe(204);
        (await bob.IsSignedIn()).ShouldBeFalse();

        (await server.Metrics()).Sum("bigtech_redis_up").ShouldBe(1);
        var refused = (await Tool.Run(
            "redis-cli", ["-p", port, "--user", "admin", "--json", "ACL", "LOG", "100"],
            [("REDISCLI_AUTH", "of-the-admin")])).ShouldSucceed();
        using var log = JsonDocument.Parse(refused);
        log.RootElement.EnumerateArray().Select(entry => entry.GetProperty("object").GetString()).Except(Optional).ShouldBeEmpty();
    }
}
