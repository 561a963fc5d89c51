using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Services;
using BigTech.Tests.Integration.Events;
using BigTech.Tests.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Services;

public sealed class ServiceClientTests
{
    // More than any machine needs: these tests do not measure speed.
    private const int Patient = 60_000;

    private static readonly JsonTypeInfo<int> Number = (JsonTypeInfo<int>)JsonSerializerOptions.Default.GetTypeInfo(typeof(int));

    [Fact]
    public async Task One_dead_replica_of_two_costs_no_caller_an_answer()
    {
        await using var alive = await StubService.Start();
        using var client = Client(Patient, Loopback.UnusedAddress(), alive.Address);

        for (var i = 0; i < 60; i++) (await Ask(client)).ShouldBe(1);

        alive.Asked.ShouldBe(60);
    }

    [Fact]
    public async Task A_replica_that_keeps_failing_is_left_alone_and_the_other_is_not()
    {
        await using var ill = await StubService.Start(StatusCodes.Status500InternalServerError);
        await using var well = await StubService.Start();
        using var client = Client(Patient, ill.Address, well.Address);

        for (var i = 0; i < 200; i++) (await Ask(client)).ShouldBe(1);

        well.Asked.ShouldBe(200);
        // Without the circuit, every second request would have started there.
        ill.Asked.ShouldBeLessThan(80);
    }

    [Fact]
    public async Task A_second_attempt_goes_to_another_replica_whatever_else_is_asked_at_the_same_time()
    {
        await using var ill = await StubService.Start(StatusCodes.Status503ServiceUnavailable);
        await using var well = await StubService.Start();
        using var client = Client(Patient, ill.Address, well.Address);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Ask(client)));

        answers.ShouldAllBe(answer => answer == 1);
    }

    [Fact]
    public async Task A_replica_that_is_well_again_is_asked_again()
    {
        var isWell = false;
        await using var recovers = await StubService.Start(context =>
        {
            if (Volatile.Read(ref isWell)) return context.Response.WriteAsJsonAsync(1);
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return Task.CompletedTask;
        });
        await using var well = await StubService.Start();
        using var client = Client(Patient, recovers.Address, well.Address);
        await Eventually.Holds(async () => !await IsAsked(), "it is left alone");

        Volatile.Write(ref isWell, true);

        await Eventually.Holds(IsAsked, "it is asked again");

        // Of two requests, one starts there.
        async Task<bool> IsAsked()
        {
            var before = recovers.Asked;
            (await Ask(client)).ShouldBe(1);
            (await Ask(client)).ShouldBe(1);
            return recovers.Asked > before;
        }
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_is_made_once_more_with_the_next_replica()
    {
        await using var silent = await StubService.Start(IsGivenUp);
        await using var well = await StubService.Start();
        using var client = Client(10_000, silent.Address, well.Address);

        var answers = await Task.WhenAll(Ask(client), Ask(client));

        answers.ShouldAllBe(answer => answer == 1);
        silent.Asked.ShouldBe(1, "one of the two began there");
        well.Asked.ShouldBe(2);

        static async Task IsGivenUp(HttpContext context)
        {
            var givenUp = new TaskCompletionSource();
            await using var registration = context.RequestAborted.Register(givenUp.SetResult);
            await givenUp.Task;
        }
    }

    [Fact]
    public async Task A_failure_is_tried_once_more_and_a_refusal_is_not()
    {
        await using var ill = await StubService.Start(StatusCodes.Status500InternalServerError);
        await using var strict = await StubService.Start(StatusCodes.Status404NotFound);
        using var failing = Client(Patient, ill.Address);
        using var refused = Client(Patient, strict.Address);

        (await Should.ThrowAsync<AppError>(() => Ask(failing))).Code.ShouldBe("service_unavailable");
        (await Should.ThrowAsync<AppError>(() => Ask(refused))).Code.ShouldBe("service_unavailable");

        ill.Asked.ShouldBe(2);
        strict.Asked.ShouldBe(1);
    }

    [Fact]
    public async Task A_call_to_all_replicas_has_one_attempt_at_each_however_often_one_fails()
    {
        await using var ill = await StubService.Start(StatusCodes.Status500InternalServerError);
        await using var well = await StubService.Start();
        using var client = Client(Patient, ill.Address, well.Address);

        // The calls to one replica between them open the circuit of the ill one.
        for (var i = 0; i < 60; i++)
        {
            (await Ask(client)).ShouldBe(1);
            var (before, beforeWell) = (ill.Asked, well.Asked);
            (await AskAll(client)).ShouldContain(1);
            (ill.Asked - before, well.Asked - beforeWell).ShouldBe((1, 1));
        }
    }

    [Fact]
    public async Task Without_a_listener_every_call_fails_as_unavailable()
    {
        using var client = Client(Patient, Loopback.UnusedAddress(), Loopback.UnusedAddress());

        for (var i = 0; i < 40; i++) (await Should.ThrowAsync<AppError>(() => Ask(client))).Code.ShouldBe("service_unavailable");
    }

    [Fact]
    public async Task A_connection_that_does_not_open_fails_as_unavailable_as_well()
    {
        using var nonReading = new NonReadingClient();
        using var client = Client(100, nonReading.Address);

        (await Should.ThrowAsync<AppError>(() => Ask(client))).Code.ShouldBe("service_unavailable");
    }

    [Fact]
    public async Task The_secret_does_not_follow_a_redirect()
    {
        await using var elsewhere = await StubService.Start();
        await using var service = await StubService.Start(context =>
        {
            context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
            context.Response.Headers.Location = elsewhere.Address.ToString();
            return Task.CompletedTask;
        });
        using var client = Client(Patient, service.Address);

        (await Should.ThrowAsync<AppError>(() => Ask(client))).Code.ShouldBe("service_unavailable");

        service.Asked.ShouldBe(1);
        elsewhere.Asked.ShouldBe(0);
    }

    [Fact]
    public async Task The_secret_does_not_go_through_a_proxy_of_the_environment()
    {
        await using var proxy = await StubService.Start();
        var usual = HttpClient.DefaultProxy;
        var service = Loopback.UnusedAddress();
        HttpClient.DefaultProxy = new ProxyFor(service, proxy.Address);
        try
        {
            using var client = Client(Patient, service);
            (await Should.ThrowAsync<AppError>(() => Ask(client))).Code.ShouldBe("service_unavailable");
        }
        finally
        {
            HttpClient.DefaultProxy = usual;
        }
        proxy.Asked.ShouldBe(0);
    }

    [Fact]
    public async Task A_refused_connection_is_logged_as_such_and_once_however_often_it_is_tried()
    {
        var logs = new RecordedLogs();
        using var client = Client(Patient, logs, Loopback.UnusedAddress());

        for (var i = 0; i < 5; i++) await AskAll(client);
        for (var i = 0; i < 5; i++) await Should.ThrowAsync<AppError>(() => Ask(client));

        // Once for the one replica, and once for the whole service.
        logs.Count("the connection was refused").ShouldBe(2);
        logs.Lines.Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_outage_is_logged_when_it_begins_and_when_it_ends()
    {
        var logs = new RecordedLogs();
        var status = StatusCodes.Status404NotFound;
        await using var service = await StubService.Start(context =>
        {
            context.Response.StatusCode = Volatile.Read(ref status);
            return context.Response.WriteAsJsonAsync(1);
        });
        using var client = Client(Patient, logs, service.Address);
        for (var i = 0; i < 3; i++) await AskAll(client);
        (logs.Count("it answered 404: the two have not the same Services:Secret"), logs.Lines.Count).ShouldBe((1, 1));

        Volatile.Write(ref status, StatusCodes.Status200OK);
        for (var i = 0; i < 3; i++) (await AskAll(client)).ShouldBe([1]);
        (logs.Count("connected"), logs.Lines.Count).ShouldBe((1, 2));

        Volatile.Write(ref status, StatusCodes.Status500InternalServerError);
        for (var i = 0; i < 3; i++) await AskAll(client);
        (logs.Count("it answered 500"), logs.Lines.Count).ShouldBe((1, 3));
    }

    [Fact]
    public async Task Public_keys_that_cannot_be_fetched_are_logged_once_and_once_when_they_can()
    {
        var logs = new RecordedLogs();
        var isWell = false;
        await using var service = await StubService.Start(context =>
        {
            context.Response.StatusCode = Volatile.Read(ref isWell) ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            return context.Response.WriteAsync("""{"keys":[]}""");
        });
        using var keys = new JwksClient([service.Address], TimeProvider.System, new Logger<JwksClient>(logs));
        await keys.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.Holds(() => service.Asked >= 3, "three attempts");
        (logs.Count("it answered 503"), logs.Lines.Count).ShouldBe((1, 1));

        Volatile.Write(ref isWell, true);

        await Eventually.Holds(() => logs.Count("Public keys fetched") == 1, "the end of the outage");
        await keys.StopAsync(TestContext.Current.CancellationToken);
        logs.Lines.Count.ShouldBe(2);
    }

    private static ServiceClient Client(int timeout, params Uri[] addresses) => Client(timeout, NullLoggerFactory.Instance, addresses);

    private static ServiceClient Client(int timeout, ILoggerFactory logs, params Uri[] addresses) => new(
        "User Service", addresses, new ServicesOptions { Secret = new string('s', 32), TimeoutMilliseconds = timeout },
        new Logger<ServiceClient>(logs));

    private static Task<IReadOnlyList<int>> AskAll(ServiceClient client) =>
        client.AskAll("/internal/number", 0, Number, Number, TestContext.Current.CancellationToken);

    private static Task<int> Ask(ServiceClient client) =>
        client.Ask("/internal/number", 0, Number, Number, TestContext.Current.CancellationToken);

    /// <summary>Acts like the proxy settings of the environment, but for one address only: other tests run in the same process.</summary>
    private sealed class ProxyFor(Uri service, Uri proxy) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => proxy;

        public bool IsBypassed(Uri host) => host.Authority != service.Authority;
    }
}
