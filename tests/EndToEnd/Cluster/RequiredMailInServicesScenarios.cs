using System.Net.Http.Json;
using BigTech.Tests.Kafka;
using BigTech.Tests.Testing;
using BigTech.Tests.Testing.Mail;

namespace BigTech.Tests.EndToEnd.Cluster;

/// <summary>Verified addresses where the User context runs behind the gateway, with a mail server and counts in Redis.</summary>
[Faults]
public sealed class RequiredMailInServicesScenarios
{
    private const string Secret = "the-secret-of-a-gateway-and-its-users", Password = "horse-battery-7", Stranger = "battery-horse-8";
    private readonly string _address = $"{User.NewName()}@example.org";

    [Fact]
    public async Task A_stranger_neither_learns_of_an_address_nor_takes_it_nor_uses_up_its_mails()
    {
        using var kafka = new MockKafka();
        kafka.CreateTopics();
        using var redis = new RedisServer();
        await using var mail = new SmtpTestServer();
        (string, string)[] common =
        [
            ("Services__Secret", Secret), ("Redis__Configuration", redis.Address), ("Kafka__BootstrapServers", kafka.BootstrapServers),
        ];
        await using var user = await ServerProcess.Start(
            ["user"],
            [
                .. common, ("Users__RequireVerifiedEmail", "true"), ("Mail__PerAddressPerHour", "3"), ("Mail__SmtpHost", "127.0.0.1"),
                ("Mail__SmtpPort", $"{mail.Port}"), ("Mail__SmtpSecurity", "none"), ("Mail__FromAddress", "chat@example.org"),
                ("Mail__PublicUrl", "https://chat.example.org"),
            ]);
        var elsewhere = Loopback.UnusedAddress().ToString();
        await using var gateway = await ServerProcess.Start(
            ["gateway"],
            [
                .. common, ("Services__Users", $"{user.Url("user")}"), ("Services__Chat", elsewhere), ("Services__Friends", elsewhere),
                ("Services__Notifications", elsewhere), ("Gateway__TrustedProxies", "127.0.0.0/8"),
            ]);

        var answers = new List<Answer>();
        // Networks of one client: a provider gives out a /48 at most.
        for (var i = 0; i < 4; i++) answers.Add(await Register(gateway, $"2001:db8:7:{i}::1", Stranger));
        await Delivered(mail, 3);
        answers.ShouldAllBe(answer => answer.Status == 202 && answer.Text == "");
        Limits(answers[3]).ShouldBe(Limits(answers[0]));

        (await Register(gateway, "198.51.100.2", Password)).ShouldBe(202);
        await Delivered(mail, 4);
        (await SignIn(gateway, Password)).ShouldBeProblem(403, "email_not_verified");
        var (strangers, own) = (mail.Messages[0].Code(), mail.Messages[3].Code());
        (await Verify(gateway, strangers, Password)).ShouldBeProblem(403, "wrong_password");
        (await Verify(gateway, own, password: null)).ShouldBeProblem(403, "password_required");
        (await Verify(gateway, own, Password)).ShouldBe(204);

        (await SignIn(gateway, Password)).ShouldBe(200);
        (await SignIn(gateway, Stranger)).ShouldBe(401);
        (await Verify(gateway, strangers, Stranger)).ShouldBeProblem(404, "unknown_token");
    }

    private Task<Answer> Register(ServerProcess gateway, string network, string password) => Post(
        gateway, "/auth/register", new { email = _address, username = User.NewName(), password }, network);

    private Task<Answer> SignIn(ServerProcess gateway, string password) =>
        gateway.Anonymous.Post("/auth/login", new { email = _address, password });

    private static Task<Answer> Verify(ServerProcess gateway, string token, string? password) =>
        gateway.Anonymous.Post("/auth/email/verify", new { token, password });

    private static Task Delivered(SmtpTestServer mail, int count) => Eventually.Holds(() => mail.Messages.Count == count, $"{count} mails");

    /// <summary>The limits that an answer shows, but for what the stranger's own requests have used up.</summary>
    private static List<string> Limits(Answer answer) =>
        [.. answer.Headers.Where(header => header.Key is "RateLimit-Limit").SelectMany(header => header.Value)];

    private static async Task<Answer> Post(ServerProcess server, string path, object body, string network)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Anonymous.Url(path)) { Content = JsonContent.Create(body) };
        request.Headers.Add("X-Forwarded-For", network);
        return await server.Anonymous.Send(request);
    }
}
