using System.Diagnostics;
using System.Net.Sockets;
using BigTech.Load;

namespace BigTech.Promises;

/// <summary>Measures some of the promises.</summary>
internal delegate Task<IReadOnlyList<Promise>> Measurement(Replicas replicas, int times, CancellationToken cancellation);

/// <summary>The promises in seconds, measured from the answer to an action at one replica to its effect at the other.</summary>
internal static class Measurements
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static IReadOnlyDictionary<string, Measurement> All { get; } = new Dictionary<string, Measurement>
    {
        ["logout"] = Logout,
        ["missed-logout"] = MissedLogout,
        ["block"] = Block,
        ["removal"] = Removal,
        ["presence"] = Presence,
        ["heartbeat"] = Heartbeat,
        ["silent-redis"] = SilentRedis,
        ["hung-database"] = HungDatabase,
        ["lost-service"] = LostService,
        ["stop"] = Stop,
    };

    private static async Task<IReadOnlyList<Promise>> Logout(Replicas replicas, int times, CancellationToken cancellation)
    {
        var took = await Repeat(times, async () =>
        {
            var account = (await replicas.Client.CreateAccounts(1, cancellation))[0];
            using var here = new Caller(replicas.A.Address, account);
            using var there = new Caller(replicas.B.Address, account);
            await there.Does(HttpMethod.Get, "/chat-rooms", null, cancellation);
            await here.Does(HttpMethod.Post, "/auth/logout", null, cancellation);
            return await there.Gets(401, HttpMethod.Get, "/chat-rooms", null, Stopwatch.GetTimestamp(), cancellation);
        });
        return [Promise.Of("the access token of a session that logs out works nowhere", 2 * Second, took)];
    }

    private static async Task<IReadOnlyList<Promise>> MissedLogout(Replicas replicas, int times, CancellationToken cancellation)
    {
        var took = await Repeat(Few(times), async () =>
        {
            var account = (await replicas.Client.CreateAccounts(1, cancellation))[0];
            using var here = new Caller(replicas.A.Address, account);
            using var there = new Caller(replicas.B.Address, account);
            await there.Does(HttpMethod.Get, "/chat-rooms", null, cancellation);
            replicas.RedisOfB.Hold();
            try
            {
                // The request needs Redis: its error shows that the replica knows that it is cut off.
                await there.Gets(503, HttpMethod.Post, "/auth/stream-ticket", null, Stopwatch.GetTimestamp(), cancellation);
                await here.Does(HttpMethod.Post, "/auth/logout", null, cancellation);
            }
            finally
            {
                replicas.RedisOfB.Heal();
            }
            return await there.Gets(401, HttpMethod.Get, "/chat-rooms", null, Stopwatch.GetTimestamp(), cancellation);
        });
        return [Promise.Of("a replica that was cut off from Redis knows who has logged out meanwhile", 2 * Second, took)];
    }

    private static async Task<IReadOnlyList<Promise>> Block(Replicas replicas, int times, CancellationToken cancellation)
    {
        var took = await Repeat(times, async () =>
        {
            var accounts = await replicas.Client.CreateAccounts(2, cancellation);
            var room = (await replicas.Client.CreateDirectRooms(accounts, cancellation))[0];
            using var blocker = new Caller(replicas.A.Address, accounts[0]);
            using var blocked = new Caller(replicas.B.Address, accounts[1]);
            await blocked.Does(HttpMethod.Post, $"/messages/{room}", new { content = "hello" }, cancellation);
            await blocker.Does(HttpMethod.Post, "/friends/block", new { user_id = accounts[1].Id }, cancellation);
            return await blocked.Gets(
                403, HttpMethod.Post, $"/messages/{room}", new { content = "hello?" }, Stopwatch.GetTimestamp(), cancellation);
        });
        return [Promise.Of("a block closes the 1:1 room for sending", Second, took)];
    }

    private static async Task<IReadOnlyList<Promise>> Removal(Replicas replicas, int times, CancellationToken cancellation)
    {
        var took = await Repeat(times, async () =>
        {
            var accounts = await replicas.Client.CreateAccounts(3, cancellation);
            var room = await replicas.Client.CreateGroup(accounts, cancellation);
            using var owner = new Caller(replicas.A.Address, accounts[0]);
            using var member = new Caller(replicas.B.Address, accounts[1]);
            using var stream = await member.Follows($"/messages/stream/{room}", cancellation);
            var end = stream.End(cancellation);
            await owner.Does(HttpMethod.Delete, $"/chat-rooms/{room}/members/{accounts[1].Id}", null, cancellation);
            var removed = Stopwatch.GetTimestamp();
            return Between(removed, await end);
        });
        return [Promise.Of("the open stream of a removed member ends ('at once')", Second, took)];
    }

    private static async Task<IReadOnlyList<Promise>> Presence(Replicas replicas, int times, CancellationToken cancellation)
    {
        var coming = new List<TimeSpan>();
        // The time to go offline includes the grace period of five seconds.
        var going = await Repeat(Few(times), async () =>
        {
            var accounts = await replicas.Client.CreateAccounts(2, cancellation);
            using var ann = new Caller(replicas.A.Address, accounts[0]);
            using var bob = new Caller(replicas.B.Address, accounts[1]);
            using var seen = await ann.Follows("/online-status/stream", cancellation);
            await replicas.Client.Befriend(accounts[0], accounts[1], cancellation);
            await seen.Next(Shows(accounts[1], isOnline: false), cancellation);
            var stream = await bob.Follows("/messages/stream", cancellation);
            var opened = Stopwatch.GetTimestamp();
            coming.Add(Between(opened, await seen.Next(Shows(accounts[1], isOnline: true), cancellation)));
            stream.Dispose();
            var closed = Stopwatch.GetTimestamp();
            return Between(closed, await seen.Next(Shows(accounts[1], isOnline: false), cancellation));
        });
        return [Promise.Of("a friend is told who is online", Second, coming),
            Promise.Of("a friend is told who has gone, a second after the grace of 5 s", 6.5 * Second, going)];
    }

    private static async Task<IReadOnlyList<Promise>> Heartbeat(Replicas replicas, int times, CancellationToken cancellation)
    {
        var account = (await replicas.Client.CreateAccounts(1, cancellation))[0];
        using var caller = new Caller(replicas.A.Address, account);
        var took = await Task.WhenAll(Enumerable.Range(0, Few(times)).Select(async _ =>
        {
            using var stream = await caller.Follows("/messages/stream", cancellation);
            var first = await stream.Next(line => line.StartsWith(':'), cancellation);
            return Between(first, await stream.Next(line => line.StartsWith(':'), cancellation));
        }));
        // A timer fires a little late, never by much.
        return [Promise.Of("a quiet stream carries a comment every 15 s", 15.5 * Second, took)];
    }

    private static async Task<IReadOnlyList<Promise>> SilentRedis(Replicas replicas, int times, CancellationToken cancellation)
    {
        var account = (await replicas.Client.CreateAccounts(1, cancellation))[0];
        using var caller = new Caller(replicas.B.Address, account);
        var took = await Repeat(Few(times), async () =>
        {
            await caller.Gets(201, HttpMethod.Post, "/auth/stream-ticket", null, Stopwatch.GetTimestamp(), cancellation);
            replicas.RedisOfB.Hold();
            try
            {
                return await caller.Gets(503, HttpMethod.Post, "/auth/stream-ticket", null, Stopwatch.GetTimestamp(), cancellation);
            }
            finally
            {
                replicas.RedisOfB.Heal();
            }
        });
        return [Promise.Of("what needs Redis is refused when Redis does not answer", 2.5 * Second, took)];
    }

    private static async Task<IReadOnlyList<Promise>> HungDatabase(Replicas replicas, int times, CancellationToken cancellation)
    {
        var accounts = await replicas.Client.CreateAccounts(2, cancellation);
        var room = (await replicas.Client.CreateDirectRooms(accounts, cancellation))[0];
        using var caller = new Caller(replicas.B.Address, accounts[0]);
        (HttpMethod Method, string Path, object? Body)[] requests =
        [
            (HttpMethod.Post, $"/messages/{room}", new { content = "hello" }), (HttpMethod.Get, "/chat-rooms", null),
            (HttpMethod.Get, "/friends", null),
            (HttpMethod.Get, "/notifications", null), (HttpMethod.Get, "/users/search?q=load", null),
        ];
        var took = new List<TimeSpan>();
        for (var time = 0; time < Few(times); time++)
        {
            foreach (var (method, path, body) in requests)
            {
                await caller.Gets(method == HttpMethod.Post ? 201 : 200, method, path, body, Stopwatch.GetTimestamp(), cancellation);
            }
            replicas.MariaDbOfB.Hold();
            try
            {
                var since = Stopwatch.GetTimestamp();
                took.AddRange(
                    await Task.WhenAll(
                        requests.Select(request => caller.Gets(503, request.Method, request.Path, request.Body, since, cancellation))));
            }
            finally
            {
                replicas.MariaDbOfB.Heal();
            }
        }
        return [Promise.Of("what needs MariaDB is refused when it does not answer", 5 * Second, took)];
    }

    private static async Task<IReadOnlyList<Promise>> LostService(Replicas replicas, int times, CancellationToken cancellation)
    {
        await using var gateway = await replicas.StartGateway(cancellation);
        using var caller = new Caller(gateway.Address, null);
        var took = await Repeat(times, () => caller.Gets(503, HttpMethod.Get, "/friends", null, Stopwatch.GetTimestamp(), cancellation));
        return [Promise.Of("the gateway answers 503 for a service that is down", Second, took)];
    }

    private static async Task<IReadOnlyList<Promise>> Stop(Replicas replicas, int times, CancellationToken cancellation)
    {
        var took = await Repeat(Math.Min(times, 3), async () =>
        {
            await using var server = await replicas.StartAlone(cancellation);
            using var client = new ChatSetup(server.Address);
            using var caller = new Caller(server.Address, (await client.CreateAccounts(1, cancellation))[0]);
            using var stream = await caller.Follows("/messages/stream", cancellation);
            // A client that stops in the middle of a request. The rest of the 20 s of a shutdown is for the relay and the files.
            using var late = new TcpClient();
            await late.ConnectAsync(server.Endpoint, cancellation);
            await late.GetStream().WriteAsync("POST /auth/register HTTP/1.1\r\nHost: chat\r\nContent-Ty"u8.ToArray(), cancellation);
            return await server.Stop();
        });
        return [Promise.Of("a stop cuts off a client in the middle of a request after 8 s", 10 * Second, took)];
    }

    private static async Task<List<TimeSpan>> Repeat(int times, Func<Task<TimeSpan>> measure)
    {
        var took = new List<TimeSpan>();
        for (var time = 0; time < times; time++) took.Add(await measure());
        return took;
    }

    /// <summary>For measurements that take seconds each.</summary>
    private static int Few(int times) => Math.Max(1, times / 4);

    private static TimeSpan Between(long from, long to) => to > from ? Stopwatch.GetElapsedTime(from, to) : TimeSpan.Zero;

    private static Func<string, bool> Shows(Account account, bool isOnline) =>
        line => line.Contains($"\"user_id\":{account.Id},\"is_online\":{(isOnline ? "true" : "false")}", StringComparison.Ordinal);
}
