namespace BigTech.Chat.Client;

/// <summary>What is worth another try, and after which pause: for streams, their snapshots and the outbox.</summary>
internal static class Retrying
{
    private const int MaxDoublings = 10;

    /// <summary>Whether the same may succeed later. A cancellation that the caller did not ask for is a time-out.</summary>
    public static bool IsTemporary(Exception error) => error switch
    {
        ChatApiException refusal => refusal.IsTransient,
        HttpRequestException or IOException or OperationCanceledException => true,
        _ => false,
    };

    /// <summary>A random pause, so that clients do not come back all at once. Its limit doubles with each failure.</summary>
    /// <param name="failures">In a row, this one included.</param>
    /// <param name="first">The limit after the first one.</param>
    /// <param name="max">The highest limit.</param>
    /// <param name="wanted">The shortest pause that the server wants, which is added.</param>
    public static TimeSpan PauseAfter(int failures, TimeSpan first, TimeSpan max, TimeSpan? wanted)
    {
        var limit = first * Math.Pow(2, Math.Min(failures - 1, MaxDoublings));
        return (wanted ?? TimeSpan.Zero) + ((limit > max ? max : limit) * Random.Shared.NextDouble());
    }

    /// <summary>The pause that the server wants, if it is the server that has refused.</summary>
    public static TimeSpan? WantedBy(Exception? error) => (error as ChatApiException)?.RetryAfter;
}
