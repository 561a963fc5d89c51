using System.Net.Sockets;
using System.Text;
using BigTech.Tests.Integration.Services;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace BigTech.Tests.Integration.Gateway;

/// <summary>What a client does wrong, many times, in front of two replicas: none of it takes one of them out of use.</summary>
public sealed class ClientFaultTests : IAsyncLifetime
{
    // Each replica gets several times the failures that would take it out of use.
    private const int Repetitions = 24;

    private readonly StubService[] _replicas = new StubService[2];
    private readonly HttpClient _http = new();
    private TestGateway _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        for (var i = 0; i < _replicas.Length; i++) _replicas[i] = await StubService.Start(ReadAll);
        // Time stands still: a replica that is out of use stays so.
        _gateway = await TestGateway.Start(new ManualTime(), [.. _replicas.Select(replica => replica.Address)]);
        _http.BaseAddress = _gateway.Address;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _gateway.DisposeAsync();
        foreach (var replica in _replicas) await replica.DisposeAsync();
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked", "FFFFFFFFFF\r\nhi\r\n0\r\n\r\n", false)]
    [InlineData("Transfer-Encoding: chunked", "2\r\nhi\r\n", true)]
    [InlineData("Content-Length: 100000", "{\"email\":", true)]
    [InlineData("Content-Length: 100000", "{\"email\":", false)]
    [InlineData("Connection: Upgrade\r\nUpgrade: websocket", "", true)]
    public async Task None_counts_against_a_replica(string headers, string body, bool resets)
    {
        await Task.WhenAll(Enumerable.Range(0, Repetitions).Select(_ => Send(headers, body, resets)));

        await Eventually.Holds(() => _gateway.Ended == Repetitions, "an end of all requests at the gateway");
        _replicas.ShouldAllBe(replica => replica.Asked > 0, "the faults came to both");
        _gateway.AvailableReplicas.ShouldAllBe(count => count == 2);
        var before = _replicas.Select(replica => replica.Asked).ToList();
        await Eventually.Holds(
            async () =>
            {
                using var answer = await _http.GetAsync("/messages/1", TestContext.Current.CancellationToken);
                answer.EnsureSuccessStatusCode();
                return _replicas.Zip(before).All(replica => replica.First.Asked > replica.Second);
            },
            "both get requests");
    }

    /// <summary>Sends these bytes, and either resets the connection when a replica has the request, or waits for its end.</summary>
    private async Task Send(string headers, string body, bool resets)
    {
        var stop = TestContext.Current.CancellationToken;
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(_gateway.Address.Host, _gateway.Address.Port, stop);
        var head = $"POST /messages/1 HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(head + body), stop);
        if (resets)
        {
            await Eventually.Holds(() => _replicas.Sum(replica => replica.Asked) >= Repetitions, "all requests at the replicas");
            // With no time to linger the close is a reset.
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            return;
        }
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience.Limit);
        // The gateway's answer says that the body is refused; the connection ends with it.
        Encoding.ASCII.GetString(await ReadFirst(socket, patience.Token)).ShouldStartWith("HTTP/1.1 40");
    }

    private static async Task<byte[]> ReadFirst(Socket socket, CancellationToken stop)
    {
        var buffer = new byte[4096];
        return buffer[..await socket.ReceiveAsync(buffer, stop)];
    }

    /// <summary>Reads what the client sends, to its end.</summary>
    private static async Task ReadAll(HttpContext context)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade)
        {
            await using var stream = await upgrade.UpgradeAsync();
            await stream.CopyToAsync(Stream.Null, context.RequestAborted);
        }
        else
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        }
    }
}
