using BigTech.Tests.EndToEnd;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BigTech.Tests.Deployment.Proxy;

/// <summary>What the sample of a proxy must let through: streams that are live and long, large uploads, the addresses of clients.</summary>
public sealed class NginxTests
{
    private const int MiB = 1024 * 1024;
    private const string ReadTimeout = "proxy_read_timeout 60s;";

    [Fact]
    public async Task A_stream_is_live_outlasts_the_read_timeout_by_its_heartbeats_and_is_resumed()
    {
        await using var server = await ServerProcess.Start(("Streams__HeartbeatSeconds", "1"));
        using var nginx = new Nginx(server.Url(), (ReadTimeout, "proxy_read_timeout 6s;"));
        var (ann, bob, room) = await server.TwoInARoom();
        var stream = await nginx.Stream(bob, room);

        await using (stream)
        {
            (await stream.First()).Type.ShouldBe("ready");
            await ann.Send(room, "live");
            await stream.WaitForCreated(1);
            await stream.WaitUntil(_ => stream.Comments.Count > 6, "heartbeats for longer than the read time-out");
            await ann.Send(room, "after the silence");
            await stream.WaitForCreated(2);
        }
        await ann.Send(room, "missed");
        await using var resumed = await nginx.Stream(bob, room, stream.LastEventId);

        (await resumed.WaitForCreated(1)).Single().Content.ShouldBe("missed");
    }

    [Fact]
    public async Task A_stream_without_heartbeats_is_cut()
    {
        await using var server = await ServerProcess.Start(("Streams__HeartbeatSeconds", "3600"));
        using var nginx = new Nginx(server.Url(), (ReadTimeout, "proxy_read_timeout 1s;"));
        var (_, bob, room) = await server.TwoInARoom();
        await using var stream = await nginx.Stream(bob, room);

        await stream.WaitForEnd();

        stream.EndedProperly.ShouldBe(false);
    }

    [Fact]
    public async Task The_server_notices_a_client_that_does_not_read()
    {
        await using var server = await ServerProcess.Start(("Streams__StalledSeconds", "1"));
        using var nginx = new Nginx(server.Url());
        var (ann, bob, room) = await server.TwoInARoom();
        await using var stream = await nginx.Stream(bob, room);
        await stream.First();

        stream.StopReading();

        // The sockets between the two take some megabytes. A proxy that buffers would take a gigabyte more.
        await Eventually.Holds(
            async () =>
            {
                await ann.SendMany(room, 200, _ => new string('a', 4000));
                return (await server.Metrics()).Sum("bigtech_streams_open") == 0;
            },
            "the stream is closed");
    }

    [Fact]
    public async Task A_stream_that_the_server_ends_ends_properly_and_is_resumed_without_loss()
    {
        await using var server = await ServerProcess.Start(("Streams__RotateMinutes", "0.02"));
        using var nginx = new Nginx(server.Url());
        var (ann, bob, room) = await server.TwoInARoom();
        await using var stream = await nginx.Stream(bob, room);

        await stream.WaitForEnd();
        stream.EndedProperly.ShouldBe(true);
        await ann.Send(room, "between two streams");
        await using var next = await nginx.Stream(bob, room, stream.LastEventId);

        (await next.WaitForCreated(1)).Single().Content.ShouldBe("between two streams");
    }

    [Fact]
    public async Task Requests_arrive_with_the_address_and_scheme_of_the_client_and_uploads_with_25_MiB()
    {
        await using var server = await ServerProcess.Start(
            ("Gateway__TrustedProxies", "127.0.0.1"), ("Gateway__AnonymousPerMinute", "3"));
        using var nginx = new Nginx(server.Url());
        var ann = await server.NewUser();

        await AddressesAreBelieved(nginx);
        await UploadsAreLetThrough(nginx, ann);
        await TicketsAreNotLogged(nginx);
        (await nginx.Get("/health")).Headers.Contains("Strict-Transport-Security").ShouldBeTrue();
        var moved = (await Nginx.Send(new HttpRequestMessage(HttpMethod.Post, new Uri(nginx.PlainAddress, "/api/a?b=c")))).ShouldBe(308);
        moved.Headers.Location.ShouldBe(new Uri("https://localhost/api/a?b=c"));
    }

    [Fact]
    public async Task An_upload_of_25_MiB_arrives_whole()
    {
        var received = 0L;
        await using var upstream = await CountingUpstream(bytes => received = bytes);
        await using var server = await ServerProcess.Start();
        using var nginx = new Nginx(new Uri(upstream.Urls.Single()));

        (await nginx.Upload("/api/files", 25 * MiB, await server.NewUser())).ShouldBe(200);

        received.ShouldBe(25 * MiB);
    }

    /// <summary>A program that takes files.</summary>
    private static async Task<WebApplication> CountingUpstream(Action<long> count)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 26 * MiB);
        builder.Logging.ClearProviders();
        var program = builder.Build();
        program.MapPost("/api/files", async (HttpRequest request) =>
        {
            var (bytes, buffer) = (0L, new byte[64 * 1024]);
            while (await request.Body.ReadAsync(buffer) is var read and > 0) bytes += read;
            count(bytes);
        });
        await program.StartAsync(TestContext.Current.CancellationToken);
        return program;
    }

    private static async Task AddressesAreBelieved(Nginx nginx)
    {
        const string path = "/.well-known/jwks.json";
        for (var i = 0; i < 3; i++) (await nginx.Get(path, from: "127.0.7.1")).ShouldBe(200);
        (await nginx.Get(path, from: "127.0.7.1")).ShouldBeProblem(429, "rate_limited");
        var claim = new HttpRequestMessage(HttpMethod.Get, new Uri(nginx.Address, path));
        claim.Headers.Add("X-Forwarded-For", "198.51.100.7");
        (await Nginx.Send(claim, from: "127.0.7.1")).ShouldBeProblem(429, "rate_limited");

        (await nginx.Get(path, from: "127.0.7.2")).ShouldBe(200);
    }

    private static async Task UploadsAreLetThrough(Nginx nginx, User ann)
    {
        // The program takes no files yet: it answers, and nginx does not.
        (await nginx.Upload("/api/files", 25 * MiB, ann)).ShouldBeProblem(404);
        (await nginx.Upload("/api/messages/1", (2 * MiB) - 1, ann)).ShouldBeProblem(413);

        foreach (var (path, bytes) in new[] { ("/api/files", (25 * MiB) + 1), ("/api/messages/1", (2 * MiB) + 1) })
        {
            (await nginx.Upload(path, bytes, ann)).ShouldBe(413).ContentType?.MediaType.ShouldBe("text/html");
        }
    }

    private static async Task TicketsAreNotLogged(Nginx nginx)
    {
        (await nginx.Get("/api/messages/stream?ticket=a-secret", from: "127.0.7.3")).ShouldBe(401);

        var log = "";
        await Eventually.Holds(
            async () => (log = await File.ReadAllTextAsync(nginx.AccessLog)).Contains("GET /api/messages/stream 401"), "a line of the log");
        log.ShouldNotContain("a-secret");
    }
}
