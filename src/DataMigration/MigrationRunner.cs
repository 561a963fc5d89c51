using System.Data.Common;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Events.Kafka;
using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.BuildingBlocks.Storage.Sql;
using MongoDB.Driver;

namespace BigTech.DataMigration;

/// <summary>The state of one table.</summary>
/// <param name="Source">The number of rows in the file.</param>
/// <param name="Target">The number of equal rows or documents in the target.</param>
public sealed record MigratedTable(string Store, string Table, long Source, long Target)
{
    public bool IsComplete => Source == Target;
}

/// <summary>
/// Migrates an embedded installation, a folder with one file per context, to stores on a server: all rows, with their ids and in their
/// order. The next run continues an interrupted one; a run on a complete migration only compares.
/// </summary>
/// <param name="folder">Must not be in use by another process.</param>
/// <param name="stores">The targets; must not yet be in use by a server.</param>
/// <param name="topics">The topics that the contexts publish.</param>
/// <param name="subscriptions">The subscriptions of all contexts.</param>
/// <param name="elsewhere">The tables whose rows become documents.</param>
/// <param name="documents">The database for these documents, if there are any.</param>
public sealed class MigrationRunner(
    string folder, IReadOnlyCollection<Store> stores, IReadOnlyCollection<PublishedTopic> topics,
    IReadOnlyCollection<Subscription> subscriptions,
    IReadOnlyCollection<DocumentTable> elsewhere, DocumentDatabase? documents)
{
    /// <param name="progress">Called with a table before its first row, after each transaction and after its last row.</param>
    /// <returns>Every table after the run, compared row by row.</returns>
    /// <exception cref="StartupException">The source or the target does not allow the migration; the message says why.</exception>
    public async Task<IReadOnlyList<MigratedTable>> Run(Action<MigratedTable> progress, CancellationToken ct)
    {
        var migrations = new List<StoreMigration>();
        try
        {
            foreach (var store in stores) migrations.Add(StoreMigration.Open(folder, store, elsewhere, documents));
            // Nothing is written before all tables have been compared.
            foreach (var migration in migrations) migration.Compare(ct);
            foreach (var migration in migrations) await migration.Copy(progress, ct);
            var tables = migrations.SelectMany(migration => migration.Compare(ct)).ToList();
            if (tables.TrueForAll(table => table.IsComplete)) await StartRelays(migrations, ct);
            return tables;
        }
        catch (Exception error) when (error is DbException or MongoException)
        {
            throw new StartupException($"The data cannot be migrated ({error.Message.TrimEnd('.')}).", error);
        }
        finally
        {
            foreach (var migration in migrations) migration.Dispose();
        }
    }

    /// <summary>
    /// Sets where the relays to Kafka start: after the last relayed event, or else after the last event that all consumer groups have
    /// handled. Some groups receive events again; handlers are idempotent.
    /// </summary>
    private async Task StartRelays(List<StoreMigration> migrations, CancellationToken ct)
    {
        foreach (var published in topics)
        {
            var relayed = migrations.Single(migration => migration.Target == published.Store).Relayed(published.Topic);
            await OutboxRelay.StartBehind(published.Store, published.Topic, relayed ?? await HandledByAll(published, ct));
        }
    }

    private async Task<long> HandledByAll(PublishedTopic published, CancellationToken ct)
    {
        var position = await published.Store.Log.End(published.Topic, ct);
        foreach (var subscription in subscriptions.Where(s => s.Topic == published.Topic))
        {
            position = Math.Min(position, await subscription.Offset(ct));
        }
        return position;
    }
}
