namespace BigTech.Tests.EndToEnd.Gateway;

/// <summary>A service trusts only other services that send the secret.</summary>
public sealed class TrustScenarios(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private static readonly (string Path, string Role, object Question)[] Internal =
    [
        ("/internal/users/find", "user", new { ids = new[] { 1 } }),
        ("/internal/users/find-among", "user", new { ids = new[] { 1 }, text = "a" }),
        ("/internal/presence/find", "user", new { viewer_id = 1, ids = new[] { 1 } }),
        ("/internal/room-viewers", "chat", new { room_ids = new[] { 1 } }),
    ];

    [Fact]
    public async Task Internal_paths_answer_a_service_and_do_not_exist_for_others()
    {
        var user = await fixture.Services.NewUser();
        foreach (var (path, role, question) in Internal)
        {
            (await Ask(path, role, question, GatewayFixture.Secret)).ShouldBe(200);
            (await Ask(path, role, question, GatewayFixture.Secret + "x")).ShouldBeProblem(404, "not_found");
            (await Ask(path, role, question, null)).ShouldBeProblem(404, "not_found");
            (await user.Api.On(role).Post(path, question)).ShouldBeProblem(404, "not_found");
        }
    }

    [Fact]
    public async Task The_gateway_does_not_lead_to_internal_paths_even_with_the_secret()
    {
        foreach (var (path, _, question) in Internal)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, fixture.Gateway.Anonymous.Url(path));
            request.Content = new StringContent(Wire.Write(question), null, "application/json");
            request.Headers.Add("X-Service-Key", GatewayFixture.Secret);
            (await fixture.Gateway.Anonymous.Send(request)).ShouldBeProblem(404, "not_found");
        }
    }

    [Fact]
    public async Task Without_a_secret_there_are_no_internal_paths_at_all()
    {
        await using var alone = await ServerProcess.Start();
        using var request = new HttpRequestMessage(HttpMethod.Post, alone.Anonymous.On("user").Url("/internal/users/find"));
        request.Content = new StringContent("""{"ids":[1]}""", null, "application/json");
        request.Headers.Add("X-Service-Key", "");
        (await alone.Anonymous.Send(request)).ShouldBeProblem(404, "not_found");
    }

    [Fact]
    public async Task Sign_in_failures_count_for_the_address_behind_the_gateway()
    {
        var innocent = await fixture.Gateway.NewUser();
        var attacker = fixture.Gateway.From("127.0.4.1");

        await Eventually.Holds(async () => (await Guess(attacker)).Status == 429, "a lock of the address");

        (await Guess(attacker, innocent)).ShouldBeProblem(429);
        (await Guess(fixture.Gateway.From("127.0.4.2"), innocent)).ShouldBe(200);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_address_that_the_client_claims_is_not_believed(bool atTheGateway)
    {
        var server = atTheGateway ? fixture.Gateway : fixture.Services;
        var attacker = server.From(atTheGateway ? "127.0.5.1" : "127.0.5.2");
        var claims = 0;

        await Eventually.Holds(async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, attacker.Url("/auth/login"));
            request.Content = new StringContent(
                Wire.Write(new { email = $"{User.NewName()}@example.org", password = "wrong-horse-1" }), null, "application/json");
            request.Headers.Add("X-Forwarded-For", $"10.0.0.{++claims % 250}");
            return (await attacker.Send(request)).ShouldBe(401, 429).Status == 429;
        }, "a lock of the real address");
    }

    private static Task<Answer> Guess(ApiClient client, User? user = null) => client.Post(
        "/auth/login",
        new { email = user?.Account.Email ?? $"{User.NewName()}@example.org", password = user?.Password ?? "wrong-horse-1" });

    private async Task<Answer> Ask(string path, string role, object question, string? secret)
    {
        var service = fixture.Services.Anonymous.On(role);
        using var request = new HttpRequestMessage(HttpMethod.Post, service.Url(path));
        request.Content = new StringContent(Wire.Write(question), null, "application/json");
        if (secret is not null)
            request.Headers.Add("X-Service-Key", secret);
        return await service.Send(request);
    }
}
