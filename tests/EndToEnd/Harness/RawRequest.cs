using System.Text;

namespace BigTech.Tests.EndToEnd;

/// <summary>The exact bytes of a request: they are not escaped, completed or corrected.</summary>
/// <param name="Target">Path and query; every character is one byte.</param>
internal sealed record RawRequest(string Method, string Target)
{
    public const string IdHeader = "X-Request-Id";

    public string? Bearer { get; init; }

    public string? ContentType { get; init; }

    public byte[]? Body { get; init; }

    /// <summary>The announced length; the body itself is then not sent.</summary>
    public long? Announced { get; init; }

    public bool IsChunked { get; init; }

    /// <summary>Complete header lines.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    public byte[] ToBytes(string id)
    {
        var head = new StringBuilder($"{Method} {Target} HTTP/1.1\r\nHost: localhost\r\n{IdHeader}: {id}\r\n");
        if (Bearer is not null)
            head.Append("Authorization: Bearer ").Append(Bearer).Append("\r\n");
        if (ContentType is not null)
            head.Append("Content-Type: ").Append(ContentType).Append("\r\n");
        foreach (var header in Headers)
            head.Append(header).Append("\r\n");
        if (IsChunked)
            head.Append("Transfer-Encoding: chunked\r\n");
        else if (Announced is not null || Body is not null)
            head.Append("Content-Length: ").Append(Announced ?? Body!.Length).Append("\r\n");
        head.Append("\r\n");
        return [.. Encoding.Latin1.GetBytes(head.ToString()), .. Framed()];
    }

    public override string ToString() => $"{Method} {(Target.Length > 200 ? $"{Target[..200]}... ({Target.Length})" : Target)}";

    private byte[] Framed()
    {
        if (Body is null || Announced is not null)
            return [];
        return IsChunked ? [.. Encoding.ASCII.GetBytes($"{Body.Length:x}\r\n"), .. Body, .. "\r\n0\r\n\r\n"u8] : Body;
    }
}
