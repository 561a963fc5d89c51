using MongoDB.Driver.Core.Configuration;
using MongoDB.Driver.Core.Events;

namespace BigTech.BuildingBlocks.Storage.Mongo;

/// <summary>Measures what the driver does: its commands, by their names, and the connections of its pools.</summary>
/// <param name="limit">How long the driver looks for a server.</param>
internal sealed class MongoCommands(TimeSpan limit)
{
    public const string SystemName = "mongodb";

    private const string Connect = "connect";

    private int _open;
    private int _used;

    public (int Used, int Idle) Connections => (_used, Math.Max(0, _open - _used));

    public void Subscribe(ClusterBuilder cluster) => cluster
        .Subscribe<CommandSucceededEvent>(command => DatabaseMetrics.Ran(SystemName, command.CommandName, command.Duration))
        .Subscribe<CommandFailedEvent>(
            command => DatabaseMetrics.Failed(SystemName, command.CommandName, command.Duration, command.Failure))
        // Without a server or a connection there is no command.
        .Subscribe<ClusterSelectingServerFailedEvent>(
            search => DatabaseMetrics.Failed(SystemName, Connect, limit, search.Exception))
        .Subscribe<ConnectionPoolCheckingOutConnectionFailedEvent>(
            connection => DatabaseMetrics.Failed(SystemName, Connect, connection.Duration, connection.Exception))
        .Subscribe<ConnectionPoolAddedConnectionEvent>(_ => Interlocked.Increment(ref _open))
        .Subscribe<ConnectionPoolRemovedConnectionEvent>(_ => Interlocked.Decrement(ref _open))
        .Subscribe<ConnectionPoolCheckedOutConnectionEvent>(_ => Interlocked.Increment(ref _used))
        .Subscribe<ConnectionPoolCheckedInConnectionEvent>(_ => Interlocked.Decrement(ref _used));
}
