namespace BigTech.Chat.Client;

/// <summary>The bytes of an answer. A read that waits for too long ends the connection: the heartbeat of the server is missing.</summary>
internal sealed class WatchedStream(Stream inner, CancellationTokenSource silence, TimeSpan limit) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        silence.CancelAfter(limit);
        var count = await inner.ReadAsync(buffer, cancellationToken);
        // How long the reader of the events takes is not the server's silence.
        silence.CancelAfter(Timeout.InfiniteTimeSpan);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
