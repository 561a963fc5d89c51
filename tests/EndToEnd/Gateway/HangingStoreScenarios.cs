using BigTech.Tests.Testing;

namespace BigTech.Tests.EndToEnd.Gateway;

/// <summary>What callers see at the gateway while MariaDB hangs: it accepts connections and does not answer.</summary>
public sealed class HangingStoreScenarios : IDisposable
{
    private readonly MariaDbServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task While_the_database_hangs_the_service_says_so_before_the_gateway_gives_up_and_then_all_goes_on()
    {
        _server.Start(durable: false);
        await using var services = await ServerProcess.Start(
            ("Services__Secret", GatewayFixture.Secret), ("Sql__Engine", "mysql"),
            ("Sql__ConnectionString", _server.ConnectionStringOfProduct));
        await using var gateway = await ServerProcess.Start(
            ["gateway"],
            ("Services__Users", Url("user")), ("Services__Friends", Url("friend")), ("Services__Chat", Url("chat")),
            ("Services__Notifications", Url("notification")),
            ("Services__Secret", GatewayFixture.Secret), ("Gateway__AnonymousPerMinute", "0"), ("Gateway__UserPerMinute", "0"));
        var (ann, bob, room) = await gateway.TwoInARoom();
        await using var stream = await SseClient.Open(new Uri(gateway.Url(), "/notifications/stream"), bob.Tokens.AccessToken);
        await stream.First();
        await ann.Send(room, "before");

        _server.Freeze();
        var read = bob.Api.Get("/chat-rooms");
        var sent = ann.TrySend(room, "during");
        Task<Answer>[] others =
        [
            bob.Api.Get("/notifications"), bob.Api.Get("/friends"), bob.Api.Get($"/users/search?q={ann.Account.Username}"),
            bob.Api.Get($"/online-status/{ann.Id}"),
            bob.Anonymous.Post("/auth/login", new { email = bob.Account.Email, password = bob.Password }),
        ];
        foreach (var answer in await Task.WhenAll([read, sent, .. others])) answer.ShouldBeProblem(503, "store_unavailable");
        await Eventually.Holds(
            async () => (await gateway.Anonymous.Get("/health")).ShouldBe(200).Json.GetProperty("services").EnumerateObject()
                .All(one => one.Value.GetString() == "unhealthy"),
            "a health that says what it is");
        _server.Thaw();

        await Eventually.Holds(async () => (await ann.TrySend(room, "after")).Status == 201, "sends again");
        (await bob.History(room)).Messages.Select(message => message.Content).ShouldContain("after");
        await Eventually.Holds(
            async () => (await gateway.Anonymous.Get("/health")).Json.GetProperty("status").GetString() == "healthy", "healthy again");
        await stream.WaitUntil(
            events => events.Any(e => e.Data.Contains("after", StringComparison.Ordinal)), "the notification on the same stream");

        string Url(string role) => services.Url(role).ToString();
    }
}
