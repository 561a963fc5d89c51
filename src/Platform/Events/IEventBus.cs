namespace BigTech.Platform.Events;

/// <summary>
/// Carries the outbox of every context to the consumer groups of the others. What every implementation promises, and the contract
/// suite checks: events of one key are handled in commit order; each at least once, whatever crashes; one that keeps failing goes to
/// the dead letters of its group after retries with back-off while the rest goes on; dead letters can be replayed.
/// </summary>
public interface IEventBus
{
    /// <summary>Whether other processes take part in it: what they write is seen over it, and not before.</summary>
    bool IsShared { get; }

    /// <summary>Starts to consume, from where the group stopped.</summary>
    IConsumer Consume(Subscription subscription);

    /// <summary>The dead letters of a group for one topic, oldest first.</summary>
    Task<IReadOnlyList<DeadLetter>> DeadLetters(Subscription subscription, CancellationToken ct);

    /// <summary>Handles a group's dead letters of one topic again, oldest first; those that fail again stay.</summary>
    /// <returns>How many were handled, and how many remain.</returns>
    /// <exception cref="AppError">503: a store or the bus is away. That counts as no attempt; what was not handled yet stays as it was.</exception>
    /// <exception cref="OperationCanceledException">Alike.</exception>
    Task<(int Handled, int Remaining)> Replay(Subscription subscription, CancellationToken ct);

    /// <summary>
    /// Follows a topic from now on, for this process alone: every replica sees every event. Nothing of it is kept, and nothing is tried
    /// again. What feeds live streams.
    /// </summary>
    /// <param name="handle">Called with one event at a time, those of a key in their order. It must not block.</param>
    /// <param name="gap">Called when events may have been missed: only the store knows what was in between.</param>
    ITopicFollower Follow(string topic, Action<EventEnvelope> handle, Action gap);

    /// <summary>The position in the outbox of its owner up to which the bus has no more need of a topic's events.</summary>
    ValueTask<long> LowWatermark(PublishedTopic published, CancellationToken ct);
}

/// <summary>An event that a consumer group could not handle, and why.</summary>
public sealed record DeadLetter(string EventId, string Type, string Key, string Error, int Attempts)
{
    /// <summary>What a dead letter keeps of an error.</summary>
    internal static string Describe(Exception error) => $"{error.GetType().Name}: {error.Message}";
}

/// <summary>A running consumer. Disposing it finishes the event in hand and stops.</summary>
public interface IConsumer : IAsyncDisposable
{
    Subscription Subscription { get; }

    /// <summary>How many events of the topic the group has yet to handle.</summary>
    ValueTask<long> Lag(CancellationToken ct);

    /// <summary>How many events wait in the dead letters of the group.</summary>
    ValueTask<long> DeadLetters(CancellationToken ct);
}

/// <summary>A topic being followed. Disposing it stops after the event in hand.</summary>
public interface ITopicFollower : IAsyncDisposable
{
    /// <summary>Ends when every event that is committed from then on will be seen.</summary>
    Task Started { get; }
}
