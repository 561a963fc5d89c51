using System.Buffers.Text;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using BigTech.Platform.Auth;
using BigTech.Platform.Http;
using BigTech.Platform.Services;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BigTech.Users.Remote;

/// <summary>
/// The keys of the User context as its JWKS (RFC 7517) publishes them, for processes that only verify. They are fetched anew every minute
/// and soon after somebody shows an unknown one: a new key is published long before it signs.
/// </summary>
internal sealed partial class PublishedKeys(IReadOnlyList<Uri> addresses, TimeProvider time, ILogger<PublishedKeys> logger)
    : BackgroundService, IVerificationKeys
{
    private const string Path = "/.well-known/jwks.json";
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(2);

    private readonly HttpClient _http = new(ServiceConnections.NewHandler(FetchLimit)) { Timeout = FetchLimit };
    private readonly SemaphoreSlim _wanted = new(0, 1);
    private readonly Outages _outages = new();
    private volatile FrozenDictionary<string, ECDsa>? _keys;

    /// <exception cref="Refusal">503 <c>keys_unavailable</c>: the User context has not been reached since the start.</exception>
    public ECDsa? Find(string keyId)
    {
        var keys = _keys ?? throw Refusal.Unavailable("keys_unavailable", "Access tokens cannot be checked yet.");
        if (keys.TryGetValue(keyId, out var key)) return key;
        Want();
        return null;
    }

    public override void Dispose()
    {
        _http.Dispose();
        _wanted.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Refresh(stoppingToken);
                // Whoever shows unknown keys shall not make this process ask without end.
                await Task.Delay(ShortestPause, time, stoppingToken);
                if (_keys is not null) await _wanted.WaitAsync(Interval, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The program stops.
        }
    }

    private void Want()
    {
        if (_wanted.CurrentCount > 0) return;
        try
        {
            _wanted.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else wanted it in the same moment.
        }
    }

    /// <summary>Takes the keys of every replica that answers: one of them may have made its key a moment ago.</summary>
    private async Task Refresh(CancellationToken ct)
    {
        var documents = await Task.WhenAll(addresses.Select(address => Fetch(address, ct)));
        if (documents.All(document => document is null)) return;
        var keys = new Dictionary<string, ECDsa>(_keys ?? FrozenDictionary<string, ECDsa>.Empty);
        var published = documents.OfType<Dictionary<string, ECParameters>>().SelectMany(document => document).ToList();
        foreach (var (id, parameters) in published)
        {
            if (!keys.ContainsKey(id)) keys.Add(id, ECDsa.Create(parameters));
        }
        // What no answer names any more is retired; with a silent replica that cannot be told.
        if (documents.All(document => document is not null)) keys = keys.Where(key => published.Exists(p => p.Key == key.Key)).ToDictionary();
        _keys = keys.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private async Task<Dictionary<string, ECParameters>?> Fetch(Uri address, CancellationToken ct)
    {
        try
        {
            using var document = JsonDocument.Parse(await _http.GetByteArrayAsync(new Uri(address, Path), ct));
            var keys = document.RootElement.GetProperty("keys").EnumerateArray().ToDictionary(key => Text(key, "kid"), Parameters);
            if (_outages.End(address.ToString())) LogFetchedAgain(address);
            return keys;
        }
        catch (Exception error) when (error is HttpRequestException or JsonException or FormatException or InvalidOperationException or KeyNotFoundException
            || (error is OperationCanceledException && !ct.IsCancellationRequested))
        {
            if (_outages.Begin(address.ToString())) LogNotFetched(address, Outages.ReasonOf(error));
            return null;
        }
    }

    private static ECParameters Parameters(JsonElement key) => new()
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = Base64Url.DecodeFromChars(Text(key, "x")), Y = Base64Url.DecodeFromChars(Text(key, "y")) },
    };

    private static string Text(JsonElement key, string name) => key.GetProperty(name).GetString() ?? throw new FormatException($"A key has no {name}.");

    [LoggerMessage(1, LogLevel.Warning, "The public keys cannot be fetched from {Address} now ({Reason})")]
    private partial void LogNotFetched(Uri address, string reason);

    [LoggerMessage(2, LogLevel.Information, "The public keys are fetched from {Address} again")]
    private partial void LogFetchedAgain(Uri address);
}
