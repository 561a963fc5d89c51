namespace BigTech.Tests.EndToEnd.Accounts;

/// <summary>
/// A server with one thread for passwords at their real cost, and without a limit of sign-ups, so that only the queue protects it.
/// </summary>
public sealed class BusyHashes : IAsyncLifetime
{
    public ServerProcess Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await ServerProcess.Start(
        ("Users__PasswordIterations", "210000"), ("Users__PasswordWorkers", "1"), ("Users__WaitingSignUpsPerNetwork", "3"),
        ("Users__WaitingSignInsPerNetwork", "8"));

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>Those who sign up in crowds do not keep others from signing in.</summary>
public sealed class SignUpFloodScenarios(BusyHashes busy) : IClassFixture<BusyHashes>
{
    private readonly ServerProcess _server = busy.Server;

    [Theory]
    [InlineData(1, 300)]
    [InlineData(60, 5)]
    public async Task Sign_ins_go_on_beside_a_flood_of_sign_ups(int networks, int signUpsOfEach)
    {
        var owner = await _server.NewUser();
        var clients = Enumerable.Range(1, networks).Select(i => _server.From($"127.7.{networks}.{i}")).ToList();
        var flood = clients.SelectMany(client => Enumerable.Range(0, signUpsOfEach).Select(_ => SignUp(client))).ToList();
        await Task.WhenAny(flood);

        for (var i = 0; i < 5; i++) await owner.SignInAgain();

        var answers = await Task.WhenAll(flood);
        answers.Count(answer => answer.ShouldBe(201, 429, 503).Status == 201).ShouldBeGreaterThan(0);
        var refused = answers.Where(answer => answer.Status != 201).ToList();
        refused.Count.ShouldBeGreaterThan(answers.Length / 4);
        foreach (var answer in refused)
        {
            answer.ShouldBeProblem(answer.Status, answer.Status == 429 ? "rate_limited" : "overloaded");
            answer.Headers.RetryAfter.ShouldNotBeNull().Delta.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.Zero);
        }
    }

    private static Task<Answer> SignUp(ApiClient client)
    {
        var name = User.NewName();
        return client.Post("/auth/register", new { email = $"{name}@example.org", username = name, password = $"horse-{name}-7" });
    }
}
