using System.Buffers.Text;
using System.Diagnostics;
using System.Net;

namespace BigTech.Load;

/// <summary>
/// One 1:1 room with its sender and its one live subscriber. Only this sender writes here, so the next answer and the next event must carry
/// exactly the next seq: every gap and every duplicate is detected at once.
/// </summary>
internal sealed class Conversation(Account sender, Account subscriber, long room) : IExchange, ISseListener, IDisposable
{
    /// <summary>The number of recent sends whose start time is kept; a subscriber further behind is not measured.</summary>
    private const int Remembered = 4096;

    private readonly long[] _startedAt = new long[Remembered];
    private readonly long[] _answeredAt = new long[Remembered];
    private NumberedPost? _post;
    private SseReader? _reader;
    private long _answered;
    private long _arrived;
    private long _recordFrom;

    public Account Sender { get; } = sender;

    public Account Subscriber { get; } = subscriber;

    /// <summary>From the start of the send to the event at the subscriber.</summary>
    public LatencyHistogram Delivery { get; private set; } = new();

    /// <summary>From the answer to the event at the subscriber; zero where the event came first.</summary>
    public LatencyHistogram DeliveryAfterAnswer { get; private set; } = new();

    /// <summary>The first result that violates the specification.</summary>
    public string? Violation { get; private set; }

    /// <summary>True when the subscriber has received every acknowledged message.</summary>
    public bool IsDelivered => Volatile.Read(ref _arrived) >= _answered;

    /// <summary>Why the stream ended; null while it is open.</summary>
    public string? StreamFailure => _reader?.Failure;

    /// <summary>Opens the stream and resets what the last measurement recorded.</summary>
    public async Task Begin(IPEndPoint endpoint, TimeSpan warmUp, CancellationToken cancellation)
    {
        Delivery = new LatencyHistogram();
        DeliveryAfterAnswer = new LatencyHistogram();
        Violation = null;
        _post = new NumberedPost(endpoint, $"/messages/{room}", Sender.Token);
        var request = HttpRequestBytes.GetStream(endpoint, $"/messages/stream/{room}", Subscriber.Token);
        _reader = await SseReader.Open(endpoint, request, this, cancellation);
        _recordFrom = Stopwatch.GetTimestamp() + (long)(warmUp.TotalSeconds * Stopwatch.Frequency);
    }

    public ReadOnlyMemory<byte> Next(long startedAt)
    {
        _startedAt[(_answered + 1) % Remembered] = startedAt;
        return _post!.Next();
    }

    public bool Accept(int status, ReadOnlySpan<byte> body, long answeredAt)
    {
        if (status != 201)
        {
            return false;
        }

        var seq = SeqIn(body);
        if (seq != _answered + 1)
        {
            Violation ??= $"room {room}: a send was answered with seq {seq} after {_answered}";
        }

        _answeredAt[seq % Remembered] = answeredAt;
        _answered = seq;
        return true;
    }

    public void OnEvent(ReadOnlySpan<byte> name, ReadOnlySpan<byte> id, ReadOnlySpan<byte> data, long arrivedAt)
    {
        if (name.SequenceEqual("reset"u8))
        {
            Violation ??= $"room {room}: the stream was reset after seq {_arrived}";
        }

        if (!name.SequenceEqual("message.created"u8))
        {
            return;
        }

        var seq = SeqIn(data);
        if (seq != _arrived + 1)
        {
            Violation ??= $"room {room}: the stream went from seq {_arrived} to {seq}";
        }

        Volatile.Write(ref _arrived, seq);
        var startedAt = _startedAt[seq % Remembered];
        if (startedAt >= _recordFrom && _answered - seq < Remembered - 1)
        {
            Delivery.RecordTicks(arrivedAt - startedAt);
            DeliveryAfterAnswer.RecordTicks(seq <= _answered ? arrivedAt - _answeredAt[seq % Remembered] : 0);
        }
    }

    public void Dispose() => _reader?.Dispose();

    /// <summary>The number after the first "seq" key, or -1. No text that the driver sends holds such a key.</summary>
    public static long SeqIn(ReadOnlySpan<byte> json)
    {
        var key = "\"seq\":"u8;
        var at = json.IndexOf(key);
        return at >= 0 && Utf8Parser.TryParse(json[(at + key.Length)..].TrimStart((byte)' '), out long seq, out _) ? seq : -1;
    }
}
