using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using BigTech.Gateway;
using BigTech.Tests.Integration.Services;
using Microsoft.AspNetCore.Http;

namespace BigTech.Tests.Integration.Gateway;

public sealed class ServicesHealthTests
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);

    private readonly ManualTime _time = new();

    [Fact]
    public async Task However_many_ask_each_service_is_asked_once_a_second()
    {
        await using var service = await StubService.Start();
        await using var gateway = await TestGateway.Start(_time, service.Address);
        var health = gateway.Health;

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Answer(health)));
        for (var i = 0; i < 10; i++) await Answer(health);
        var asked = service.Asked;
        asked.ShouldBeLessThanOrEqualTo(4, "one question to each service");

        await Eventually.Holds(
            async () =>
            {
                _time.Advance(Kept);
                await Answer(health);
                return service.Asked > asked;
            },
            "a new question");
    }

    [Fact]
    public async Task A_health_that_comes_too_late_takes_no_replica_out_of_use()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var gateway = await TestGateway.Start(_time, new Uri($"http://{silent.LocalEndpoint}"));

        for (var i = 0; i < 4; i++)
        {
            ((string?)(await Answer(gateway.Health))["services"]!["chat"]).ShouldBe("unreachable");
            _time.Advance(Kept);
        }

        gateway.AvailableReplicas.ShouldAllBe(count => count == 1);
    }

    private static async Task<JsonNode> Answer(ServicesHealth health)
    {
        var context = new DefaultHttpContext();
        using var body = new MemoryStream();
        context.Response.Body = body;
        await health.Answer(context);
        await context.Response.CompleteAsync();
        return JsonNode.Parse(body.ToArray())!;
    }
}
