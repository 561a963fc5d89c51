using System.ComponentModel.DataAnnotations;

namespace BigTech.BuildingBlocks.Web.Services;

/// <summary>
/// Section <c>Services</c>: the addresses of the roles that this process does not run, and the secret that authenticates services. An
/// address may list several replicas, separated by commas.
/// </summary>
public sealed class ServicesOptions : IValidatableObject
{
    private const int ShortestSecret = 32;

    public string? Users { get; set; }

    public string? Friends { get; set; }

    public string? Chat { get; set; }

    public string? Notifications { get; set; }

    /// <summary>Sent with every call to another service. At least 32 characters.</summary>
    public string? Secret { get; set; }

    /// <summary>Also accepted, never sent: so that the secret can be changed one process after the other.</summary>
    public string? PreviousSecret { get; set; }

    /// <summary>
    /// The secret of the gateway, which then needs no other: services believe the client's address from it, and show it no internal path
    /// but that for the cookies of browsers.
    /// Default: the gateway sends <see cref="Secret"/>.
    /// </summary>
    public string? GatewaySecret { get; set; }

    /// <summary>Also accepted from a gateway, never sent.</summary>
    public string? PreviousGatewaySecret { get; set; }

    /// <summary>The time limit of one attempt of a call, in milliseconds.</summary>
    [Range(1, 60_000)]
    public int TimeoutMilliseconds { get; set; } = 700;

    /// <summary>The addresses of a service.</summary>
    /// <param name="name">One of the names above.</param>
    /// <exception cref="SettingException">It is not set.</exception>
    public IReadOnlyList<Uri> AddressesOf(string name) =>
        Text(name) is { } text
            ? [.. Parse(text)]
            : throw new SettingException($"Services:{name} must say where that service is, such as http://HOST:PORT.");

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var name in new[] { nameof(Users), nameof(Friends), nameof(Chat), nameof(Notifications) })
        {
            if (Text(name) is { } text && !IsList(text))
            {
                yield return new ValidationResult($"{name}: '{text}' is not a list of URLs of the form http://HOST:PORT.");
            }
        }
        (string Name, string? Value)[] secrets =
        [
            (nameof(Secret), Secret), (nameof(PreviousSecret), PreviousSecret),
            (nameof(GatewaySecret), GatewaySecret), (nameof(PreviousGatewaySecret), PreviousGatewaySecret),
        ];
        foreach (var (name, secret) in secrets)
        {
            if (secret is { Length: < ShortestSecret })
            {
                yield return new ValidationResult($"{name} must have at least {ShortestSecret} characters.");
            }
        }
    }

    private string? Text(string name)
    {
        var text = name switch
        {
            nameof(Users) => Users,
            nameof(Friends) => Friends,
            nameof(Chat) => Chat,
            nameof(Notifications) => Notifications,
            _ => throw new ArgumentException($"No service is called {name}.", nameof(name)),
        };
        return string.IsNullOrWhiteSpace(text) ? null : text;
    }

    private static IEnumerable<Uri> Parse(string text) => Split(text).Select(address => new Uri(address));

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool IsList(string text) => Split(text) is { Length: > 0 } addresses && addresses.All(IsAddress);

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            && uri.AbsolutePath == "/";
}
