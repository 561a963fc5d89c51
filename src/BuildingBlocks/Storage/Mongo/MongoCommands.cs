using MongoDB.Driver.Core.Configuration;
using MongoDB.Driver.Core.Events;

namespace BigTech.BuildingBlocks.Storage.Mongo;

/// <summary>Measures what the driver does: its commands, by their names, and the connections of its pools.</summary>
internal sealed class MongoCommands
{
    public const string SystemName = "mongodb";

    private int _open;
    private int _used;

    public (int Used, int Idle) Connections => (_used, Math.Max(0, _open - _used));

    public void Subscribe(ClusterBuilder cluster) => cluster
        .Subscribe<CommandSucceededEvent>(command => DatabaseMetrics.Ran(SystemName, command.CommandName, command.Duration))
        .Subscribe<CommandFailedEvent>(
            command => DatabaseMetrics.Failed(SystemName, command.CommandName, command.Duration, command.Failure))
        .Subscribe<ConnectionPoolAddedConnectionEvent>(_ => Interlocked.Increment(ref _open))
        .Subscribe<ConnectionPoolRemovedConnectionEvent>(_ => Interlocked.Decrement(ref _open))
        .Subscribe<ConnectionPoolCheckedOutConnectionEvent>(_ => Interlocked.Increment(ref _used))
        .Subscribe<ConnectionPoolCheckedInConnectionEvent>(_ => Interlocked.Decrement(ref _used));
}
