using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Redis;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Redis;

/// <summary>Session revocations over Redis, through every fault of it.</summary>
[Engines]
public sealed class RedisSessionRevocationsTests : IAsyncDisposable
{
    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(16);

    private readonly RedisServer _server = new();
    private readonly RedisSpace _space;
    private readonly TcpProxy _proxy;
    private readonly List<Replica> _replicas = [];

    public RedisSessionRevocationsTests()
    {
        _space = new RedisSpace(_server.Address);
        _proxy = new TcpProxy(_server.Port);
    }

    [Fact]
    public async Task A_revocation_takes_effect_in_every_replica_at_once_and_in_replicas_that_start_later()
    {
        var (a, b) = (await Start(), await Start());
        var received = new List<string>();
        b.Known.Revoked += received.Add;
        await a.Publish("1");
        a.Known.IsRevoked("1").ShouldBeTrue();
        await b.Learns("1");
        received.ShouldBe(["1"]);
        (await Start()).Known.IsRevoked("1").ShouldBeTrue("it is read before the first request");
    }

    [Fact]
    public async Task A_ticket_of_a_revoked_session_is_refused_by_a_replica_that_has_not_read_the_revocation_yet()
    {
        var caller = new Caller(1, "7", "ann_b");
        var (issuing, elsewhere) = (new RedisStreamTickets(await _space.Connect()), new RedisStreamTickets(await _space.Connect()));
        var (ended, other) = (await issuing.Issue(caller), await issuing.Issue(caller with { SessionId = "8" }));

        await (await Start()).Publish("7");

        (await elsewhere.Redeem(ended)).ShouldBeNull();
        (await elsewhere.Redeem(other)).ShouldNotBeNull("another session goes on");
    }

    [Fact]
    public async Task Thousands_at_once_arrive_and_publishing_them_again_changes_nothing()
    {
        var (a, b) = (await Start(), await Start());
        var ids = Enumerable.Range(1, 1300).Select(i => $"{i}").ToArray();
        await a.Publish(ids);
        await b.Learns(ids);
        await a.Publish(ids);
        await a.Publish("next");
        await b.Learns("next");
        await using var direct = await _space.Direct();
        ((long)await direct.Database.ExecuteAsync("GET", $"{_space.Prefix}revoked:last")).ShouldBe(1301);
    }

    [Fact]
    public async Task What_is_over_is_forgotten()
    {
        var a = await Start();
        await a.Revocations.Publish([new RevokedSession("short", TimeSpan.FromMilliseconds(1))]);
        await using var direct = await _space.Direct();
        await Eventually.Holds(async () =>
        {
            await a.Publish("long");
            return (long)await direct.Database.ExecuteAsync("ZCARD", $"{_space.Prefix}revoked:order") == 1;
        }, "only the one is left");
    }

    [Fact]
    public async Task A_replica_that_is_cut_off_goes_on_and_learns_afterwards_what_happened_meanwhile()
    {
        var (near, far) = (await Start(), await Start(_proxy.Address));
        _proxy.Hold();
        await near.Publish("1");
        await Eventually.Holds(() => !far.Redis.IsUp, "it notices");
        far.Known.IsRevoked("1").ShouldBeFalse();
        Should.Throw<AppError>(far.Revocations.EnsureAvailable).Kind.ShouldBe(ErrorKind.Unavailable);
        await Should.ThrowAsync<AppError>(far.Publish("2"));
        far.Known.IsRevoked("2").ShouldBeTrue("this process knows it at least");

        _proxy.Heal();

        await far.Learns("1");
        far.Lost.ShouldBe(2, "once at the start, and now: the context publishes again what it could not publish");
    }

    [Fact]
    public async Task A_server_that_lost_everything_receives_the_revocations_again_from_their_owner()
    {
        var (users, chat) = (await Start(), await Start());
        await users.Publish("1");
        await chat.Learns("1");
        users.Revocations.StateLost += () => _ = users.Publish("1");
        _server.Kill();
        await Eventually.Holds(() => !users.Redis.IsUp && !chat.Redis.IsUp, "Redis is away");

        _server.Start();

        await Eventually.Holds(() => users.Redis.IsUp && chat.Redis.IsUp, "Redis is back");
        var late = await Start();
        await late.Learns("1");
        await users.Publish("2");
        await chat.Learns("2");
    }

    [Fact]
    public async Task Keys_that_vanish_without_a_failure_are_noticed()
    {
        var (users, chat) = (await Start(), await Start());
        await users.Publish("1", "2");
        await chat.Learns("1", "2");
        await using var direct = await _space.Direct();
        await direct.Database.ExecuteAsync("FLUSHALL");
        await Eventually.Holds(() => users.Lost == 2 && chat.Lost == 2, "both notice");
        await users.Publish("3");
        await chat.Learns("3");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_clock_that_is_an_hour_wrong_changes_nothing(int hours)
    {
        var clock = new ManualTime();
        clock.Advance(DateTimeOffset.UtcNow.AddHours(hours) - clock.GetUtcNow());
        var (wrong, right) = (await Start(clock: clock), await Start());
        await wrong.Publish("1");
        await right.Learns("1");
        await right.Publish("2");
        await wrong.Learns("2");
        (await Start()).Known.IsRevoked("1").ShouldBeTrue();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas) await replica.DisposeAsync();
        await _space.DisposeAsync();
        _proxy.Dispose();
        _server.Dispose();
    }

    private async Task<Replica> Start(string? via = null, TimeProvider? clock = null)
    {
        var replica = new Replica(_space.NewConnection(via), clock ?? TimeProvider.System);
        _replicas.Add(replica);
        await replica.Start();
        return replica;
    }

    private sealed class Replica : IAsyncDisposable
    {
        public Replica(RedisConnection redis, TimeProvider clock)
        {
            Redis = redis;
            Known = new SessionRevocations(clock);
            Revocations = new RedisSessionRevocations(redis, Known, clock, NullLogger<RedisSessionRevocations>.Instance);
            Revocations.StateLost += () => Lost++;
        }

        public RedisConnection Redis { get; }

        public SessionRevocations Known { get; }

        public RedisSessionRevocations Revocations { get; }

        public int Lost { get; private set; }

        public async Task Start()
        {
            await Redis.StartAsync(RedisSpace.Ct);
            await Revocations.StartAsync(RedisSpace.Ct);
        }

        public Task Publish(params string[] ids) => Revocations.Publish(Array.ConvertAll(ids, id => new RevokedSession(id, Lasts)));

        public Task Learns(params string[] ids) => Eventually.Holds(() => ids.All(Known.IsRevoked), "it is known");

        public async ValueTask DisposeAsync()
        {
            await Revocations.StopAsync(CancellationToken.None);
            Revocations.Dispose();
        }
    }
}
