using System.Net;
using System.Net.Sockets;
using BigTech.Tests.Testing;

namespace BigTech.Tests.EndToEnd.Gateway;

/// <summary>What the gateway forwards, and what it does when no service is available.</summary>
public sealed class ForwardingScenarios(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task A_conversation_through_the_gateway_is_one_like_any_other()
    {
        var (ann, bob, room) = await fixture.Gateway.TwoInARoom();
        await using var stream = await bob.Stream(room);
        await stream.First();

        var message = await ann.Send(room, "안녕");

        (await stream.WaitForCreated(1))[0].Id.ShouldBe(message.Id);
        (await bob.History(room)).Messages.ShouldHaveSingleItem().Content.ShouldBe("안녕");
        (await bob.Api.Get("/api/friends")).ShouldBe(200);
        (await bob.Api.Get("/notifications/unread-count")).ShouldBe(200);
        (await bob.Api.Get("/.well-known/jwks.json")).ShouldBe(200);
    }

    [Fact]
    public async Task The_metrics_of_the_gateway_name_service_and_route_and_leave_streams_out()
    {
        const string requests = "http_server_request_duration_seconds_count";
        var gateway = await fixture.Open();
        var (ann, bob, room) = await gateway.TwoInARoom();
        await using (var stream = await bob.Stream(room)) await stream.First();
        await ann.Send(room, "one");
        (await ann.Anonymous.Get($"/messages/stream/{room}")).ShouldBeProblem(401);

        PrometheusText? shown = null;
        await Eventually.Holds(
            async () => (shown = await gateway.Metrics()).Sum("http_server_active_requests", ("http_request_method", "GET")) == 1,
            "the stream has ended");

        shown!.Sum(requests, ("peer_service", "chat"), ("http_route", "/messages/{**rest}"), ("http_response_status_code", "201"))
            .ShouldBe(1);
        shown.Sum(requests, ("peer_service", "user"), ("http_route", "/auth/{**rest}"), ("http_response_status_code", "201"))
            .ShouldBe(2);
        shown.Sum(requests, ("http_route", "/messages/stream/{**rest}"), ("http_response_status_code", "401")).ShouldBe(1);
        shown.Sum(requests, ("http_route", "/messages/stream/{**rest}"), ("http_response_status_code", "200")).ShouldBe(0);
    }

    [Fact]
    public async Task A_stream_is_resumed_through_the_gateway_without_loss_or_double()
    {
        var (ann, bob, room) = await fixture.Gateway.TwoInARoom();
        string? last;
        await using (var first = await bob.Stream(room))
        {
            await ann.SendMany(room, 20, i => $"a{i}");
            await first.WaitForCreated(10);
            await first.Cut();
            last = first.LastEventId;
        }
        await ann.SendMany(room, 20, i => $"b{i}");

        await using var second = await bob.Stream(room, last);

        var missed = await second.WaitForCreated(40 - (int)long.Parse(last!.Split(':')[1], null));
        missed.Select(message => message.Seq).ShouldBe(Enumerable.Range(41 - missed.Length, missed.Length).Select(seq => (long)seq));
    }

    [Fact]
    public async Task Every_answer_carries_each_header_once_and_the_callers_request_id()
    {
        var user = await fixture.Gateway.NewUser();
        using var request = new HttpRequestMessage(HttpMethod.Get, user.Api.Url("/profile/me"));
        request.Headers.Authorization = new("Bearer", user.Tokens.AccessToken);
        request.Headers.Add("X-Request-Id", "mine-42");

        var answer = (await user.Api.Send(request)).ShouldBe(200);

        answer.Headers.GetValues("X-Request-Id").ShouldBe(["mine-42"]);
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.GetValues("X-Frame-Options").ShouldBe(["DENY"]);
        answer.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
        answer.Headers.Contains("Server").ShouldBeFalse();
    }

    [Fact]
    public async Task The_lines_of_a_request_have_one_id_and_its_user_at_the_gateway_and_at_the_service()
    {
        // The limits know the user.
        var gateway = await fixture.Open(("Gateway__UserPerMinute", "100000"));
        var user = await gateway.NewUser();

        var id = (await user.Api.Get("/profile/me")).ShouldBe(200).Headers.GetValues("X-Request-Id").Single();

        foreach (var (server, route) in new[] { (gateway, "/profile/{**rest}"), (fixture.Services, "/profile/me") })
        {
            var line = "";
            await Eventually.Holds(
                () => (line = server.Output.Split('\n').FirstOrDefault(line => line.Contains(id, StringComparison.Ordinal)) ?? "") != "",
                "a line of the request");
            line.ShouldContain($"\"request_id\":\"{id}\"");
            line.ShouldContain($"\"user_id\":{user.Id}");
            line.ShouldContain($"\"route\":\"{route}\"");
        }
    }

    [Fact]
    public async Task Refusals_of_a_service_come_through_as_they_are()
    {
        var user = await fixture.Gateway.NewUser();
        (await user.Api.Get("/messages/999999")).ShouldBeProblem(404, "room_not_found");
        (await user.Api.Get("/nothing/here")).ShouldBeProblem(404, "not_found");
        (await fixture.Gateway.Anonymous.Get("/friends")).ShouldBeProblem(401, "not_signed_in");
        (await user.Api.Post("/messages/1", new StringContent("{", null, "application/json"))).ShouldBeProblem(400, "malformed_json");
    }

    [Fact]
    public async Task A_header_in_any_letters_is_passed_on_and_says_nothing_about_the_service()
    {
        var user = await fixture.Gateway.NewUser();

        // More often than a service may fail before the gateway stops using it.
        for (var i = 0; i < 5; i++)
            (await fixture.Gateway.Anonymous.With("한글").Get("/profile/me")).ShouldBeProblem(401, "invalid_token");

        (await user.Api.Get("/profile/me")).ShouldBe(200);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_is_too_large_is_refused_by_the_gateway(bool saysItsLength)
    {
        var user = await fixture.Gateway.NewUser();
        using var content = new ByteArrayContent(new byte[(1 << 20) + 1]);
        content.Headers.ContentType = new("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, user.Api.Url("/messages/1")) { Content = content };
        request.Headers.Authorization = new("Bearer", user.Tokens.AccessToken);
        request.Headers.TransferEncodingChunked = !saysItsLength;
        // Otherwise the connection may close while the client still sends, before it has read the answer.
        request.Headers.ExpectContinue = true;

        (await user.Api.Send(request)).ShouldBeProblem(413, "too_large");
    }

    [Fact]
    public async Task A_service_that_is_down_is_503_and_the_others_go_on()
    {
        var gateway = await fixture.Open(("Services__Friends", Loopback.UnusedAddress().ToString()), ("Gateway__AnonymousPerMinute", "0"));
        var user = await gateway.NewUser();
        for (var i = 0; i < 10; i++)
        {
            var answer = await user.Api.Get("/friends");
            answer.ShouldBeProblem(503, "service_unavailable");
            answer.Headers.RetryAfter.ShouldNotBeNull();
        }
        (await user.Api.Get("/chat-rooms")).ShouldBe(200);
        await Eventually.Holds(
            async () =>
            {
                var health = (await user.Api.Get("/health")).ShouldBe(200).Json;
                health.GetProperty("status").GetString().ShouldBe("degraded");
                health.GetProperty("services").GetProperty("friend").GetString().ShouldBe("unreachable");
                // It must answer within half a second, which may be too short on a busy machine.
                return health.GetProperty("services").GetProperty("chat").GetString() == "healthy";
            },
            "a healthy service beside it");
    }

    [Fact]
    public async Task The_health_of_a_gateway_that_reaches_no_service_is_503()
    {
        var nowhere = Loopback.UnusedAddress().ToString();
        var gateway = await fixture.Open(
            ("Services__Users", nowhere), ("Services__Friends", nowhere), ("Services__Chat", nowhere),
            ("Services__Notifications", nowhere));

        var answer = (await gateway.Anonymous.Get("/health")).ShouldBe(503);

        answer.Json.GetProperty("status").GetString().ShouldBe("unhealthy");
        (await gateway.Anonymous.Get("/health/live")).ShouldBe(200);
    }

    [Fact]
    public async Task A_service_that_takes_the_connection_and_says_nothing_is_503_as_well()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var gateway = await fixture.Open(
            ("Services__Friends", $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}"), ("Gateway__TimeoutSeconds", "1"),
            ("Gateway__StreamSilenceSeconds", "1"));
        var user = gateway.Anonymous.With((await fixture.Services.NewUser()).Tokens.AccessToken);

        (await user.Get("/friends/stream")).ShouldBeProblem(503, "service_unavailable");
        (await user.Get("/friends")).ShouldBeProblem(503, "service_unavailable");
        // A service that answers also has one second, and a busy machine may need a second attempt.
        await Eventually.Holds(async () => (await user.Get("/chat-rooms")).Status == 200, "the other service");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_did_not_reach_a_replica_finds_the_one_that_lives_writes_too(bool isRefused)
    {
        using var nonReading = new NonReadingClient();
        var gone = isRefused ? Loopback.UnusedAddress() : nonReading.Address;
        var gateway = await fixture.Open(
            ("Services__Chat", $"{gone},{fixture.Services.Url("chat")}"), ("Gateway__UserPerMinute", "0"),
            ("Gateway__ConnectMilliseconds", "5000"));
        var (ann, bob, room) = await gateway.TwoInARoom();

        for (var i = 0; i < 10; i++)
            (await ann.TrySend(room, $"{i}")).ShouldBe(201);

        (await bob.History(room)).Messages.Select(message => message.Content).Reverse()
            .ShouldBe(Enumerable.Range(0, 10).Select(i => $"{i}"));
    }

    [Fact]
    public async Task A_replica_that_hangs_holds_up_some_senders_and_the_others_go_on_while_its_time_out_runs()
    {
        const int senders = 8;
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var (ann, _, room) = await fixture.Gateway.TwoInARoom();
        var gateway = await fixture.Open(
            ("Services__Chat", $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port},{fixture.Services.Url("chat")}"),
            ("Gateway__TimeoutSeconds", "600"),
            ("Gateway__UserPerMinute", "0"));
        var sender = gateway.Anonymous.With(ann.Tokens.AccessToken);

        var sending = Enumerable.Range(0, senders).Select(_ => SendMany()).ToList();

        // With strict alternation each of them would reach the silent replica.
        await Eventually.Holds(() => sending.Count(many => many.IsCompletedSuccessfully) >= senders / 2, "those that were not held up");
        silent.Pending().ShouldBeTrue("some requests have gone to the silent one");
        await SendMany();

        async Task SendMany()
        {
            for (var i = 0; i < 20; i++)
                (await sender.Post($"/messages/{room}", new { content = "hello" })).ShouldBe(201);
        }
    }

    [Fact]
    public async Task A_write_that_was_sent_is_not_sent_again()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}";
        var gateway = await fixture.Open(("Services__Chat", $"{address},{address}"), ("Gateway__TimeoutSeconds", "1"));
        var user = gateway.Anonymous.With((await fixture.Services.NewUser()).Tokens.AccessToken);

        (await user.Post("/messages/1", new { content = "once" })).ShouldBeProblem(503, "service_unavailable");

        (await user.Get("/chat-rooms")).ShouldBeProblem(503, "service_unavailable");
        var received = new List<string>();
        while (received.Count(line => line.StartsWith("GET /chat-rooms", StringComparison.Ordinal)) < 2)
            received.Add(await NextRequestOf(silent));
        received.Count(line => line.StartsWith("POST", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A_stream_may_be_silent_for_longer_than_an_answer_may_take()
    {
        using var way = new TcpProxy(fixture.Services.Url("chat").Port);
        var gateway = await fixture.Open(
            ("Services__Chat", $"http://{way.Address}"), ("Gateway__TimeoutSeconds", "1"), ("Gateway__StreamSilenceSeconds", "3600"));
        var (ann, bob, room) = await fixture.Gateway.TwoInARoom();
        await using var stream = await SseClient.Open(new Uri(gateway.Url(), $"/messages/stream/{room}"), bob.Tokens.AccessToken);
        await stream.First();

        way.Hold();
        // The request timeout has passed, and the stream was silent for all that time too.
        (await gateway.Anonymous.With(bob.Tokens.AccessToken).Get("/chat-rooms")).ShouldBeProblem(503, "service_unavailable");
        way.Heal();

        var message = await ann.Send(room, "still there?");
        (await stream.WaitForCreated(1))[0].Id.ShouldBe(message.Id);
    }

    [Fact]
    public async Task A_stream_whose_service_vanishes_ends_and_one_that_is_only_quiet_does_not()
    {
        // A service on a busy machine is quiet for longer than its heartbeat of one second.
        var silence = Patience.Limit.TotalSeconds / 6;
        using var way = new TcpProxy(fixture.Services.Url("chat").Port);
        var gateway = await fixture.Open(("Services__Chat", $"http://{way.Address}"), ("Gateway__StreamSilenceSeconds", $"{silence:0}"));
        var (ann, bob, room) = await gateway.TwoInARoom();
        await using var stream = await bob.Stream(room);
        await stream.First();
        await stream.WaitUntil(_ => stream.Comments.Count > 12, "heartbeats", Patience.Long);

        way.Hold();
        await stream.WaitForEnd(Patience.Long);
        way.Heal();

        stream.EndedProperly.ShouldBe(false);
        var message = await ann.Send(room, "are you back?");
        await using var again = await bob.Stream(room, stream.LastEventId);
        (await again.WaitForCreated(1))[0].Id.ShouldBe(message.Id);
    }

    [Fact]
    public async Task The_description_at_the_gateway_holds_all_services()
    {
        var description = (await fixture.Gateway.Anonymous.Get("/api/openapi.json")).ShouldBe(200).Json;
        var paths = description.GetProperty("paths");
        foreach (var path in new[] { "/auth/login", "/friends/request", "/messages/{id}", "/notifications" })
            paths.TryGetProperty(path, out _).ShouldBeTrue(path);
        description.GetProperty("components").GetProperty("securitySchemes").TryGetProperty("bearer", out _).ShouldBeTrue();
        (await fixture.Gateway.Anonymous.Get("/docs/index.html")).ShouldBe(200).Text.ShouldContain("swagger", Case.Insensitive);
    }

    private static async Task<string> NextRequestOf(TcpListener service)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience.Limit);
        using var connection = await service.AcceptTcpClientAsync(patience.Token);
        using var request = new StreamReader(connection.GetStream());
        return (await request.ReadLineAsync(patience.Token)).ShouldNotBeNull();
    }
}
