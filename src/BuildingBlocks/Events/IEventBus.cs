namespace BigTech.BuildingBlocks.Events;

/// <summary>
/// Carries the outbox of every context to the consumer groups of the others. Every implementation guarantees, and the contract suite
/// checks: events of one key are handled in commit order; each at least once, whatever crashes; an event that keeps failing becomes a dead
/// letter of its group after retries with back-off, and does not block the others; dead letters can be replayed.
/// </summary>
public interface IEventBus
{
    /// <summary>Whether other processes take part in it: their events are only visible through the bus.</summary>
    bool IsShared { get; }

    /// <summary>Starts to consume at the offset of the group.</summary>
    IConsumer Consume(Subscription subscription);

    /// <summary>The dead letters of a group for one topic, oldest first.</summary>
    Task<IReadOnlyList<DeadLetter>> DeadLetters(Subscription subscription, CancellationToken ct);

    /// <summary>Handles a group's dead letters of one topic again, oldest first; those that fail again stay.</summary>
    /// <returns>The numbers of handled and of remaining dead letters.</returns>
    /// <exception cref="AppError">503: a store or the bus is unavailable. No attempt is counted; the rest is unchanged.</exception>
    /// <exception cref="OperationCanceledException">The same applies.</exception>
    Task<(int Handled, int Remaining)> Replay(Subscription subscription, CancellationToken ct);

    /// <summary>
    /// Follows a topic from now on, for this process alone: every replica receives every event. Without offsets and without retries. It
    /// feeds live streams.
    /// </summary>
    /// <param name="handle">Called with one event at a time, in order for each key. It must not block.</param>
    /// <param name="gap">Called when events may have been missed; the store has the current state.</param>
    ITopicFollower Follow(string topic, Action<EventEnvelope> handle, Action gap);

    /// <summary>The position in the owner's outbox up to which the bus no longer needs a topic's events.</summary>
    ValueTask<long> LowWatermark(PublishedTopic published, CancellationToken ct);
}

/// <summary>An event that a consumer group could not handle, and why.</summary>
public sealed record DeadLetter(string EventId, string Type, string Key, string Error, int Attempts)
{
    /// <summary>The text of an error in a dead letter.</summary>
    internal static string Describe(Exception error) => $"{error.GetType().Name}: {error.Message}";
}

/// <summary>A running consumer. Disposing it finishes the current event and stops.</summary>
public interface IConsumer : IAsyncDisposable
{
    Subscription Subscription { get; }

    /// <summary>The number of events of the topic that the group has not handled yet.</summary>
    ValueTask<long> Lag(CancellationToken ct);

    /// <summary>The number of dead letters of the group.</summary>
    ValueTask<long> DeadLetters(CancellationToken ct);
}

/// <summary>A followed topic. Disposing it stops after the current event.</summary>
public interface ITopicFollower : IAsyncDisposable
{
    /// <summary>Completes when every event that is committed from then on will be received.</summary>
    Task Started { get; }
}
