using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using BigTech.Platform.Http;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace BigTech.Platform.Services;

/// <summary>
/// Asks another service. Only for reads, which may be repeated: an attempt that fails or takes too long is tried once more with another
/// replica; a service that keeps failing is left alone for a while, so that its callers fail at once instead of waiting for it.
/// </summary>
public sealed partial class ServiceClient : IDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ConnectionLife = TimeSpan.FromMinutes(2);

    private readonly string _service;
    private readonly IReadOnlyList<Uri> _addresses;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline;
    private readonly TimeSpan _attemptLimit;
    private readonly ILogger _logger;
    private uint _turn;

    /// <param name="service">How answers call it, such as <c>User Service</c>.</param>
    /// <param name="addresses">Its replicas.</param>
    /// <exception cref="SettingException">No secret is set.</exception>
    public ServiceClient(string service, IReadOnlyList<Uri> addresses, ServicesOptions options, ILogger<ServiceClient> logger)
    {
        _service = service;
        _addresses = addresses;
        _logger = logger;
        _attemptLimit = TimeSpan.FromMilliseconds(options.TimeoutMilliseconds);
        // A connection does not outlive what the name of a service resolves to.
        _http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = ConnectLimit, PooledConnectionLifetime = ConnectionLife });
        _http.DefaultRequestHeaders.Add(
            ServiceCallers.Header, options.Secret ?? throw new SettingException("Services:Secret must be set: services know each other by it."));
        _pipeline = Pipeline(_attemptLimit);
    }

    /// <summary>Asks one replica.</summary>
    /// <exception cref="Refusal">503 <c>service_unavailable</c>.</exception>
    public async Task<TAnswer> Ask<TQuestion, TAnswer>(
        string path, TQuestion question, JsonTypeInfo<TQuestion> questionType, JsonTypeInfo<TAnswer> answerType, CancellationToken ct)
    {
        try
        {
            using var response = await _pipeline.ExecuteAsync(
                async token => await Post(NextAddress(), path, question, questionType, token), ct);
            return await Read(response, answerType, ct);
        }
        catch (Exception error) when (IsAboutTheService(error))
        {
            LogNoAnswer(error, _service, path);
            throw Refusal.Unavailable("service_unavailable", $"The {_service} cannot be reached now.", error);
        }
    }

    /// <summary>
    /// Asks every replica, for what each of them knows of itself alone; those behind one name too. A replica that cannot be reached is left out.
    /// </summary>
    public async Task<IReadOnlyList<TAnswer>> AskAll<TQuestion, TAnswer>(
        string path, TQuestion question, JsonTypeInfo<TQuestion> questionType, JsonTypeInfo<TAnswer> answerType, CancellationToken ct)
    {
        var replicas = (await Task.WhenAll(_addresses.Select(address => Resolve(address, ct)))).SelectMany(found => found).Distinct();
        var answers = await Task.WhenAll(replicas.Select(replica => AskReplica(replica, path, question, questionType, answerType, ct)));
        return [.. answers.OfType<TAnswer>()];
    }

    public void Dispose() => _http.Dispose();

    private async Task<TAnswer?> AskReplica<TQuestion, TAnswer>(
        Uri replica, string path, TQuestion question, JsonTypeInfo<TQuestion> questionType, JsonTypeInfo<TAnswer> answerType, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(_attemptLimit);
        try
        {
            using var response = await Post(replica, path, question, questionType, limit.Token);
            return await Read(response, answerType, limit.Token);
        }
        catch (Exception error) when (IsAboutTheService(error) || (error is OperationCanceledException && !ct.IsCancellationRequested))
        {
            LogNoAnswer(error, _service, path);
            return default;
        }
    }

    private Task<HttpResponseMessage> Post<TQuestion>(Uri address, string path, TQuestion question, JsonTypeInfo<TQuestion> type, CancellationToken ct) =>
        _http.PostAsJsonAsync(new Uri(address, path), question, type, ct);

    private static async Task<TAnswer> Read<TAnswer>(HttpResponseMessage response, JsonTypeInfo<TAnswer> type, CancellationToken ct)
    {
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync(type, ct) ?? throw new HttpRequestException("The answer is empty.");
    }

    private static async Task<IEnumerable<Uri>> Resolve(Uri address, CancellationToken ct)
    {
        // With a certificate the name is what is checked; there the replicas are listed one by one.
        if (address.Scheme != Uri.UriSchemeHttp || address.HostNameType != UriHostNameType.Dns) return [address];
        try
        {
            var found = await Dns.GetHostAddressesAsync(address.Host, ct);
            return found.Select(ip => new UriBuilder(address) { Host = ip.ToString() }.Uri);
        }
        catch (System.Net.Sockets.SocketException)
        {
            return [address];
        }
    }

    private Uri NextAddress() => _addresses[(int)(Interlocked.Increment(ref _turn) % (uint)_addresses.Count)];

    private static bool IsAboutTheService(Exception error) =>
        error is HttpRequestException or TimeoutRejectedException or BrokenCircuitException or System.Text.Json.JsonException;

    private static ResiliencePipeline<HttpResponseMessage> Pipeline(TimeSpan attemptLimit)
    {
        var failures = new PredicateBuilder<HttpResponseMessage>()
            .Handle<HttpRequestException>().Handle<TimeoutRejectedException>()
            .HandleResult(response => response.StatusCode >= HttpStatusCode.InternalServerError);
        return new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                ShouldHandle = failures,
                MaxRetryAttempts = 1,
                Delay = TimeSpan.FromMilliseconds(20),
                UseJitter = true,
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
            {
                ShouldHandle = failures,
                FailureRatio = 0.5,
                MinimumThroughput = 10,
                SamplingDuration = TimeSpan.FromSeconds(10),
                BreakDuration = TimeSpan.FromSeconds(2),
            })
            .AddTimeout(attemptLimit)
            .Build();
    }

    [LoggerMessage(1, LogLevel.Warning, "The {Service} gave no answer to {Path}. A 404 means that the two have not the same Services:Secret")]
    private partial void LogNoAnswer(Exception error, string service, string path);
}
