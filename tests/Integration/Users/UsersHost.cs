using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using BigTech.BuildingBlocks.Redis;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Streaming;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Tests.Testing.Mail;
using BigTech.Users;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MimeKit;

namespace BigTech.Tests.Integration.Users;

/// <summary>The context alone behind a real server: on a manual clock, or as one of several replicas on the clock of the system.</summary>
internal sealed class UsersHost : IAsyncDisposable
{
    public const string Password = "correct horse 9";

    /// <summary>The failed sign-ins that lock an account at a replica; none of them has to wait.</summary>
    public const int ReplicaLockAfter = 5;

    private readonly TemporaryFolder _folder;
    private readonly UsersHost? _other;
    private readonly Dictionary<string, string?> _settings = new()
    {
        ["Users:PasswordIterations"] = "1000",
        ["Users:SignUpsPerHour"] = "0",
        ["Users:SignInsPerMinute"] = "0",
        ["Users:RefreshesPerMinute"] = "0",
        ["Users:WaitingSignUpsPerNetwork"] = "0",
        ["Users:WaitingSignInsPerNetwork"] = "0",
        ["Mail:PerAddressPerHour"] = "0",
    };
    private readonly TimeProvider _clock;
    private WebApplication _app = null!;

    /// <param name="clock">Null: <see cref="Time"/>.</param>
    private UsersHost(UsersHost? other = null, TimeProvider? clock = null)
    {
        _other = other;
        _clock = clock ?? Time;
        _folder = other?._folder ?? new TemporaryFolder();
    }

    /// <summary>The clock of a host that is no replica.</summary>
    public ManualTime Time { get; } = new();

    public HttpClient Client { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    public IEnumerable<RouteEndpoint> Endpoints => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    /// <param name="settings">Such as <c>Users:SignUpsPerHour</c>.</param>
    public static async Task<UsersHost> Start(params (string Name, string Value)[] settings)
    {
        var host = new UsersHost();
        foreach (var (name, value) in settings) host._settings[name] = value;
        await host.Run();
        return host;
    }

    /// <summary>One of several replicas that share a Redis.</summary>
    /// <param name="redis">The address of Redis for this replica.</param>
    /// <param name="other">The replica whose store and keys it shares.</param>
    public static async Task<UsersHost> StartReplica(string redis, string keyPrefix, UsersHost? other = null)
    {
        // Its timers run by themselves: after a failure of Redis they try again.
        var host = new UsersHost(other, TimeProvider.System);
        (string Name, string Value)[] settings =
        [
            ("Redis:Configuration", redis), ("Redis:KeyPrefix", keyPrefix), ("Presence:GraceSeconds", "0.3"),
            ("Users:LockAfterFailures", $"{ReplicaLockAfter}"),
            // The first one's Redis fails only when it ends, and a busy machine must not look like a failure.
            ("Redis:TimeoutMilliseconds", other is null ? "10000" : "1000"),
        ];
        foreach (var (name, value) in settings) host._settings[name] = value;
        await host.Run();
        return host;
    }

    /// <summary>Stops the host and starts it again on the same data.</summary>
    /// <param name="settings">What is set anew.</param>
    public async Task Restart(params (string Name, string Value)[] settings)
    {
        foreach (var (name, value) in settings) _settings[name] = value;
        Client.Dispose();
        await _app.DisposeAsync();
        await Run();
    }

    /// <summary>Sends a request; a text body is sent as JSON.</summary>
    public Task<Answer> Send(string method, string path, string? body = null, string? token = null) =>
        Send(method, path, body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"), token);

    public async Task<Answer> Send(
        string method, string path, HttpContent? content, string? token = null, (string Name, string Value)? header = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (header is var (name, value)) request.Headers.Add(name, value);
        var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new Answer((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), response);
    }

    public async Task<long> Register(string username) =>
        (long)(await Send("POST", "/auth/register", Account(username))).Expect(201).Body!["id"]!;

    public async Task<Tokens> Login(string username)
    {
        var body = (await TryLogin($"{username}@example.com", Password)).Expect(200).Body!;
        return new Tokens((string)body["access_token"]!, (string)body["refresh_token"]!);
    }

    /// <param name="header">A header to send too.</param>
    public Task<Answer> TryLogin(string email, string password, (string Name, string Value)? header = null)
    {
        var body = new JsonObject { ["email"] = email, ["password"] = password }.ToJsonString();
        var content = new StringContent(body, Encoding.UTF8, "application/json");
        return Send("POST", "/auth/login", content, token: null, header);
    }

    public Task<Answer> Refresh(string token) => Send("POST", "/auth/refresh", new JsonObject { ["refresh_token"] = token }.ToJsonString());

    public static string Account(string username, string? email = null) =>
        new JsonObject { ["email"] = email ?? $"{username}@example.com", ["username"] = username, ["password"] = Password }.ToJsonString();

    /// <summary>Waits until so many mails to an address are written.</summary>
    /// <returns>The last one.</returns>
    public async Task<MimeMessage> Mail(string address, int count = 1)
    {
        await Eventually.Holds(() => MailsTo(address).Count >= count, $"{count} mails to {address}");
        return MailsTo(address)[count - 1];
    }

    /// <summary>The mails to an address, once all that were asked for are written.</summary>
    public async Task<List<MimeMessage>> AllMails(string address)
    {
        var outbox = Services.GetRequiredService<MailOutbox>();
        await Eventually.Holds(async () => (await outbox.Depth(TestContext.Current.CancellationToken)).Waiting == 0, "all mails are sent");
        return MailsTo(address);
    }

    /// <summary>Sends the further requests from another address of this machine, as another network.</summary>
    public void ComeFrom(string address)
    {
        Client.Dispose();
        Client = new HttpClient(new SocketsHttpHandler
        {
            UseCookies = false,
            ConnectCallback = async (context, ct) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        { BaseAddress = new Uri(_app.Urls.Single()) };
    }

    public string MailFolder => _folder["mails"];

    /// <summary>The rows of a query, each as a text.</summary>
    public async Task<List<string>> Rows(string sql) => await Services.GetRequiredKeyedService<Store>(UsersDatabase.Name).Read(
        async reader => (await reader.Query<dynamic>(sql)).ConvertAll(
            row => string.Join('|', ((IDictionary<string, object?>)row).Select(field => $"{field.Key}={field.Value}"))),
        TestContext.Current.CancellationToken);

    /// <summary>Every text of every table of the store.</summary>
    public async Task<List<string>> EveryText()
    {
        var tables = await Rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'");
        var texts = new List<string>();
        foreach (var table in tables) texts.AddRange(await Rows($"SELECT * FROM {table["name=".Length..]}"));
        return texts;
    }

    private List<MimeMessage> MailsTo(string address) =>
        [.. ReceivedMail.In(MailFolder).Where(mail => mail.To() == address)];

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        // What works in the background ends before its folder goes.
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        if (_other is null) _folder.Dispose();
    }

    private async Task Run()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(_settings);
        builder.Services.AddSingleton(_clock);
        builder.Services.AddHttpJson();
        builder.Services.AddRedis(builder.Configuration);
        builder.Services.AddBearerAuthentication(builder.Configuration);
        builder.Services.AddSingleton(Microsoft.Extensions.Options.Options.Create(new StreamOptions()));
        builder.Services.AddSingleton<StreamRegistry>();
        builder.Services.AddUsers(builder.Configuration, _folder.Path);
        if (_other is not null)
        {
            builder.Services.AddKeyedSingleton(
                UsersDatabase.Name, _other.Services.GetRequiredKeyedService<Store>(UsersDatabase.Name));
        }
        _app = builder.Build();
        _app.UseMiddleware<ProblemMiddleware>();
        _app.UseRouting();
        _app.UseBearerAuthentication();
        _app.UseMiddleware<JsonBodyMiddleware>();
        _app.MapUsers();
        _app.RequireAuthorizationDecisions();
        await _app.StartAsync();
        Client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(_app.Urls.Single()) };
    }
}

internal sealed record Tokens(string Access, string Refresh);

internal sealed record Answer(int Status, JsonNode? Body, HttpResponseMessage Response)
{
    public string? Code => (string?)Body?["code"];

    public Answer Expect(int status, string? code = null)
    {
        Status.ShouldBe(status, Body?.ToJsonString());
        if (code is not null) Code.ShouldBe(code);
        return this;
    }

    public string? Header(string name) => Response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
