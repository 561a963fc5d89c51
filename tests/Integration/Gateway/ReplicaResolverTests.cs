using System.Net;
using System.Net.Sockets;
using BigTech.Tests.Integration.Services;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Integration.Gateway;

/// <summary>Replicas that share one name, which the test resolves.</summary>
public sealed class ReplicaResolverTests : IAsyncLifetime
{
    private const string Name = "chat-service-pods";
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(5);
    private static readonly IPAddress First = IPAddress.Parse("127.0.0.2");
    private static readonly IPAddress Second = IPAddress.Parse("127.0.0.3");
    private static readonly IPAddress Third = IPAddress.Parse("127.0.0.4");

    private readonly ManualTime _time = new();
    private readonly HttpClient _http = new();
    private readonly int _port = Loopback.FreePort();
    private readonly Dictionary<IPAddress, StubService> _replicas = [];
    private readonly List<string> _hosts = [];
    private volatile IPAddress[] _addresses = [First, Second];
    private volatile bool _isDown;
    private int _lookups;
    private TestGateway _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        foreach (var address in new[] { First, Second, Third })
        {
            _replicas[address] = await StubService.Start(
                context =>
                {
                    lock (_hosts) _hosts.Add(context.Request.Host.Value!);
                    return Task.CompletedTask;
                },
                $"http://{address}:{_port}");
        }
        _gateway = await Gateway();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _gateway.DisposeAsync();
        foreach (var replica in _replicas.Values) await replica.DisposeAsync();
    }

    [Fact]
    public async Task Each_gets_a_share_of_the_requests()
    {
        await Ask(times: 40);

        Asked(First).ShouldBeGreaterThan(5);
        Asked(Second).ShouldBeGreaterThan(5);
        Asked(Third).ShouldBe(0);
        // By which a mesh knows the service.
        _hosts.Distinct().ShouldBe([$"{Name}:{_port}"]);
        _gateway.AvailableReplicas.ShouldBe([2, 2]);
    }

    [Fact]
    public async Task One_that_comes_is_asked_and_one_that_goes_is_not()
    {
        _addresses = [Second, Third];
        await LookUp();
        await Eventually.Holds(async () => await Ask(times: 1) && Asked(Third) > 0, "a request at the new one");

        var before = Asked(First);
        await Ask(times: 40);
        Asked(First).ShouldBe(before);
        Asked(Second).ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task Each_has_a_circuit_breaker()
    {
        await _replicas[Second].DisposeAsync();

        (await Ask(times: 40)).ShouldBeTrue();
        _gateway.AvailableReplicas.ShouldBe([1, 1]);
    }

    [Fact]
    public async Task The_last_addresses_count_while_no_name_can_be_resolved()
    {
        _isDown = true;
        await LookUp();

        (await Ask(times: 40)).ShouldBeTrue();
        Asked(First).ShouldBeGreaterThan(5);
        Asked(Second).ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task A_name_that_nothing_resolves_yet_does_not_keep_the_gateway_from_starting()
    {
        _isDown = true;
        await using var gateway = await Gateway();
        (await _http.GetAsync(new Uri(gateway.Address, "/messages/1"), TestContext.Current.CancellationToken)).StatusCode
            .ShouldBe(HttpStatusCode.ServiceUnavailable);

        _isDown = false;
        await LookUp();
        await Eventually.Holds(() => gateway.AvailableReplicas.All(count => count == 2), "both replicas");
    }

    [Fact]
    public async Task A_name_with_one_address_stays_a_name_and_one_in_both_families_is_one()
    {
        _addresses = [First, IPAddress.IPv6Loopback];
        await using var gateway = await Gateway();

        gateway.Lookup.GetClusters().SelectMany(cluster => cluster.DestinationsState.AllDestinations)
            .Select(replica => replica.Model.Config.Address).Distinct().ShouldBe([$"http://{Name}:{_port}"]);
    }

    private int Asked(IPAddress address) => _replicas[address].Asked;

    private async Task<TestGateway> Gateway() => await TestGateway.Start(_time, LookUp, new Uri($"http://{Name}:{_port}"));

    private Task<IPAddress[]> LookUp(string host, CancellationToken ct)
    {
        Interlocked.Increment(ref _lookups);
        host.ShouldBe(Name);
        return _isDown ? throw new SocketException((int)SocketError.HostNotFound) : Task.FromResult(_addresses);
    }

    /// <summary>Waits until the name has been looked up for requests and for streams.</summary>
    private async Task LookUp()
    {
        var before = Volatile.Read(ref _lookups);
        await Eventually.Holds(
            () =>
            {
                _time.Advance(KeptFor);
                return Volatile.Read(ref _lookups) >= before + 4;
            },
            "another look-up");
    }

    private async Task<bool> Ask(int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var answer = await _http.GetAsync(new Uri(_gateway.Address, "/messages/1"), TestContext.Current.CancellationToken);
            if (!answer.IsSuccessStatusCode) return false;
        }
        return true;
    }
}
