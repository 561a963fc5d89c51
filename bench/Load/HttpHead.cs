using System.Buffers.Text;
using System.Text;

namespace BigTech.Load;

/// <summary>The parts of an HTTP/1.1 response head that the driver needs.</summary>
internal readonly record struct HttpHead(int Status, int Length, long ContentLength, bool IsChunked)
{
    private const int StatusOffset = 9;

    /// <summary>Parses the head once all of it has arrived; false until the blank line that ends it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> received, out HttpHead head)
    {
        head = default;
        var end = received.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        if (!Utf8Parser.TryParse(received[StatusOffset..], out int status, out _) || !received.StartsWith("HTTP/1.1 "u8))
        {
            throw new IOException("the answer is not HTTP/1.1");
        }

        long contentLength = -1;
        var chunked = false;
        var lines = received[..(end + 2)];
        lines = lines[(lines.IndexOf((byte)'\n') + 1)..];
        while (!lines.IsEmpty)
        {
            var line = lines[..lines.IndexOf((byte)'\r')];
            lines = lines[(line.Length + 2)..];
            if (ValueOf(line, "content-length:"u8, out var length))
            {
                contentLength = Utf8Parser.TryParse(length, out long parsed, out _) ? parsed : -1;
            }
            else if (ValueOf(line, "transfer-encoding:"u8, out var encoding))
            {
                chunked = Ascii.EqualsIgnoreCase(encoding, "chunked"u8);
            }
        }

        head = new HttpHead(status, end + 4, contentLength, chunked);
        return true;
    }

    private static bool ValueOf(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (line.Length < name.Length || !Ascii.EqualsIgnoreCase(line[..name.Length], name))
        {
            return false;
        }

        value = line[name.Length..].Trim((byte)' ');
        return true;
    }
}
