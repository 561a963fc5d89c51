using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace BigTech.Load;

/// <summary>A user that the driver created.</summary>
internal sealed class Account(long id, string email)
{
    public long Id { get; } = id;

    public string Email { get; } = email;

    public string Token { get; set; } = "";

    public long SignedInAt { get; set; }
}

/// <summary>Prepares users, rooms and tokens. This is not measured, so the code is simple rather than fast.</summary>
internal sealed class ChatClient : IDisposable
{
    public const string Password = "Load-driver-2026";

    private const int MaxConcurrency = 16;
    private const int MaxAttempts = 5;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TokenGoodFor = TimeSpan.FromMinutes(5);

    private readonly string _run = Guid.NewGuid().ToString("N")[..8];
    private readonly HttpClient _http;
    private readonly Uri? _metrics;
    private int _accounts;

    public ChatClient(Uri address, Uri? metrics = null)
    {
        _http = new HttpClient(new SocketsHttpHandler { UseCookies = false })
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromSeconds(30),
        };
        _metrics = metrics;
    }

    /// <summary>Registers users and signs them in.</summary>
    public async Task<Account[]> CreateAccounts(int count, CancellationToken cancellation)
    {
        var accounts = new Account[count];
        await ForAll(count, async (index, stop) => accounts[index] = await Register(stop), cancellation);
        await RefreshTokens(accounts, cancellation);
        return accounts;
    }

    /// <summary>Signs in again every user whose token would expire during a measurement.</summary>
    public Task RefreshTokens(IReadOnlyList<Account> accounts, CancellationToken cancellation)
    {
        var due = accounts.Where(a => a.Token.Length == 0 || Stopwatch.GetElapsedTime(a.SignedInAt) > TokenGoodFor).ToArray();
        return ForAll(due.Length, (index, stop) => SignIn(due[index], stop), cancellation);
    }

    /// <summary>The 1:1 room of each pair: users 0 and 1, users 2 and 3, and so on.</summary>
    public async Task<long[]> CreateDirectRooms(IReadOnlyList<Account> accounts, CancellationToken cancellation)
    {
        var rooms = new long[accounts.Count / 2];
        await ForAll(rooms.Length, async (index, stop) => rooms[index] = await DirectRoomAsync(index, stop), cancellation);
        return rooms;

        async Task<long> DirectRoomAsync(int index, CancellationToken stop)
        {
            var path = $"/chat-rooms/check/{accounts[(2 * index) + 1].Id}";
            return (long)(await Call(HttpMethod.Get, path, accounts[2 * index], null, stop))["id"]!;
        }
    }

    /// <summary>A group of all the given users; the first is its owner.</summary>
    public async Task<long> CreateGroup(IReadOnlyList<Account> accounts, CancellationToken cancellation)
    {
        var others = new JsonArray([.. accounts.Skip(1).Select(account => JsonValue.Create(account.Id))]);
        var body = new JsonObject { ["name"] = "Everybody", ["participant_ids"] = others };
        return (long)(await Call(HttpMethod.Post, "/chat-rooms", accounts[0], body, cancellation))["id"]!;
    }

    /// <summary>Makes two users friends.</summary>
    public async Task Befriend(Account a, Account b, CancellationToken cancellation)
    {
        await Call(HttpMethod.Post, "/friends/request", a, new JsonObject { ["target_user_id"] = b.Id }, cancellation);
        await Call(HttpMethod.Post, "/friends/accept", b, new JsonObject { ["requester_id"] = a.Id }, cancellation);
    }

    /// <summary>The number of messages on a page of a room's history.</summary>
    public async Task<int> CountPage(Account account, string path, CancellationToken cancellation) =>
        (await Call(HttpMethod.Get, path, account, null, cancellation))["messages"]!.AsArray().Count;

    /// <summary>The number of messages of a room for which the user has an unread notification.</summary>
    public async Task<long> CountNotified(Account account, long room, CancellationToken cancellation)
    {
        var page = await Call(HttpMethod.Get, "/notifications?unread=true&limit=100", account, null, cancellation);
        return page["notifications"]!.AsArray()
            .Where(notification => (string)notification!["kind"]! == "message" && (long)notification["room_id"]! == room)
            .Sum(notification => (long)notification!["count"]!);
    }

    /// <summary>The text of /metrics.</summary>
    public Task<string> Metrics(CancellationToken cancellation) =>
        _http.GetStringAsync(new Uri(_metrics!, "/metrics"), cancellation);

    public void Dispose() => _http.Dispose();

    private static Task ForAll(int count, Func<int, CancellationToken, Task> work, CancellationToken cancellation) =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrency, CancellationToken = cancellation },
            async (index, stop) => await work(index, stop));

    private async Task<Account> Register(CancellationToken cancellation)
    {
        var name = $"load_{_run}_{Interlocked.Increment(ref _accounts)}";
        var body = new JsonObject { ["email"] = $"{name}@example.com", ["username"] = name, ["password"] = Password };
        var user = await Call(HttpMethod.Post, "/auth/register", null, body, cancellation);
        return new Account((long)user["id"]!, $"{name}@example.com");
    }

    private async Task SignIn(Account account, CancellationToken cancellation)
    {
        var body = new JsonObject { ["email"] = account.Email, ["password"] = Password };
        account.Token = (string)(await Call(HttpMethod.Post, "/auth/login", null, body, cancellation))["access_token"]!;
        account.SignedInAt = Stopwatch.GetTimestamp();
    }

    private async Task<JsonNode> Call(
        HttpMethod method, string path, Account? caller, JsonObject? body, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
            request.Headers.Authorization = caller is null ? null : new AuthenticationHeaderValue("Bearer", caller.Token);
            request.Content = body is null ? null : JsonContent.Create(body);
            using var response = await _http.SendAsync(request, cancellation);
            if (response.IsSuccessStatusCode)
            {
                return (await response.Content.ReadFromJsonAsync<JsonNode>(cancellation))!;
            }

            if (attempt == MaxAttempts || response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
            {
                var detail = await response.Content.ReadAsStringAsync(cancellation);
                throw new LoadException($"{method} {path} was answered with {(int)response.StatusCode}: {detail}");
            }

            var wait = response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1);
            await Task.Delay(wait < MaxWait ? wait : MaxWait, cancellation);
        }
    }
}
