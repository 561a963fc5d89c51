using System.Collections.Concurrent;
using System.Net.Sockets;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace BigTech.BuildingBlocks.Web.Services;

/// <summary>Services that do not answer: each outage is logged once when it begins, and once when it ends.</summary>
public sealed class Outages
{
    private readonly ConcurrentDictionary<string, bool> _unavailable = new();

    /// <returns>True for the first failure of an outage.</returns>
    public bool Begin(string service) => _unavailable.TryAdd(service, true);

    /// <returns>True for the first answer after an outage.</returns>
    public bool End(string service) => !_unavailable.IsEmpty && _unavailable.TryRemove(service, out _);

    /// <summary>The reason why a service did not answer, for the log.</summary>
    public static string ReasonOf(Exception error) => error switch
    {
        HttpRequestException { StatusCode: { } status } => $"it answered {(int)status}",
        HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } =>
            "the connection was refused",
        HttpRequestException { InnerException: OperationCanceledException } or OperationCanceledException or TimeoutRejectedException =>
            "no answer in time",
        BrokenCircuitException => "it has failed often and is left alone for a moment",
        HttpRequestException { InnerException: { } cause } => cause.Message,
        _ => error.Message,
    };
}
