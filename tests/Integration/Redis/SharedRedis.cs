using BigTech.BuildingBlocks.Redis;
using BigTech.Tests.Integration.Redis;
using BigTech.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

[assembly: AssemblyFixture(typeof(SharedRedis))]

namespace BigTech.Tests.Integration.Redis;

/// <summary>The one Redis of all tests of this assembly that do not break it; each test has a key prefix of its own.</summary>
public sealed class SharedRedis : IDisposable
{
    private readonly Lazy<RedisServer> _server = new();

    public string Address => _server.Value.Address;

    public void Dispose()
    {
        if (_server.IsValueCreated) _server.Value.Dispose();
    }
}

/// <summary>A key prefix of one Redis, with as many connections as the test has replicas.</summary>
/// <param name="timeoutMilliseconds">Long where no failure is wanted: other tests may keep the processors busy.</param>
internal sealed class RedisSpace(string address, int timeoutMilliseconds = 10_000, string? prefix = null) : IAsyncDisposable
{
    /// <summary>The product's default.</summary>
    public const int Short = 1000;

    private readonly List<RedisConnection> _connections = [];
    private readonly OwnMeters _meters = new();

    public string Prefix { get; } = prefix ?? $"test:{Guid.NewGuid():N}:";

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Connects one more replica and waits for Redis: the first attempt may fail on a busy machine.</summary>
    /// <param name="via">Another route to the same server, which will fail.</param>
    public async Task<RedisConnection> Connect(string? via = null)
    {
        var connection = NewConnection(via);
        await connection.StartAsync(Ct);
        await Eventually.Holds(() => connection.IsUp, "Redis answers");
        return connection;
    }

    /// <summary>A connection that is not started yet, for subscribers that need all of its signals.</summary>
    public RedisConnection NewConnection(string? via = null)
    {
        var options = new RedisOptions
        {
            Configuration = via ?? address,
            KeyPrefix = Prefix,
            TimeoutMilliseconds = via is null ? timeoutMilliseconds : Short,
        };
        var connection = new RedisConnection(options, _meters, NullLogger<RedisConnection>.Instance);
        _connections.Add(connection);
        return connection;
    }

    /// <summary>Simulates the passing of time, for state that depends only on Redis' clock: makes all expiries and times earlier.</summary>
    public async Task Age(TimeSpan by)
    {
        await using var direct = await Direct();
        await direct.Database.ScriptEvaluateAsync(
            """
            local by = tonumber(ARGV[2])
            local function isTime(number) return (tonumber(number) or 0) > 1000000000000 end
            for _, key in ipairs(redis.call('KEYS', ARGV[1] .. '*')) do
                local left = redis.call('PTTL', key)
                if left >= 0 then redis.call('PEXPIRE', key, left - by) end
                local kind = redis.call('TYPE', key).ok
                if kind == 'zset' then
                    local all = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
                    for i = 1, #all, 2 do
                        if isTime(all[i + 1]) then redis.call('ZINCRBY', key, -by, all[i]) end
                    end
                elseif kind == 'hash' then
                    local all = redis.call('HGETALL', key)
                    for i = 1, #all, 2 do
                        if isTime(all[i + 1]) then redis.call('HINCRBY', key, all[i], -by) end
                    end
                end
            end
            """, null, [Prefix, (long)by.TotalMilliseconds]);
    }

    /// <param name="past">The server's own address, without the proxy.</param>
    public async Task<DirectAccess> Direct(string? past = null) =>
        new(await ConnectionMultiplexer.ConnectAsync($"{past ?? address},allowAdmin=true"));

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.StopAsync(CancellationToken.None);
            connection.Dispose();
        }
        _meters.Dispose();
    }
}

/// <summary>Access to Redis without the product.</summary>
internal sealed class DirectAccess(ConnectionMultiplexer connection) : IAsyncDisposable
{
    public IDatabase Database => connection.GetDatabase();

    /// <summary>The number of open connections of the server.</summary>
    public async Task<int> CountClients() =>
        ((string)(await Database.ExecuteAsync("CLIENT", "LIST"))!).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    public async ValueTask DisposeAsync()
    {
        await connection.CloseAsync();
        connection.Dispose();
    }
}
