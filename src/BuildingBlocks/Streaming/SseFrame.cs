using System.Buffers;
using System.Text;

namespace BigTech.BuildingBlocks.Streaming;

/// <summary>The bytes of one server-sent event (https://html.spec.whatwg.org/multipage/server-sent-events.html).</summary>
public static class SseFrame
{
    /// <param name="data">One line, such as JSON.</param>
    /// <param name="id">Null for an event whose id the stream writes.</param>
    public static byte[] Create(string name, ReadOnlySpan<byte> data, string? id = null)
    {
        var head = Encoding.UTF8.GetBytes(id is null ? $"event: {name}\ndata: " : $"id: {id}\nevent: {name}\ndata: ");
        var frame = new byte[head.Length + data.Length + 2];
        head.CopyTo(frame, 0);
        data.CopyTo(frame.AsSpan(head.Length));
        frame[^2] = (byte)'\n';
        frame[^1] = (byte)'\n';
        return frame;
    }

    /// <summary>Says how long a client waits until it comes back after the end of the stream. It is no event.</summary>
    public static void WriteRetry(IBufferWriter<byte> output, TimeSpan wait) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"retry: {(long)wait.TotalMilliseconds}\n\n"), output);

    /// <summary>Writes an event whose id line, if it has one, is already written.</summary>
    /// <param name="data">One line, such as JSON.</param>
    public static void Write(IBufferWriter<byte> output, string name, string data) =>
        Encoding.UTF8.GetBytes($"event: {name}\ndata: {data}\n\n", output);
}
