using System.Collections.Concurrent;
using BigTech.Tests.EndToEnd.Notifications;
using BigTech.Tests.Kafka;
using BigTech.Tests.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BigTech.Tests.EndToEnd.Cluster;

/// <summary>Several roles in one process; one of them has other replicas in another process.</summary>
[Faults]
public sealed class RolesTogetherScenarios
{
    private const string Secret = "the-secret-of-roles-that-live-together";

    [Fact]
    public async Task Notification_asks_the_listed_replicas_of_Chat_though_Chat_is_in_its_own_process()
    {
        using var kafka = new MockKafka();
        kafka.CreateTopics();
        using var redis = new RedisServer();
        await using var other = await OtherChat.Start();
        await using var server = await ServerProcess.Start(
            ["chat", "user", "notification"], ("Services__Chat", other.Address), ("Services__Secret", Secret),
            ("Services__Friends", Loopback.UnusedAddress().ToString()),
            ("Redis__Configuration", redis.Address),
            ("Kafka__BootstrapServers", kafka.BootstrapServers), ("Kafka__FetchWaitMilliseconds", "10"),
            // A replica that answers late counts as one without viewers, and on a busy machine the first answer may be late.
            ("Services__TimeoutMilliseconds", "30000"));
        var users = await server.NewUsers(3);
        var (ann, bob, carol) = (users[0], users[1], users[2]);
        var (watched, unwatched) = ((await ann.RoomWith(bob)).Id, (await ann.RoomWith(carol)).Id);
        other.Viewers[watched] = bob.Id;

        await ann.Send(watched, "you see this");
        await Eventually.Holds(() => other.Asked.ContainsKey(watched), "the question who looks", Patience.Long);
        await ann.Send(unwatched, "you do not see this");

        await carol.Receives("message");
        (await bob.Notifications()).Kinds.ShouldNotContain("message");
    }

    [Theory]
    [InlineData("/users/1")]
    [InlineData("/users/1/exists")]
    [InlineData("/api/users/1/exists")]
    public async Task A_gateway_with_a_service_in_its_process_asks_for_a_token(string path)
    {
        using var kafka = new MockKafka();
        kafka.CreateTopics();
        using var redis = new RedisServer();
        var elsewhere = Loopback.UnusedAddress().ToString();
        await using var user = await ServerProcess.Start(
            ["user"], ("Services__Secret", Secret), ("Redis__Configuration", redis.Address),
            ("Kafka__BootstrapServers", kafka.BootstrapServers));
        await using var server = await ServerProcess.Start(
            ["gateway", "user"], ("Services__Users", $"{user.Url("user")}"), ("Services__Chat", elsewhere), ("Services__Secret", Secret),
            ("Services__Friends", elsewhere), ("Services__Notifications", elsewhere), ("Redis__Configuration", redis.Address),
            ("Kafka__BootstrapServers", kafka.BootstrapServers));

        (await server.Anonymous.Get(path)).ShouldBe(401);
    }

    /// <summary>A replica of Chat as Notification sees it: it answers which users have a room open.</summary>
    private sealed class OtherChat : IAsyncDisposable
    {
        private readonly WebApplication _app;

        private OtherChat()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            _app = builder.Build();
            _app.Run(Answer);
        }

        public string Address => _app.Urls.Single();

        public ConcurrentDictionary<long, long> Viewers { get; } = new();

        public ConcurrentDictionary<long, bool> Asked { get; } = new();

        public static async Task<OtherChat> Start()
        {
            var chat = new OtherChat();
            await chat._app.StartAsync();
            return chat;
        }

        public async ValueTask DisposeAsync() => await _app.DisposeAsync();

        private async Task Answer(HttpContext context)
        {
            using var body = new StreamReader(context.Request.Body);
            var rooms = Wire.Read<Question>(await body.ReadToEndAsync()).RoomIds;
            foreach (var room in rooms)
                Asked[room] = true;
            var known = rooms.Where(Viewers.ContainsKey).Select(room => new { room_id = room, user_ids = new[] { Viewers[room] } });
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(Wire.Write(known));
        }

        private sealed record Question(long[] RoomIds);
    }
}
