using System.Diagnostics;
using System.Globalization;
using System.Net;
using BigTech.Chat.Client;

namespace BigTech.Load;

/// <summary>A user that the driver created.</summary>
internal sealed class Account(long id, string email)
{
    public long Id { get; } = id;

    public string Email { get; } = email;

    /// <summary>The last sign-in; without one the user signs in before the next measurement.</summary>
    public SavedSession? Session { get; set; }

    public string Token => Session?.AccessToken ?? "";

    public long SignedInAt { get; set; }
}

/// <summary>
/// Prepares users, rooms and tokens, and looks at what came of it, by the .NET client. This is not measured. What is measured sends
/// prepared bytes over <see cref="HttpConnection"/>: a driver that costs more than the server would measure itself.
/// </summary>
internal sealed class ChatSetup : IDisposable
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

    public ChatSetup(Uri address, Uri? metrics = null)
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
        var due = accounts.Where(a => a.Session is null || Stopwatch.GetElapsedTime(a.SignedInAt) > TokenGoodFor).ToArray();
        return ForAll(due.Length, (index, stop) => SignIn(due[index], stop), cancellation);
    }

    /// <summary>The 1:1 room of each pair: users 0 and 1, users 2 and 3, and so on.</summary>
    public async Task<long[]> CreateDirectRooms(IReadOnlyList<Account> accounts, CancellationToken cancellation)
    {
        var rooms = new long[accounts.Count / 2];
        await ForAll(rooms.Length, async (index, stop) =>
        {
            var other = accounts[(2 * index) + 1].Id;
            rooms[index] = (await Ask(accounts[2 * index], chat => chat.Rooms.OpenDirect(other, stop), stop)).Id;
        }, cancellation);
        return rooms;
    }

    /// <summary>A group of all the given users; the first is its owner.</summary>
    public async Task<long> CreateGroup(IReadOnlyList<Account> accounts, CancellationToken cancellation)
    {
        var others = accounts.Skip(1).Select(account => account.Id);
        return (await Ask(accounts[0], chat => chat.Rooms.CreateGroup("Everybody", others, cancellation), cancellation)).Id;
    }

    /// <summary>Makes two users friends.</summary>
    public async Task Befriend(Account a, Account b, CancellationToken cancellation)
    {
        var request = await Ask(a, chat => chat.Friends.Request(b.Id, ct: cancellation), cancellation);
        await Ask(b, chat => chat.Friends.Accept(request.Id, cancellation), cancellation);
    }

    /// <summary>The number of messages on a page of a room's history.</summary>
    public async Task<int> CountPage(Account account, long room, int limit, long? before, CancellationToken cancellation)
    {
        var from = before?.ToString(CultureInfo.InvariantCulture);
        return (await Ask(account, chat => chat.Messages.List(room, limit, before: from, ct: cancellation), cancellation)).Messages.Count;
    }

    /// <summary>The number of messages of a room for which the user has an unread notification.</summary>
    public async Task<long> CountNotified(Account account, long room, CancellationToken cancellation)
    {
        var page = await Ask(account, chat => chat.Notifications.List(limit: 100, unread: true, ct: cancellation), cancellation);
        return page.Notifications
            .Where(notification => notification.Kind == NotificationKinds.Message && notification.RoomId == room)
            .Sum(notification => (long)notification.Count);
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
        var registration = new Registration($"{name}@example.com", name, Password);
        var user = await Ask(null, chat => chat.Account.Register(registration, cancellation), cancellation)
            ?? throw new InvalidOperationException("The server wants addresses verified: switch that off for a measurement.");
        return new Account(user.Id, registration.Email);
    }

    private async Task SignIn(Account account, CancellationToken cancellation)
    {
        account.Session = await Ask(null, chat => chat.Account.SignIn(account.Email, Password, cancellation), cancellation);
        account.SignedInAt = Stopwatch.GetTimestamp();
    }

    /// <summary>Calls the server for a user, again after a pause if it says so.</summary>
    private async Task<T> Ask<T>(Account? caller, Func<ChatClient, Task<T>> call, CancellationToken cancellation)
    {
        using var chat = new ChatClient(_http);
        if (caller?.Session is { } session) chat.Session.Restore(session);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call(chat);
            }
            catch (ChatApiException error)
                when (attempt < MaxAttempts && error.Status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
            {
                var wait = error.RetryAfter ?? TimeSpan.FromSeconds(1);
                await Task.Delay(wait < MaxWait ? wait : MaxWait, cancellation);
            }
            catch (ChatApiException error)
            {
                throw new LoadException($"A call was answered with {(int)error.Status} {error.Code}: {error.Message}");
            }
        }
    }
}
