using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Mail;

namespace BigTech.Users;

/// <summary>How a connection to the mail server is encrypted.</summary>
internal enum SmtpSecurity
{
    /// <summary>It begins in plain text and must become TLS before anything else is said.</summary>
    StartTls,

    /// <summary>TLS from the first byte.</summary>
    Tls,

    /// <summary>Not at all: a relay on the same machine.</summary>
    None,
}

/// <summary>Section <c>Mail</c>.</summary>
internal sealed class MailOptions : IValidatableObject
{
    private const int StartTlsPort = 587, TlsPort = 465, PlainPort = 25;

    /// <summary>The mail server that takes the mails. Without one, mails are files in the data folder.</summary>
    public string? SmtpHost { get; set; }

    /// <summary>Its port; by default that of <see cref="SmtpSecurity"/>: 587, 465 or 25.</summary>
    [Range(1, 65535)]
    public int? SmtpPort { get; set; }

    /// <summary>How the connection is encrypted: <c>starttls</c>, <c>tls</c> or <c>none</c>.</summary>
    [EnumDataType(typeof(SmtpSecurity))]
    public SmtpSecurity SmtpSecurity { get; set; } = SmtpSecurity.StartTls;

    /// <summary>The account at the mail server, if it wants one.</summary>
    public string? SmtpUser { get; set; }

    /// <summary>Its password.</summary>
    public string? SmtpPassword { get; set; }

    /// <summary>A file that holds the password, in place of <see cref="SmtpPassword"/>.</summary>
    public string? SmtpPasswordFile { get; set; }

    /// <summary>The time for one mail, the connection included.</summary>
    [Range(1, 120)]
    public int TimeoutSeconds { get; set; } = 10;

    /// <summary>The sender of all mails.</summary>
    public string? FromAddress { get; set; }

    /// <summary>The name beside it.</summary>
    [StringLength(100)]
    public string FromName { get; set; } = "BigTech Chat";

    /// <summary>What links in mails begin with: the address at which browsers reach the web client.</summary>
    public string? PublicUrl { get; set; }

    /// <summary>Attempts to send a mail before it becomes a dead letter.</summary>
    [Range(1, 100)]
    public int Attempts { get; set; } = 8;

    /// <summary>
    /// Mails that are sent to one address because of requests of one kind of one client (an IPv4 address, a /48 of IPv6), per hour, and
    /// four times as many because of those of all; 0: no limit.
    /// </summary>
    [Range(0, 1_000_000)]
    public int PerAddressPerHour { get; set; } = 3;

    /// <summary>Whether there is a mail server.</summary>
    public bool HasServer => !string.IsNullOrWhiteSpace(SmtpHost);

    public bool HasUser => !string.IsNullOrWhiteSpace(SmtpUser);

    public int Port => SmtpPort ?? SmtpSecurity switch
    {
        SmtpSecurity.Tls => TlsPort,
        SmtpSecurity.None => PlainPort,
        _ => StartTlsPort,
    };

    public TimeSpan Timeout => TimeSpan.FromSeconds(TimeoutSeconds);

    /// <summary>The sender; without a mail server any will do.</summary>
    public string Sender => string.IsNullOrWhiteSpace(FromAddress) ? "no-reply@localhost" : FromAddress;

    /// <summary>The start of links, without a slash at the end.</summary>
    public string LinkBase => (string.IsNullOrWhiteSpace(PublicUrl) ? "http://localhost:8000" : PublicUrl).TrimEnd('/');

    /// <summary>The password of the account at the mail server.</summary>
    /// <exception cref="SettingException">Its file cannot be read.</exception>
    public string ReadPassword()
    {
        if (string.IsNullOrWhiteSpace(SmtpPasswordFile)) return SmtpPassword ?? "";
        try
        {
            return File.ReadAllText(SmtpPasswordFile).TrimEnd('\r', '\n');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"Mail:SmtpPasswordFile cannot be read: {error.Message}", error);
        }
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrWhiteSpace(FromAddress)
            && !(MailAddress.TryCreate(FromAddress, out var address) && address.Address == FromAddress))
        {
            yield return new ValidationResult($"{nameof(FromAddress)}: '{FromAddress}' is not an e-mail address.");
        }
        if (FromName.Any(char.IsControl)) yield return new ValidationResult($"{nameof(FromName)} must not contain control characters.");
        if (!string.IsNullOrWhiteSpace(PublicUrl) && !IsPublicUrl(PublicUrl))
        {
            yield return new ValidationResult($"{nameof(PublicUrl)}: '{PublicUrl}' is not a URL of the form https://HOST.");
        }
        var hasPassword = !string.IsNullOrWhiteSpace(SmtpPassword) || !string.IsNullOrWhiteSpace(SmtpPasswordFile);
        if (!HasServer)
        {
            if (HasUser) yield return new ValidationResult($"{nameof(SmtpUser)} needs {nameof(SmtpHost)}.");
            yield break;
        }
        if (string.IsNullOrWhiteSpace(FromAddress))
        {
            yield return new ValidationResult($"{nameof(FromAddress)} must be set for a mail server.");
        }
        if (string.IsNullOrWhiteSpace(PublicUrl))
        {
            yield return new ValidationResult($"{nameof(PublicUrl)} must be set for a mail server: links in mails begin with it.");
        }
        if (!string.IsNullOrWhiteSpace(SmtpPassword) && !string.IsNullOrWhiteSpace(SmtpPasswordFile))
        {
            yield return new ValidationResult($"{nameof(SmtpPassword)} and {nameof(SmtpPasswordFile)} must not both be set.");
        }
        if (HasUser && !hasPassword) yield return new ValidationResult($"{nameof(SmtpUser)} needs {nameof(SmtpPassword)}.");
        if (HasUser && SmtpSecurity == SmtpSecurity.None && !IsThisMachine(SmtpHost!))
        {
            yield return new ValidationResult(
                $"{nameof(SmtpUser)} needs {nameof(SmtpSecurity)} starttls or tls: a password is not sent in plain text.");
        }
    }

    private static bool IsThisMachine(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static bool IsPublicUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
            && uri is { Query: "", Fragment: "", UserInfo: "" };
}
