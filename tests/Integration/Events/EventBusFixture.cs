using BigTech.Platform.Events;
using BigTech.Platform.Sql;

namespace BigTech.Tests.Integration.Events;

/// <summary>A letter that a consumer group put aside.</summary>
public sealed record DeadLetter(string Key, string Type, string Error, int Attempts);

/// <summary>A bus under test with the stores at its two ends. Every implementation of the bus brings its own.</summary>
public abstract class EventBusFixture : IAsyncDisposable
{
    /// <summary>The bus; started, and again after <see cref="Restart"/>.</summary>
    public abstract IEventBus Bus { get; }

    /// <summary>The store of the context that publishes.</summary>
    public abstract Store Producer { get; }

    /// <summary>A consumer group's own store.</summary>
    public abstract Store Store(string group);

    /// <summary>Closes everything and opens it again on the same data, as a new start of the program does.</summary>
    public abstract Task Restart();

    /// <summary>The dead letters of a group, oldest first.</summary>
    public abstract Task<IReadOnlyList<DeadLetter>> DeadLetters(Subscription subscription);

    public abstract ValueTask DisposeAsync();
}
