using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Contracts.Friends;
using BigTech.Tests.Integration.Redis;
using BigTech.Tests.Testing;
using BigTech.Users.Presence;
using BigTech.Users.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Users;

/// <summary>Two replicas of the context on one store and one Redis; the second one's connection to Redis can fail.</summary>
[Engines]
public sealed class UserReplicasTests : IAsyncLifetime
{
    private readonly RedisServer _redis = new();
    private readonly TcpProxy _proxy;
    private readonly string _prefix = $"test:{Guid.NewGuid():N}:";
    private UsersHost _a = null!;
    private UsersHost _b = null!;

    public UserReplicasTests() => _proxy = new TcpProxy(_redis.Port);

    public async ValueTask InitializeAsync()
    {
        _a = await UsersHost.StartReplica(_redis.Address, _prefix);
        _b = await UsersHost.StartReplica(_proxy.Address, _prefix, _a);
    }

    [Fact]
    public async Task A_sign_out_takes_effect_on_the_other_replica()
    {
        await _a.Register("kim");
        var (here, there) = (await _a.Login("kim"), await _b.Login("kim"));
        (await _b.Send("GET", "/profile/me", token: here.Access)).Expect(200);
        (await _a.Send("POST", "/auth/logout", token: here.Access)).Expect(204);
        await IsSignedOut(_b, here.Access);
        (await _b.Send("GET", "/profile/me", token: there.Access)).Expect(200);
        (await _b.Send("POST", "/auth/logout-all", token: there.Access)).Expect(204);
        await IsSignedOut(_a, there.Access);
    }

    [Fact]
    public async Task A_renewal_is_repeated_at_the_other_replica_with_the_same_successor()
    {
        await _a.Register("kim");
        var first = await _a.Login("kim");
        var successor = (string)(await _a.Refresh(first.Refresh)).Expect(200).Body!["refresh_token"]!;
        ((string)(await _b.Refresh(first.Refresh)).Expect(200).Body!["refresh_token"]!).ShouldBe(successor);
        (await _b.Refresh(successor)).Expect(200);
        (await _a.Refresh(first.Refresh)).Expect(401, "refresh_token_reused");
    }

    [Fact]
    public async Task A_ticket_of_one_replica_opens_a_stream_on_the_other()
    {
        await _a.Register("kim");
        var token = (await _a.Login("kim")).Access;
        var ticket = (string)(await _a.Send("POST", "/auth/stream-ticket", token: token)).Expect(201).Body!["ticket"]!;
        using var stream = await Follow(_b, $"?ticket={ticket}");
        (await stream.Next()).ShouldContain("event: ready");
        (await _a.Send("GET", $"/online-status/stream?ticket={ticket}")).Expect(401, "invalid_ticket");
    }

    [Fact]
    public async Task Failures_on_both_replicas_lock_an_account()
    {
        await _a.Register("kim");
        for (var i = 0; i < UsersHost.ReplicaLockAfter; i++)
        {
            (await (i % 2 == 0 ? _a : _b).TryLogin("kim@example.com", "wrong password 1")).Expect(401);
        }
        (await _a.TryLogin("kim@example.com", UsersHost.Password)).Expect(429, "locked");
        (await _b.TryLogin("kim@example.com", UsersHost.Password)).Expect(429, "locked");
    }

    [Fact]
    public async Task A_replica_that_is_cut_off_serves_users_who_are_signed_in_and_accepts_no_sign_in()
    {
        await _a.Register("kim");
        var (first, second) = (await _a.Login("kim"), await _a.Login("kim"));
        _proxy.Hold();

        var refused = (await _b.TryLogin("kim@example.com", UsersHost.Password)).Expect(503, "shared_state_unavailable");
        refused.Header("Retry-After").ShouldBe("1");
        (await _b.Refresh(first.Refresh)).Expect(503);
        (await _b.Send("POST", "/auth/logout", token: first.Access)).Expect(503);
        (await _b.Send("POST", "/auth/stream-ticket", token: first.Access)).Expect(503);
        (await _b.Send("GET", "/profile/me", token: first.Access)).Expect(200);
        (await _a.Send("POST", "/auth/logout", token: second.Access)).Expect(204);
        (await _b.Send("GET", "/profile/me", token: second.Access)).Expect(200);

        _proxy.Heal();

        await IsSignedOut(_b, second.Access);
        (await _b.Send("GET", "/profile/me", token: first.Access)).Expect(200);
        // The connection may report the failure of pending commands a moment after it is available again.
        await Eventually.Holds(async () => (await _b.TryLogin("kim@example.com", UsersHost.Password)).Status == 200, "sign-in");
        (await _b.Refresh(first.Refresh)).Expect(200);
    }

    [Fact]
    public async Task A_Redis_that_comes_back_empty_receives_again_who_has_signed_out()
    {
        await _a.Register("kim");
        var token = (await _a.Login("kim")).Access;
        (await _a.Send("POST", "/auth/logout", token: token)).Expect(204);
        _redis.Kill();
        await Answers(_a, 503);
        _redis.Start();
        await Answers(_a, 401);

        await using var space = new RedisSpace(_redis.Address, prefix: _prefix);
        var known = new SessionRevocations(TimeProvider.System);
        await Eventually.Holds(async () =>
        {
            var connection = space.NewConnection();
            using var late = new RedisSessionRevocations(
                connection, known, TimeProvider.System, NullLogger<RedisSessionRevocations>.Instance);
            await connection.StartAsync(RedisSpace.Ct);
            await late.StartAsync(RedisSpace.Ct);
            await late.StopAsync(RedisSpace.Ct);
            return known.IsRevoked("1");
        }, "a process of another role that starts now knows it");
    }

    [Fact]
    public async Task Without_Redis_presence_is_unknown_and_it_is_known_again_when_it_is_back()
    {
        var (ann, bob) = await Friends();
        using var stream = await Follow(_b, token: bob.Token);
        await Shows(_a, ann, bob.Id, online: true);

        _redis.Kill();

        await Shows(_a, ann, bob.Id, online: null);
        (await _a.Send("GET", "/online-status/me", token: ann.Token)).Expect(200).Body!["is_online"].ShouldBeNull();
        (await _a.Send("POST", "/online-status/heartbeat", token: ann.Token)).Expect(503);
        (await _a.Send("PUT", "/online-status/me", """{"invisible":true}""", ann.Token)).Expect(200);
        (await _a.Send("PUT", "/online-status/me", """{"invisible":false}""", ann.Token)).Expect(503);
        _redis.Start();
        await Shows(_a, ann, bob.Id, online: true);
        await Eventually.Holds(async () =>
            (await _a.Send("PUT", "/online-status/me", """{"invisible":false}""", ann.Token)).Status == 200, "ann is visible again");
    }

    [Fact]
    public async Task A_friend_on_one_replica_receives_streams_of_the_other_and_a_user_who_became_a_friend_there()
    {
        var (ann, bob) = await Friends();
        using var annsStream = await Follow(_b, token: ann.Token);
        await annsStream.Next();
        using (await Follow(_a, token: bob.Token))
        {
            (await annsStream.Next()).ShouldContain($"{{\"user_id\":{bob.Id},\"is_online\":true");
        }
        (await annsStream.Next()).ShouldContain($"{{\"user_id\":{bob.Id},\"is_online\":false");

        var cem = await SignUp(_b, "cem");
        await Tie(_a, ann.Id, cem.Id);
        (await annsStream.Next()).ShouldContain($"{{\"user_id\":{cem.Id},\"is_online\":false");
        using var cemsStream = await Follow(_a, token: cem.Token);
        (await annsStream.Next()).ShouldContain($"{{\"user_id\":{cem.Id},\"is_online\":true");
    }

    [Fact]
    public async Task What_happens_while_a_replica_is_cut_off_reaches_its_streams_afterwards()
    {
        var (ann, bob) = await Friends();
        using var annsStream = await Follow(_b, token: ann.Token);
        await annsStream.Next();
        _proxy.Cut();
        await Answers(_b, 503);
        using var bobsStream = await Follow(_a, token: bob.Token);
        await Shows(_a, ann, bob.Id, online: true);

        _proxy.Heal();

        (await annsStream.Next()).ShouldContain($"{{\"user_id\":{bob.Id},\"is_online\":true");
    }

    [Fact]
    public async Task A_heartbeat_is_stored_when_it_is_answered_and_a_user_without_one_goes()
    {
        var (ann, bob) = await Friends();
        (await _b.Send("POST", "/online-status/heartbeat", token: bob.Token)).Expect(204);
        Online(await _a.Send("GET", $"/online-status/{bob.Id}", token: ann.Token)).ShouldBe(true);

        await using var space = new RedisSpace(_redis.Address, prefix: _prefix);
        await space.Age(new PresenceOptions().Heartbeat);

        await Shows(_a, ann, bob.Id, online: false);
    }

    public async ValueTask DisposeAsync()
    {
        await _b.DisposeAsync();
        await _a.DisposeAsync();
        _proxy.Dispose();
        _redis.Dispose();
    }

    private static Task IsSignedOut(UsersHost host, string token) => Eventually.Holds(
        async () => (await host.Send("GET", "/profile/me", token: token)).Status == 401, "the session has ended");

    /// <summary>Waits for the answer of a failed sign-in, which shows the state of Redis: 503 without it.</summary>
    private static Task Answers(UsersHost host, int status)
    {
        var attempt = 0;
        return Eventually.Holds(
            async () => (await host.TryLogin($"unknown{attempt++}@example.com", "wrong password 1")).Status == status,
            $"sign-ins get {status}");
    }

    private static Task Shows(UsersHost host, Person viewer, long userId, bool? online) => Eventually.Holds(
        async () => Online((await host.Send("GET", $"/online-status/{userId}", token: viewer.Token)).Expect(200)) == online,
        $"online is {online}");

    private static bool? Online(Answer answer) => (bool?)answer.Body!["is_online"];

    private async Task<(Person Ann, Person Bob)> Friends()
    {
        var (ann, bob) = (await SignUp(_a, "ann"), await SignUp(_b, "bob"));
        await Tie(_a, ann.Id, bob.Id);
        return (ann, bob);
    }

    private static async Task<Person> SignUp(UsersHost host, string name) =>
        new(await host.Register(name), (await host.Login(name)).Access);

    private static Task Tie(
        UsersHost host, long a, long b) => host.Services.GetRequiredKeyedService<Store>(UsersDatabase.Name).Write(work =>
        host.Services.GetRequiredService<FriendshipReadModel>().On(new FriendRequestAccepted(1, a, b, DateTimeOffset.UtcNow), work));

    private static async Task<Stream> Follow(UsersHost host, string query = "", string? token = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/online-status/stream{query}");
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, RedisSpace.Ct);
        response.EnsureSuccessStatusCode();
        return new Stream(response, new StreamReader(await response.Content.ReadAsStreamAsync(RedisSpace.Ct)));
    }

    private sealed record Person(long Id, string Token);

    private sealed class Stream(HttpResponseMessage response, StreamReader reader) : IDisposable
    {
        /// <summary>The next event with all its lines.</summary>
        public async Task<string> Next()
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(RedisSpace.Ct);
            patience.CancelAfter(Patience.Limit);
            var lines = new List<string>();
            while (await reader.ReadLineAsync(patience.Token) is { } line)
            {
                if (line.Length > 0 && line[0] != ':' && !line.StartsWith("retry: ", StringComparison.Ordinal)) lines.Add(line);
                else if (lines.Count > 0) break;
            }
            return string.Join('\n', lines);
        }

        public void Dispose()
        {
            reader.Dispose();
            response.Dispose();
        }
    }
}
