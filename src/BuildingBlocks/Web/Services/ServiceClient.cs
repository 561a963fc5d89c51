using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace BigTech.BuildingBlocks.Web.Services;

/// <summary>
/// Calls another service. Only for reads, which may be repeated: an attempt that fails or times out is retried once with the next replica.
/// A replica that keeps failing is skipped for a while, and costs no attempt. When all replicas are skipped, calls fail at once.
/// </summary>
public sealed partial class ServiceClient : IDisposable
{
    private static readonly PredicateBuilder<HttpResponseMessage> Failures = new PredicateBuilder<HttpResponseMessage>()
        .Handle<HttpRequestException>().Handle<TimeoutRejectedException>()
        .HandleResult(response => response.StatusCode >= HttpStatusCode.InternalServerError);

    private readonly string _service;
    private readonly Replica[] _replicas;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline<HttpResponseMessage> _attempts = OneMore();
    private readonly TimeSpan _attemptLimit;
    private readonly Outages _outages = new();
    private readonly ILogger _logger;
    private uint _turn;

    /// <param name="service">The name in error messages, such as <c>User Service</c>.</param>
    /// <param name="addresses">The addresses of its replicas.</param>
    /// <exception cref="SettingException">No secret is set.</exception>
    public ServiceClient(string service, IReadOnlyList<Uri> addresses, ServicesOptions options, ILogger<ServiceClient> logger)
    {
        _service = service;
        _logger = logger;
        _attemptLimit = TimeSpan.FromMilliseconds(options.TimeoutMilliseconds);
        _replicas = [.. addresses.Select(address => new Replica(address, Guard(_attemptLimit)))];
        _http = new HttpClient(ServiceConnections.NewHandler(_attemptLimit));
        _http.DefaultRequestHeaders.Add(
            ServiceKeys.Header,
            options.Secret ?? options.GatewaySecret
                ?? throw new SettingException("Services:Secret must be set: services know each other by it."));
    }

    /// <summary>Calls one replica.</summary>
    /// <exception cref="AppError">503 <c>service_unavailable</c>.</exception>
    public async Task<TAnswer> Ask<TQuestion, TAnswer>(
        string path, TQuestion question, JsonTypeInfo<TQuestion> questionType, JsonTypeInfo<TAnswer> answerType, CancellationToken ct)
    {
        try
        {
            using var response = await PostInTurn(path, question, questionType, ct);
            var answer = await Read(response, answerType, ct);
            NoteAnswer(_service);
            return answer;
        }
        catch (Exception error) when (IsAboutTheService(error))
        {
            NoteFailure(_service, path, error);
            throw AppError.Unavailable("service_unavailable", $"The {_service} cannot be reached now.", error);
        }
    }

    /// <summary>
    /// Calls every replica for its local state, including all replicas behind one name. A replica that cannot be reached is skipped.
    /// </summary>
    public async Task<IReadOnlyList<TAnswer>> AskAll<TQuestion, TAnswer>(
        string path, TQuestion question, JsonTypeInfo<TQuestion> questionType, JsonTypeInfo<TAnswer> answerType, CancellationToken ct)
    {
        var addresses = await Task.WhenAll(_replicas.Select(replica => Resolve(replica.Address, ct)));
        var replicas = addresses.SelectMany(found => found).Distinct();
        var answers = await Task.WhenAll(replicas.Select(replica => AskReplica(replica, path, question, questionType, answerType, ct)));
        return [.. answers.OfType<TAnswer>()];
    }

    public void Dispose() => _http.Dispose();

    private async Task<TAnswer?> AskReplica<TQuestion, TAnswer>(
        Uri replica, string path, TQuestion question, JsonTypeInfo<TQuestion> questionType, JsonTypeInfo<TAnswer> answerType,
        CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(_attemptLimit);
        try
        {
            using var response = await Post(replica, path, question, questionType, limit.Token);
            var answer = await Read(response, answerType, limit.Token);
            NoteAnswer($"{_service} at {replica}");
            return answer;
        }
        catch (Exception error) when (IsAboutTheService(error) || (error is OperationCanceledException && !ct.IsCancellationRequested))
        {
            NoteFailure($"{_service} at {replica}", path, error);
            return default;
        }
    }

    private void NoteFailure(string who, string path, Exception error)
    {
        if (!_outages.Begin(who)) return;
        var isUnknownCaller = error is HttpRequestException { StatusCode: HttpStatusCode.NotFound };
        LogNoAnswer(who, path, Outages.ReasonOf(error) + (isUnknownCaller ? ": the two have not the same Services:Secret" : ""));
    }

    private void NoteAnswer(string who)
    {
        if (_outages.End(who)) LogAnswersAgain(who);
    }

    private async Task<HttpResponseMessage> PostInTurn<TQuestion>(
        string path, TQuestion question, JsonTypeInfo<TQuestion> type, CancellationToken ct)
    {
        var turn = Interlocked.Increment(ref _turn);
        return await _attempts.ExecuteAsync(async attempt =>
        {
            for (var left = _replicas.Length; ; left--)
            {
                var replica = _replicas[turn++ % (uint)_replicas.Length];
                try
                {
                    return await replica.Guard.ExecuteAsync(
                        async token => await Post(replica.Address, path, question, type, token), attempt);
                }
                catch (BrokenCircuitException) when (left > 1)
                {
                    // The circuit of this replica is open; the next one may be available.
                }
            }
        }, ct);
    }

    private async Task<HttpResponseMessage> Post<TQuestion>(
        Uri address, string path, TQuestion question, JsonTypeInfo<TQuestion> type, CancellationToken ct)
    {
        try
        {
            return await _http.PostAsJsonAsync(new Uri(address, path), question, type, ct);
        }
        catch (OperationCanceledException error) when (!ct.IsCancellationRequested)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "The connection does not open.", error);
        }
    }

    private static async Task<TAnswer> Read<TAnswer>(HttpResponseMessage response, JsonTypeInfo<TAnswer> type, CancellationToken ct)
    {
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync(type, ct) ?? throw new HttpRequestException("The answer is empty.");
    }

    private static async Task<IEnumerable<Uri>> Resolve(Uri address, CancellationToken ct)
    {
        // The certificate is checked against the name; such replicas are listed one by one.
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

    private static bool IsAboutTheService(Exception error) =>
        error is HttpRequestException or TimeoutRejectedException or BrokenCircuitException or System.Text.Json.JsonException;

    private static ResiliencePipeline<HttpResponseMessage> OneMore() => new ResiliencePipelineBuilder<HttpResponseMessage>()
        .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            ShouldHandle = Failures,
            MaxRetryAttempts = 1,
            Delay = TimeSpan.FromMilliseconds(20),
            UseJitter = true,
        })
        .Build();

    private static ResiliencePipeline<HttpResponseMessage> Guard(TimeSpan attemptLimit) =>
        new ResiliencePipelineBuilder<HttpResponseMessage>()
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
        {
            ShouldHandle = Failures,
            FailureRatio = 0.5,
            MinimumThroughput = 10,
            SamplingDuration = TimeSpan.FromSeconds(10),
            BreakDuration = TimeSpan.FromSeconds(2),
        })
        .AddTimeout(attemptLimit)
        .Build();

    /// <param name="Guard">A circuit breaker per replica, so that failures of one do not affect another.</param>
    private sealed record Replica(Uri Address, ResiliencePipeline<HttpResponseMessage> Guard);

    [LoggerMessage(1, LogLevel.Warning, "{Callee} unavailable for {Path}: {Reason}")]
    private partial void LogNoAnswer(string callee, string path, string reason);

    [LoggerMessage(2, LogLevel.Information, "{Callee} connected")]
    private partial void LogAnswersAgain(string callee);
}
