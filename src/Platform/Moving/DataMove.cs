using System.Data.Common;
using BigTech.Platform.Documents;
using BigTech.Platform.Events;
using BigTech.Platform.Events.Kafka;
using BigTech.Platform.Sql;
using MongoDB.Driver;

namespace BigTech.Platform.Moving;

/// <summary>A table on its way.</summary>
/// <param name="Source">The rows of the file.</param>
/// <param name="Target">Those of the server, or its documents, that are the same.</param>
public sealed record MovedTable(string Store, string Table, long Source, long Target)
{
    public bool IsComplete => Source == Target;
}

/// <summary>
/// Moves an embedded installation, a folder with a file for each context, into stores on a server: all rows, with their ids and in their
/// order. A move that was interrupted goes on when it is run again, and one that is complete only compares.
/// </summary>
/// <param name="folder">Nobody else may have it.</param>
/// <param name="stores">Where the contexts' data goes; nobody else may use them yet.</param>
/// <param name="topics">What the contexts publish.</param>
/// <param name="subscriptions">Those of all contexts.</param>
/// <param name="elsewhere">The tables whose rows become documents.</param>
/// <param name="documents">Where they go, if there are any.</param>
public sealed class DataMove(
    string folder, IReadOnlyCollection<Database> stores, IReadOnlyCollection<PublishedTopic> topics, IReadOnlyCollection<Subscription> subscriptions,
    IReadOnlyCollection<DocumentTable> elsewhere, DocumentDatabase? documents)
{
    /// <param name="progress">Told of a table before its first row, after each transaction and behind its last row.</param>
    /// <returns>Every table as it is found after the move, compared row by row.</returns>
    /// <exception cref="StartupException">It cannot be done: what is here or there does not allow it. The message says what.</exception>
    public async Task<IReadOnlyList<MovedTable>> Run(Action<MovedTable> progress, CancellationToken ct)
    {
        var moves = new List<StoreMove>();
        try
        {
            foreach (var store in stores) moves.Add(StoreMove.Open(folder, store, elsewhere, documents));
            // Nothing is written before it is known that everything may go.
            foreach (var move in moves) move.Compare(ct);
            foreach (var move in moves) await move.Copy(progress, ct);
            var moved = moves.SelectMany(move => move.Compare(ct)).ToList();
            if (moved.TrueForAll(table => table.IsComplete)) await StartRelays(moves, ct);
            return moved;
        }
        catch (Exception error) when (error is DbException or MongoException)
        {
            throw new StartupException($"The data cannot be moved ({error.Message.TrimEnd('.')}).", error);
        }
        finally
        {
            foreach (var move in moves) move.Dispose();
        }
    }

    /// <summary>
    /// Where the relays to Kafka begin: behind what was relayed before, else behind what all consumer groups have handled. What only some
    /// have handled comes to them again, and handlers are idempotent.
    /// </summary>
    private async Task StartRelays(List<StoreMove> moves, CancellationToken ct)
    {
        foreach (var published in topics)
        {
            var relayed = moves.Single(move => move.Target == published.Store).Relayed(published.Topic);
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
