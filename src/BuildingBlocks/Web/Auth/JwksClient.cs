using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Security.Cryptography;
using BigTech.BuildingBlocks.Web.Services;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Tokens;

namespace BigTech.BuildingBlocks.Web.Auth;

/// <summary>
/// The public keys that a JWKS (RFC 7517) publishes, for processes that only verify. They are fetched from every replica, because one of
/// them may just have created its key: every minute, and soon after an unknown key id is seen. A new key is published long before it signs.
/// The keys of a replica that does not answer are kept.
/// </summary>
public sealed partial class JwksClient : PeriodicService, IVerificationKeys, IConfigurationRetriever<JsonWebKeySet>, IDocumentRetriever
{
    private const string Path = "/.well-known/jwks.json";
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(2);

    private readonly HttpClient _http = new(ServiceConnections.NewHandler(FetchLimit)) { Timeout = FetchLimit };
    private readonly Outages _outages = new();
    private readonly ConcurrentDictionary<string, FrozenDictionary<string, ECDsa>> _keys = new();
    private readonly ConfigurationManager<JsonWebKeySet>[] _replicas;
    private readonly ILogger _logger;
    private CancellationToken _stopping;

    public JwksClient(IReadOnlyList<Uri> addresses, TimeProvider time, ILogger<JwksClient> logger)
        : base("Fetching public keys", Interval, time, logger)
    {
        _logger = logger;
        // Unknown key ids cannot cause more than one request to a replica per pause.
        _replicas = [.. addresses.Select(address =>
            new ConfigurationManager<JsonWebKeySet>(new Uri(address, Path).ToString(), this, this) { RefreshInterval = ShortestPause })];
    }

    protected override TimeSpan RetryPause => ShortestPause;

    /// <summary>The failure of each replica is logged with its reason.</summary>
    protected override LogLevel FailureLevel => LogLevel.Debug;

    /// <exception cref="AppError">503 <c>keys_unavailable</c>: no replica has been reached since the start.</exception>
    public ECDsa? Find(string keyId)
    {
        if (_keys.IsEmpty) throw NotFetched();
        foreach (var (_, keys) in _keys)
        {
            if (keys.TryGetValue(keyId, out var key)) return key;
        }
        foreach (var replica in _replicas) replica.RequestRefresh();
        return null;
    }

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    /// <summary>Called by the manager of a replica when a fetch is due.</summary>
    async Task<JsonWebKeySet> IConfigurationRetriever<JsonWebKeySet>.GetConfigurationAsync(
        string address, IDocumentRetriever retriever, CancellationToken cancel)
    {
        try
        {
            var published = new JsonWebKeySet(await retriever.GetDocumentAsync(address, cancel));
            _keys[address] = published.GetSigningKeys().OfType<ECDsaSecurityKey>().ToFrozenDictionary(key => key.KeyId, key => key.ECDsa);
            if (_outages.End(address)) LogFetchedAgain(address);
            return published;
        }
        catch (Exception error) when (!_stopping.IsCancellationRequested)
        {
            if (_outages.Begin(address)) LogNotFetched(address, Outages.ReasonOf(error));
            throw;
        }
    }

    Task<string> IDocumentRetriever.GetDocumentAsync(string address, CancellationToken cancel) =>
        _http.GetStringAsync(new Uri(address), _stopping);

    /// <exception cref="AppError">No replica has been reached since the start.</exception>
    public override async Task RunOnce(CancellationToken ct)
    {
        _stopping = ct;
        await Task.WhenAll(_replicas.Select(Refresh));
        if (_keys.IsEmpty) throw NotFetched();
    }

    private static AppError NotFetched() => AppError.Unavailable("keys_unavailable", "Access tokens cannot be checked yet.");

    private async Task Refresh(ConfigurationManager<JsonWebKeySet> replica)
    {
        if (_keys.ContainsKey(replica.MetadataAddress))
        {
            replica.RequestRefresh();
            return;
        }
        try
        {
            await replica.GetConfigurationAsync(_stopping);
        }
        catch (InvalidOperationException)
        {
            // The failure is already logged; the next refresh retries.
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Fetching public keys from {Address} failed, retrying: {Reason}")]
    private partial void LogNotFetched(string address, string reason);

    [LoggerMessage(2, LogLevel.Information, "Public keys fetched from {Address}")]
    private partial void LogFetchedAgain(string address);
}
