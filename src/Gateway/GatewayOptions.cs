using System.ComponentModel.DataAnnotations;
using System.Net;

namespace BigTech.Gateway;

/// <summary>Section <c>Gateway</c>.</summary>
public sealed class GatewayOptions : IValidatableObject
{
    /// <summary>Comma-separated web origins whose scripts may call the API, as <c>https://chat.example.com</c>; default: none.</summary>
    public string AllowedOrigins { get; set; } = "";

    /// <summary>
    /// Requests per minute per address without a token; 0: no limit. Sign-ins with sign-ups, renewals, log-outs and what is asked
    /// for by mail are counted apart, each with the same limit.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int AnonymousPerMinute { get; set; } = 600;

    /// <summary>Requests per minute per signed-in user; 0: no limit.</summary>
    [Range(0, int.MaxValue)]
    public int UserPerMinute { get; set; } = 1200;

    /// <summary>Proxies in front of this one whose <c>X-Forwarded-For</c> is trusted: addresses or networks, separated by commas.</summary>
    public string TrustedProxies { get; set; } = "";

    /// <summary>Time limit for opening a connection to a service.</summary>
    [Range(1, 60_000)]
    public int ConnectMilliseconds { get; set; } = 400;

    /// <summary>
    /// Time limit in seconds for a service to begin its response; streams use the next setting. Longer than
    /// the longest chain of waits in a service: whoever waits in vain gets the service's own 503, and no service looks as if it hung.
    /// </summary>
    [Range(1, 3600)]
    public int TimeoutSeconds { get; set; } = 12;

    /// <summary>How long a stream may be silent before it is cut. More than the services' <c>Streams:HeartbeatSeconds</c>.</summary>
    [Range(1, 1_000_000)]
    public int StreamSilenceSeconds { get; set; } = 60;

    /// <summary>Whether the page at <c>/docs</c> stores the access token in the browser.</summary>
    public bool DocsKeepToken { get; set; }

    /// <summary>Whether the gateway serves the web client at <c>/</c>.</summary>
    public bool WebClient { get; set; } = true;

    /// <summary>
    /// Whether the web client offers a demo: example users and rooms that it makes. Without a value it does so on this machine, while there
    /// is no user, where one process has all roles.
    /// </summary>
    public bool? Demo { get; set; }

    internal IReadOnlyList<string> Origins => Split(AllowedOrigins);

    internal IReadOnlyList<IPNetwork> Proxies => [.. Split(TrustedProxies).Select(text => Network(text)!.Value)];

    /// <summary>A test whether an address is one of the trusted proxies.</summary>
    public Func<IPAddress?, bool> TrustsProxy()
    {
        var proxies = Proxies;
        return address => address is not null
            && proxies.Any(network => network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var origin in Split(AllowedOrigins).Where(text => !IsOrigin(text)))
        {
            yield return new ValidationResult(
                $"AllowedOrigins: '{origin}' is not an origin of the form https://HOST or https://HOST:PORT.");
        }
        foreach (var proxy in Split(TrustedProxies).Where(text => Network(text) is null))
        {
            yield return new ValidationResult($"TrustedProxies: '{proxy}' is neither an address nor a network such as 10.0.0.0/8.");
        }
    }

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            && uri.GetLeftPart(UriPartial.Authority) == text;

    private static IPNetwork? Network(string text)
    {
        if (IPNetwork.TryParse(text, out var network)) return network;
        return IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8) : null;
    }
}
