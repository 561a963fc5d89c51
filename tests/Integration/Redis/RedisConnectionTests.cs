using System.Collections.Concurrent;
using System.Text;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Redis;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Integration.Redis;

/// <summary>The behaviour of a process while Redis becomes unavailable and available again.</summary>
[Engines]
public sealed class RedisConnectionTests : IAsyncDisposable
{
    private static readonly RedisScript Echo = new("return ARGV[1]");

    private readonly RedisServer _server = new();
    private readonly TcpProxy _proxy;
    private readonly RedisSpace _space;

    public RedisConnectionTests()
    {
        _proxy = new TcpProxy(_server.Port);
        _space = new RedisSpace(_proxy.Address);
    }

    [Fact]
    public async Task A_killed_server_is_noticed_and_found_again_and_scripts_that_it_forgot_run_again()
    {
        var redis = await Connect();
        var restored = 0;
        redis.Restored += () => restored++;
        (await redis.Run(Echo, [], "a")).Text.ShouldBe("a");

        _server.Kill();
        await Eventually.Holds(() => !redis.IsUp, "Redis is away");
        await Should.ThrowAsync<AppError>(redis.Run(Echo, [], "b"));
        _server.Start();

        await Eventually.Holds(() => redis.IsUp, "Redis is back");
        (await redis.Run(Echo, [], "c")).Text.ShouldBe("c");
        restored.ShouldBe(1);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_costs_one_timeout_and_then_nothing()
    {
        var redis = await Connect(impatient: true);
        _proxy.Hold();
        var error = await Should.ThrowAsync<AppError>(redis.Run(Echo, [], "a"));
        error.Kind.ShouldBe(ErrorKind.Unavailable);
        error.RetryAfter.ShouldNotBeNull();

        error.InnerException.ShouldNotBeNull("it was asked");

        for (var i = 0; i < 100; i++)
        {
            var next = redis.Run(Echo, [], "a");
            next.IsFaulted.ShouldBeTrue("it is not asked, so there is nothing to wait for");
            (await Should.ThrowAsync<AppError>(next)).InnerException.ShouldBeNull();
        }

        _proxy.Heal();
        await Eventually.Holds(() => redis.IsUp, "Redis is back");
        (await redis.Run(Echo, [], "c")).Text.ShouldBe("c");
    }

    [Fact]
    public async Task A_partition_is_noticed_without_a_call()
    {
        var redis = await Connect(impatient: true);
        _proxy.Hold();
        await Eventually.Holds(() => !redis.IsUp, "Redis is away");
        _proxy.Cut();
        _proxy.Heal();
        await Eventually.Holds(() => redis.IsUp, "Redis is back");
    }

    [Fact]
    public async Task An_address_that_leads_to_another_server_is_followed_when_the_first_becomes_a_replica()
    {
        using var second = new RedisServer();
        var redis = await Connect();
        _proxy.Redirect(second.Port);
        await using var first = await _space.Direct(_server.Address);

        await first.Database.ExecuteAsync("REPLICAOF", "127.0.0.1", second.Port);

        await Eventually.Holds(() => !redis.IsUp, "the first refuses writes");
        await Eventually.Holds(() => redis.IsUp, "the second is connected");
        await using var direct = await _space.Direct(second.Address);
        (await redis.Run(new RedisScript("return redis.call('SET', KEYS[1], 'b')"), ["written"])).IsNull.ShouldBeFalse();
        ((string?)await direct.Database.StringGetAsync(_space.Prefix + "written")).ShouldBe("b");
    }

    [Fact]
    public async Task A_slow_server_is_there()
    {
        var redis = await Connect();
        var calls = CallOneAfterTheOther();

        await _proxy.Stutter(() => calls.IsCompleted, "all answers");

        (await calls).ShouldAllBe(answer => answer == "a");
        redis.IsUp.ShouldBeTrue();

        async Task<List<string?>> CallOneAfterTheOther()
        {
            var answers = new List<string?>();
            while (answers.Count < 20) answers.Add((await redis.Run(Echo, [], "a")).Text);
            return answers;
        }
    }

    [Fact]
    public async Task Messages_arrive_before_and_after_a_failure()
    {
        var (here, there) = (_space.NewConnection(), await _space.Connect());
        var received = new ConcurrentQueue<string>();
        here.Subscribe("news", message => received.Enqueue(Encoding.UTF8.GetString(message)));
        await here.StartAsync(RedisSpace.Ct);
        await Eventually.Holds(() => here.IsUp && there.IsUp, "Redis is there");
        there.Publish("news", "a"u8.ToArray());
        await Eventually.Holds(() => received.Count == 1, "the first arrives");
        _proxy.Cut();
        await Eventually.Holds(() => !here.IsUp && !there.IsUp, "Redis is away");
        _proxy.Heal();
        await Eventually.Holds(() => here.IsUp && there.IsUp, "Redis is back");

        there.Publish("news", "b"u8.ToArray());

        await Eventually.Holds(() => received.Count == 2, "the second arrives");
        received.ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task A_malformed_message_affects_no_subscriber()
    {
        var received = 0;
        var redis = _space.NewConnection();
        redis.Subscribe("news", message => received += message.Length > 0 ? 1 : throw new FormatException());
        await redis.StartAsync(RedisSpace.Ct);
        await Eventually.Holds(() => redis.IsUp, "Redis is there");
        redis.Publish("news", []);
        redis.Publish("news", "a"u8.ToArray());
        await Eventually.Holds(() => received == 1, "the next one arrives");
        redis.IsUp.ShouldBeTrue();
    }

    [Fact]
    public async Task A_program_starts_without_Redis_and_finds_it_later()
    {
        _proxy.Cut();
        var redis = _space.NewConnection();
        await redis.StartAsync(RedisSpace.Ct);
        var restored = false;
        redis.Restored += () => restored = true;
        redis.IsUp.ShouldBeFalse();
        await Should.ThrowAsync<AppError>(redis.Run(Echo, [], "a"));

        _proxy.Heal();

        await Eventually.Holds(() => restored, "Redis is found");
        (await redis.Run(Echo, [], "a")).Text.ShouldBe("a");
    }

    [Fact]
    public async Task While_it_is_away_each_replica_counts_its_own_requests()
    {
        var limiters = new List<IRequestLimiter>();
        for (var i = 0; i < 2; i++) limiters.Add(new RedisRequestLimiter(await Connect(), new MemoryRequestLimiter(TimeProvider.System)));
        async Task<LimitVerdict> Take(int replica) => await limiters[replica].Take("a", 2, TimeSpan.FromMinutes(1), RedisSpace.Ct);
        await Take(0);
        await Take(1);
        (await Take(0)).Allowed.ShouldBeFalse();

        _proxy.Cut();

        (await Take(0)).Remaining.ShouldBe(1);
        (await Take(1)).Remaining.ShouldBe(1);
        await Take(0);
        (await Take(0)).Allowed.ShouldBeFalse();
    }

    [Fact]
    public async Task However_often_it_is_cut_off_it_keeps_no_more_connections_than_before()
    {
        await using var direct = await _space.Direct(_server.Address);
        var redis = await _space.Connect(_proxy.Address);
        var own = await direct.CountClients();
        for (var i = 0; i < 5; i++)
        {
            _proxy.Cut();
            await Eventually.Holds(() => !redis.IsUp, "Redis is away");
            _proxy.Heal();
            await Eventually.Holds(() => redis.IsUp, "Redis is back");
        }

        await Eventually.Holds(async () => await direct.CountClients() <= own, "nothing is left of the others");
    }

    [Fact]
    public async Task A_replica_that_was_cut_off_has_the_others_look_for_the_signals_that_it_could_not_send()
    {
        var (cutOff, other) = (_space.NewConnection(_proxy.Address), _space.NewConnection(_server.Address));
        var signals = new RedisBackplane(cutOff);
        var received = new ConcurrentQueue<string>();
        var missed = 0;
        signals.Subscribe("news", _ => { }, () => { });
        new RedisBackplane(other).Subscribe("news", received.Enqueue, () => Interlocked.Increment(ref missed));
        await Task.WhenAll(cutOff.StartAsync(RedisSpace.Ct), other.StartAsync(RedisSpace.Ct));
        await Eventually.Holds(() => cutOff.IsUp && other.IsUp, "Redis is there");
        signals.Publish("news", "before");
        await Eventually.Holds(() => received.Contains("before"), "the way is open");
        _proxy.Cut();
        await Eventually.Holds(() => !cutOff.IsUp, "Redis is away for the one");
        var looked = Volatile.Read(ref missed);
        signals.Publish("news", "meanwhile");

        _proxy.Heal();

        await Eventually.Holds(() => Volatile.Read(ref missed) > looked, "the other looks");
        received.ShouldBe(["before"]);
    }

    [Fact]
    public void A_configuration_that_cannot_be_read_is_one_clear_line() =>
        Should.Throw<SettingException>(() => new RedisConnection(
            new RedisOptions { Configuration = "localhost,password=secret,connectTimeout=soon" }, null!,
            null!)).Message.ShouldNotContain("secret");

    private Task<RedisConnection> Connect(bool impatient = false) => _space.Connect(impatient ? _proxy.Address : null);

    public async ValueTask DisposeAsync()
    {
        await _space.DisposeAsync();
        _proxy.Dispose();
        _server.Dispose();
    }
}
