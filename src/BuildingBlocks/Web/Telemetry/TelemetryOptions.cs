using System.ComponentModel.DataAnnotations;

namespace BigTech.BuildingBlocks.Web.Telemetry;

/// <summary>Section <c>Telemetry</c>.</summary>
internal sealed class TelemetryOptions : IValidatableObject
{
    /// <summary>The collector that gets traces, by OTLP over gRPC. Empty: no traces.</summary>
    public string OtlpEndpoint { get; set; } = "";

    /// <summary>
    /// The share of the traces that begin here which are recorded. One that a trusted caller began is recorded if it is there.
    /// </summary>
    [Range(0.0, 1.0)]
    public double SampleRatio { get; set; } = 1;

    /// <summary>Which requests are logged.</summary>
    public AccessLogging AccessLog { get; set; }

    /// <summary>The address of the collector; null without one.</summary>
    internal Uri? Collector => OtlpEndpoint.Length > 0 ? new Uri(OtlpEndpoint) : null;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (OtlpEndpoint.Length > 0 && !IsAddress(OtlpEndpoint))
        {
            yield return new ValidationResult($"{nameof(OtlpEndpoint)}: '{OtlpEndpoint}' is not a URL of the form http://HOST:PORT.");
        }
    }

    // The exporter speaks HTTP only. "collector:4317" is a URI as well, of the scheme "collector".
    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);
}
