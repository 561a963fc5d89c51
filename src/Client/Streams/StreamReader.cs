using System.Runtime.CompilerServices;

namespace BigTech.Chat.Client;

/// <summary>Reads a stream over any number of connections, each of which goes on after the last applied event.</summary>
internal sealed class StreamReader(ApiConnection api, ChatClientOptions options)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(3);

    /// <param name="isLast">Whether nothing comes after this event: coming back would be refused.</param>
    public async IAsyncEnumerable<StreamEvent> Read(
        string path, string? lastEventId, Func<StreamEvent, bool> isLast, [EnumeratorCancellation] CancellationToken ct)
    {
        for (var failures = 1; ; failures++)
        {
            StreamInterrupted interruption;
            await using (var connection = new StreamConnection(api, options, ct))
            {
                await connection.Open(path, lastEventId, ct);
                while (await connection.Next(ct) is { } change)
                {
                    failures = 1;
                    if (change is not StreamReset { Reason: StreamReset.SlowConsumer }) yield return change;
                    // The caller has applied it when they ask for the next one.
                    lastEventId = change.EventId is { Length: > 0 } id ? id : lastEventId;
                    if (isLast(change)) yield break;
                }
                if (connection.IsOver) yield break;
                interruption = new StreamInterrupted(connection.Failure, PauseBefore(failures, connection.Pause));
            }
            yield return interruption;
            await Task.Delay(interruption.RetryAfter, options.Time, ct);
        }
    }

    /// <summary>What fails for a moment is tried again, with the pauses of a stream.</summary>
    public async Task<T> Persist<T>(Func<CancellationToken, Task<T>> call, CancellationToken ct)
    {
        for (var failures = 1; ; failures++)
        {
            TimeSpan? wanted;
            try
            {
                return await call(ct);
            }
            catch (Exception error) when (!ct.IsCancellationRequested && Retrying.IsTemporary(error))
            {
                wanted = Retrying.WantedBy(error);
            }
            await Task.Delay(PauseBefore(failures, wanted), options.Time, ct);
        }
    }

    /// <param name="wanted">The shortest pause that the server wants.</param>
    private TimeSpan PauseBefore(int failures, TimeSpan? wanted) =>
        Retrying.PauseAfter(failures, FirstPause, options.MaxReconnectDelay, wanted);
}
