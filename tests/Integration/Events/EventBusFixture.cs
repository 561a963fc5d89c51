using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Sql;

namespace BigTech.Tests.Integration.Events;

/// <summary>An event that a consumer group set aside.</summary>
public sealed record DeadLetter(string Key, string Type, string Error, int Attempts);

/// <summary>A bus under test with a producer store and consumer stores. Every implementation of the bus provides its own.</summary>
public abstract class EventBusFixture : IAsyncDisposable
{
    /// <summary>The started bus; a new one after <see cref="Restart"/>.</summary>
    public abstract IEventBus Bus { get; }

    /// <summary>The store of the context that publishes.</summary>
    public abstract Store Producer { get; }

    /// <summary>A consumer group's own store.</summary>
    public abstract Store Store(string group);

    /// <summary>Closes everything and opens the same data again, as a restart of the process does.</summary>
    public abstract Task Restart();

    /// <summary>The dead letters of a group, oldest first.</summary>
    public abstract Task<IReadOnlyList<DeadLetter>> DeadLetters(Subscription subscription);

    public abstract ValueTask DisposeAsync();
}
