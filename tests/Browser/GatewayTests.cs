using BigTech.Tests.EndToEnd;

namespace BigTech.Tests.Browser;

/// <summary>An EventSource at a gateway whose services stop and start.</summary>
public sealed class GatewayTests(Chromium chromium)
{
    private const string Secret = "a-secret-of-the-tests-that-is-long-enough";

    [Fact]
    public async Task It_survives_a_restart_of_the_services_and_of_the_gateway()
    {
        await using var services = await ServerProcess.StartOnKeptPorts(("Services__Secret", Secret));
        await using var gateway = await ServerProcess.Start(
            ["gateway"], ("Services__Secret", Secret), ("Services__Users", $"{services.Url("user")}"),
            ("Services__Friends", $"{services.Url("friend")}"), ("Services__Chat", $"{services.Url("chat")}"),
            ("Services__Notifications", $"{services.Url("notification")}"));
        var (ann, bob, room) = await gateway.TwoInARoom();
        await using var page = await Visitor.Open(chromium, gateway.Url());
        (await page.SignIn(bob.Tokens.AccessToken)).ShouldBe(204);
        await page.Follow($"/messages/stream/{room}");
        await page.Until("seen.length > 0");

        await services.Kill9();
        await page.Until("seen.filter(e => e.name === 'unavailable' && e.data.code === 'service_unavailable').length >= 2");
        await services.Restart();
        await Eventually.Holds(async () => (await ann.TrySend(room, "one")).Status == 201, "a message", Patience.Long);
        await page.Messages(1);
        await gateway.Kill9();
        var errors = (await page.Evaluate("errors")).GetInt32();
        await page.Until($"errors > {errors + 1}");
        await gateway.Restart();
        await ann.Send(room, "two");

        (await page.Messages(2)).Length.ShouldBe(2);
        (await page.Evaluate("seen.some(event => event.name === 'reset')")).GetBoolean().ShouldBeFalse();
    }
}
