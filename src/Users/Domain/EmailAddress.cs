using System.Buffers;

namespace BigTech.Users.Domain;

/// <summary>
/// An e-mail address as the user entered it, in ordinary letters. Addresses that differ only in case, or in the width of their letters,
/// are equal.
/// </summary>
internal sealed record EmailAddress
{
    public const int MaxLength = 255;
    private const int MaxLocalPartLength = 64;
    private const int MaxLabelLength = 63;

    private static readonly SearchValues<char> LocalPartCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&'*+-/=?^_`{|}~");

    private static readonly SearchValues<char> LabelCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

    private EmailAddress(string value) => Value = value;

    public string Value { get; }

    /// <summary>What stands before the host.</summary>
    public string LocalPart => Value[..Value.LastIndexOf('@')];

    /// <summary>The form for comparison and uniqueness.</summary>
    public string Key => KeyOf(Value);

    /// <summary>The <see cref="Key"/> of a text, whether or not it is an address.</summary>
    public static string KeyOf(string text) => DisplayText.Narrow(text).Trim().ToLowerInvariant();

    public static Parsed<EmailAddress> Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return Parsed<EmailAddress>.Rejected("Is required.");
        var value = DisplayText.Narrow(text).Trim();
        if (value.Length > MaxLength) return Parsed<EmailAddress>.TooLong(MaxLength);
        return IsAddress(value) ? new EmailAddress(value) : Parsed<EmailAddress>.Rejected("Must be an e-mail address.");
    }

    public static EmailAddress FromStore(string value) => new(value);

    /// <summary>The dot-atom form of RFC 5322 at a host name with two or more labels. Quoted local parts are not supported.</summary>
    private static bool IsAddress(ReadOnlySpan<char> value)
    {
        var at = value.LastIndexOf('@');
        return at > 0 && IsLocalPart(value[..at]) && IsHostName(value[(at + 1)..]);
    }

    private static bool IsLocalPart(ReadOnlySpan<char> part) =>
        part.Length <= MaxLocalPartLength && !part.ContainsAnyExcept(LocalPartCharacters)
        && part[0] != '.' && part[^1] != '.' && !part.Contains("..", StringComparison.Ordinal);

    private static bool IsHostName(ReadOnlySpan<char> host)
    {
        var labels = 0;
        ReadOnlySpan<char> last = default;
        foreach (var range in host.Split('.'))
        {
            last = host[range];
            labels++;
            if (!IsLabel(last)) return false;
        }
        // A numeric last label would be an IP address.
        return labels >= 2 && last.ContainsAnyExceptInRange('0', '9');
    }

    private static bool IsLabel(ReadOnlySpan<char> label) =>
        label.Length is > 0 and <= MaxLabelLength && !label.ContainsAnyExcept(LabelCharacters) && label[0] != '-' && label[^1] != '-';
}
