using System.Threading.Channels;

namespace BigTech.WebClient.Browser;

/// <summary>A stream of events that another tab passes on.</summary>
internal sealed class ReceivedEvents
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<byte[]> _chunks = Channel.CreateUnbounded<byte[]>();

    public ReceivedEvents() => Stream = new ChunkStream(_chunks.Reader);

    /// <summary>Ends when the other tab has the stream, or when nothing more comes from there.</summary>
    public Task Begun => _begun.Task;

    /// <summary>What comes, until the other tab ends it.</summary>
    public Stream Stream { get; }

    public void Begin() => _begun.TrySetResult();

    /// <summary>Before the beginning there is nothing to pass on: a snapshot of later has it.</summary>
    public void Write(byte[] chunk)
    {
        if (_begun.Task.IsCompleted) _chunks.Writer.TryWrite(chunk);
    }

    public void End()
    {
        _chunks.Writer.TryComplete();
        _begun.TrySetResult();
    }

    private sealed class ChunkStream(ChannelReader<byte[]> chunks) : ReadOnlyStream
    {
        private ReadOnlyMemory<byte> _rest;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (_rest.IsEmpty)
            {
                if (!await chunks.WaitToReadAsync(cancellationToken)) return 0;
                if (chunks.TryRead(out var chunk)) _rest = chunk;
            }
            var count = Math.Min(buffer.Length, _rest.Length);
            _rest[..count].CopyTo(buffer);
            _rest = _rest[count..];
            return count;
        }
    }
}
