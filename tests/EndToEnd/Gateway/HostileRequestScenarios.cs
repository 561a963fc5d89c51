using System.Text;

namespace BigTech.Tests.EndToEnd.Gateway;

/// <summary>Paths that lead around, and requests that two servers could read in two ways.</summary>
public sealed class HostileRequestScenarios(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string Question = """{"ids":[1]}""";

    public static TheoryData<string> Paths { get; } =
    [
        "/internal/users/find",
        "//internal/users/find",
        "///internal///users/find",
        "/./internal/users/find",
        "/users/../internal/users/find",
        "/users/./../internal/users/find",
        "/users/1/../../internal/users/find",
        "/users/%2e%2e/internal/users/find",
        "/users/.%2e/internal/users/find",
        "/users/%2e./internal/users/find",
        "/users/%2E%2E/internal/users/find",
        "/users/%252e%252e/internal/users/find",
        "/users/%25252e%25252e/internal/users/find",
        "/users/..%2finternal/users/find",
        "/users/..%2Finternal%2Fusers%2Ffind",
        "/users/%2e%2e%2finternal%2fusers%2ffind",
        "/users/..%252finternal/users/find",
        "/internal%2fusers%2ffind",
        "/%69nternal/users/find",
        "/users\\..\\internal\\users\\find",
        "/users/..\\internal/users/find",
        "/users/%5c..%5cinternal/users/find",
        "/users/..%5cinternal%5cusers%5cfind",
        "/users/..;/internal/users/find",
        "/users;a=b/../internal/users/find",
        "/users/%3b/../internal/users/find",
        "/users/%c0%ae%c0%ae/internal/users/find",
        "/users/%ef%bc%8e%ef%bc%8e/internal/users/find",
        "/users/%u002e%u002e/internal/users/find",
        "/api/internal/users/find",
        "/api//internal/users/find",
        "/api/../internal/users/find",
        "/api/api/internal/users/find",
        "/API/internal/users/find",
        "/users/find/../../internal/users/find?a=/users",
        "/messages/stream/../../internal/room-viewers",
        "http://localhost/internal/users/find",
        "http://internal/internal/users/find",
    ];

    [Fact]
    public async Task The_plain_path_answers_a_service_with_the_key() =>
        (await Ask(fixture.Services.Url("user"), "/internal/users/find", GatewayFixture.Secret)).ShouldBe(200);

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task No_way_leads_to_an_internal_path_with_or_without_the_key(string path)
    {
        foreach (var server in new[] { fixture.Gateway, fixture.Services })
        {
            // The services themselves answer a caller with the key, so they are asked without it.
            var answer = await Ask(server.Url(), path, server == fixture.Gateway ? GatewayFixture.Secret : "wrong");

            answer.Status.ShouldBeOneOf([400, 401, 404, 405], answer.Text);
        }
    }

    [Theory]
    [InlineData("two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!")]
    [InlineData("two lengths in a list", "Content-Length: 5, 6\r\n\r\nhello!")]
    [InlineData("a negative length", "Content-Length: -1\r\n\r\n")]
    [InlineData("a length with letters", "Content-Length: 5a\r\n\r\nhello")]
    [InlineData("an unknown encoding", "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")]
    [InlineData("chunked not last", "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n")]
    [InlineData("a blank before the colon", "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("a folded header", "X-A: 1\r\n Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("a bad chunk size", "Transfer-Encoding: chunked\r\n\r\nG\r\nhi\r\n0\r\n\r\n")]
    [InlineData("a negative chunk size", "Transfer-Encoding: chunked\r\n\r\n-1\r\nhi\r\n0\r\n\r\n")]
    [InlineData("no end after a chunk", "Transfer-Encoding: chunked\r\n\r\n2\r\nhiX0\r\n\r\n")]
    public async Task What_two_servers_could_read_in_two_ways_is_refused_and_the_connection_ends(string what, string rest)
    {
        foreach (var server in new[] { fixture.Gateway, fixture.Services })
        {
            var answers = await Exchange(server, $"POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{rest}");

            answers.ShouldStartWith("HTTP/1.1 400 ", Case.Sensitive, what);
            answers.Split("HTTP/1.1 ").Length.ShouldBe(2, what);
        }
    }

    [Theory]
    [InlineData("no host", "")]
    [InlineData("two hosts", "Host: a\r\nHost: b\r\n")]
    [InlineData("a host that is none", "Host: a b\r\n")]
    public async Task A_request_names_one_host(string what, string hosts)
    {
        foreach (var server in new[] { fixture.Gateway, fixture.Services })
        {
            (await Exchange(server, $"GET /health HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n"))
                .ShouldStartWith("HTTP/1.1 400 ", Case.Sensitive, what);
        }
    }

    private static async Task<Answer> Ask(Uri server, string path, string key)
    {
        using var connection = await RawConnection.Open(server);
        return await connection.Send(
            new RawRequest("POST", path)
            {
                ContentType = "application/json",
                Body = Encoding.UTF8.GetBytes(Question),
                Headers = [$"X-Service-Key: {key}"],
            },
            "hostile");
    }

    /// <summary>Sends these bytes and a further request, and reads until the server ends the connection.</summary>
    private static async Task<string> Exchange(ServerProcess server, string request)
    {
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(server.Url().Host, server.Url().Port, TestContext.Current.CancellationToken);
        var stream = socket.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"{request}GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
            TestContext.Current.CancellationToken);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience.Limit);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync(patience.Token);
    }
}
