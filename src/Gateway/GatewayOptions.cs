using System.ComponentModel.DataAnnotations;
using System.Net;

namespace BigTech.Gateway;

/// <summary>Section <c>Gateway</c>.</summary>
public sealed class GatewayOptions : IValidatableObject
{
    /// <summary>Web origins whose scripts may call the API, separated by commas, such as <c>https://chat.example.com</c>; none by default.</summary>
    public string AllowedOrigins { get; set; } = "";

    /// <summary>How many requests a minute an address may make without a token; 0 is without limit. By default 100, and without limit in one process.</summary>
    [Range(0, int.MaxValue)]
    public int? AnonymousPerMinute { get; set; }

    /// <summary>How many requests a minute a signed-in user may make; 0 is without limit. By default 1,200, and without limit in one process.</summary>
    [Range(0, int.MaxValue)]
    public int? UserPerMinute { get; set; }

    /// <summary>Proxies in front of this one whose <c>X-Forwarded-For</c> is believed: addresses or networks, separated by commas.</summary>
    public string TrustedProxies { get; set; } = "";

    /// <summary>How long a connection to a service may take to open.</summary>
    [Range(1, 60_000)]
    public int ConnectMilliseconds { get; set; } = 400;

    /// <summary>
    /// How long a service may take to begin to answer, in seconds; for streams the next setting counts. Longer than the 5 seconds in which a service says
    /// that its store hangs.
    /// </summary>
    [Range(1, 3600)]
    public int TimeoutSeconds { get; set; } = 8;

    /// <summary>How long a stream may bring nothing at all before it is cut. More than <c>Streams:HeartbeatSeconds</c> of the services.</summary>
    [Range(1, 1_000_000)]
    public int StreamSilenceSeconds { get; set; } = 60;

    internal IReadOnlyList<string> Origins => Split(AllowedOrigins);

    internal IReadOnlyList<IPNetwork> Proxies => [.. Split(TrustedProxies).Select(text => Network(text)!.Value)];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var origin in Split(AllowedOrigins).Where(text => !IsOrigin(text)))
        {
            yield return new ValidationResult($"AllowedOrigins: '{origin}' is not an origin of the form https://HOST or https://HOST:PORT.");
        }
        foreach (var proxy in Split(TrustedProxies).Where(text => Network(text) is null))
        {
            yield return new ValidationResult($"TrustedProxies: '{proxy}' is neither an address nor a network such as 10.0.0.0/8.");
        }
    }

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority) == text;

    private static IPNetwork? Network(string text)
    {
        if (IPNetwork.TryParse(text, out var network)) return network;
        return IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8) : null;
    }
}
