using System.Net.Sockets;
using System.Text;

namespace BigTech.Tests.EndToEnd.Gateway;

/// <summary>What a client does wrong is answered to this client, and the services go on.</summary>
public sealed class ClientFaultScenarios(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    // More than would take a replica out of use, if another were left: see ClientFaultTests.
    private const int Repetitions = 12;

    [Theory]
    [InlineData("POST /auth/login")]
    [InlineData("POST /friends/request")]
    [InlineData("POST /messages/1")]
    [InlineData("POST /notifications/read")]
    public async Task A_chunk_size_that_overflows_is_refused_and_the_service_goes_on(string request)
    {
        for (var i = 0; i < Repetitions; i++)
        {
            var answer = await SendRaw(request, "Transfer-Encoding: chunked", "FFFFFFFFFF\r\nhi\r\n0\r\n\r\n");
            answer.ShouldStartWith("HTTP/1.1 400 ");
            answer.ShouldContain("\"code\":\"bad_request\"");
            answer.ShouldContain("X-Content-Type-Options: nosniff");
            answer.ShouldContain("X-Request-Id: ");
        }

        await AllServicesAnswer();
    }

    [Fact]
    public async Task A_body_that_is_cut_off_is_not_a_failure_of_the_service()
    {
        await CutOffInTheBody(fixture.Gateway, fixture.Services);

        await AllServicesAnswer();
    }

    [Fact]
    public async Task A_body_that_never_comes_is_refused_as_too_slow_and_the_service_goes_on()
    {
        var answers = await Task.WhenAll(
            Enumerable.Range(0, Repetitions).Select(_ => SendRaw("POST /auth/login", "Content-Length: 100", "{")));

        answers.ShouldAllBe(answer => answer.StartsWith("HTTP/1.1 408 ", StringComparison.Ordinal));
        await AllServicesAnswer();
    }

    [Theory]
    [InlineData("GET /auth/sessions", "Connection: Upgrade\r\nUpgrade: websocket")]
    [InlineData("GET /auth/sessions", "Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__")]
    public async Task An_upgrade_that_no_service_knows_is_an_ordinary_request(string request, string headers)
    {
        for (var i = 0; i < Repetitions; i++) (await SendRaw(request, headers, "")).ShouldStartWith("HTTP/1.1 401 ");

        await AllServicesAnswer();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_that_a_client_does_is_an_error_in_the_log(bool atTheGateway)
    {
        var server = atTheGateway ? await fixture.Open(("Gateway__AnonymousPerMinute", "0")) : await fixture.OpenWhole();
        await Task.WhenAll(
            Enumerable.Range(0, Repetitions).Select(_ => SendRaw(server, "POST /auth/login", "Content-Length: 100", "{")));
        await SendRaw(server, "POST /auth/login", "Transfer-Encoding: chunked", "FFFFFFFFFF\r\nhi\r\n0\r\n\r\n");
        // Last: a server that is new to requests is slow, and a reset before it reads shows nothing.
        await CutOffInTheBody(server, atTheGateway ? fixture.Services : server);

        server.Terminate();
        await server.Ended();

        server.Output.Split('\n').Where(line => line.Contains("\"LogLevel\":\"Error\"", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private async Task AllServicesAnswer()
    {
        (await fixture.Gateway.Anonymous.Get("/.well-known/jwks.json")).ShouldBe(200);
        foreach (var path in new[] { "/friends", "/chat-rooms", "/notifications" })
        {
            (await fixture.Gateway.Anonymous.Get(path)).ShouldBe(401);
        }
    }

    /// <summary>Sends these bytes and reads until the answer is over.</summary>
    private Task<string> SendRaw(string request, string headers, string body) => SendRaw(fixture.Gateway, request, headers, body);

    private static async Task<string> SendRaw(ServerProcess gateway, string request, string headers, string body)
    {
        using var socket = await Connect(gateway);
        await socket.SendAsync(Encoding.ASCII.GetBytes(Head(request, headers) + body), TestContext.Current.CancellationToken);
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience.Limit);
        while (!HasEnded(answer.ToString()))
        {
            var count = await socket.ReceiveAsync(buffer, patience.Token);
            if (count == 0) break;
            answer.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }
        return answer.ToString();
    }

    /// <summary>Resets many connections in the middle of their bodies, while the service reads these.</summary>
    private static async Task CutOffInTheBody(ServerProcess gateway, ServerProcess service)
    {
        var sockets = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => SendHalf(gateway)));
        await Eventually.Holds(
            async () => (await service.Metrics()).Sum("http_server_active_requests") >= sockets.Length, "all requests at the service");
        foreach (var socket in sockets)
        {
            // With no time to linger the close is a reset.
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            socket.Dispose();
        }
    }

    private static async Task<Socket> SendHalf(ServerProcess gateway)
    {
        var socket = await Connect(gateway);
        await socket.SendAsync(
            Encoding.ASCII.GetBytes(Head("POST /auth/login", "Content-Length: 100000") + "{\"email\":"),
            TestContext.Current.CancellationToken);
        return socket;
    }

    private static async Task<Socket> Connect(ServerProcess gateway)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(gateway.Url().Host, gateway.Url().Port, TestContext.Current.CancellationToken);
        return socket;
    }

    private static string Head(string request, string headers) =>
        $"{request} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{headers}\r\n\r\n";

    /// <summary>An answer here ends with its JSON, in chunks or with a length.</summary>
    private static bool HasEnded(string answer) =>
        answer.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal) || answer.EndsWith('}');
}
