using System.Net;

namespace BigTech.Load;

/// <summary>Many streams opened together, in batches, so that no connection waits long to be accepted.</summary>
internal sealed class StreamCrowd : IDisposable
{
    private const int MaxConcurrency = 64;

    private readonly SseReader[] _readers;

    private StreamCrowd(int count) => _readers = new SseReader[count];

    /// <summary>The number of streams that ended although the driver did not close them.</summary>
    public int Ended => _readers.Count(reader => reader.Failure is not null);

    /// <summary>The reason of the first ended stream.</summary>
    public string? FirstFailure => _readers.Select(reader => reader.Failure).FirstOrDefault(failure => failure is not null);

    public static async Task<StreamCrowd> Open(
        IPEndPoint endpoint, int count, Func<int, byte[]> request, ISseListener listener, CancellationToken cancellation)
    {
        var crowd = new StreamCrowd(count);
        try
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(0, count),
                new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrency, CancellationToken = cancellation },
                async (index, stop) => crowd._readers[index] = await SseReader.Open(endpoint, request(index), listener, stop));
            return crowd;
        }
        catch
        {
            crowd.Dispose();
            throw;
        }
    }

    public void Dispose() => Array.ForEach(_readers, reader => reader?.Dispose());
}

/// <summary>Ignores all events: for streams that only have to be open.</summary>
internal sealed class SilentListener : ISseListener
{
    public void OnEvent(ReadOnlySpan<byte> name, ReadOnlySpan<byte> id, ReadOnlySpan<byte> data, long arrivedAt)
    {
    }
}
