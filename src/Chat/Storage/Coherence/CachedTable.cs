using BigTech.BuildingBlocks.Storage.Sql;

namespace BigTech.Chat.Storage.Coherence;

/// <summary>
/// A table of facts from other contexts, in memory because every message to a 1:1 room needs them. Loaded once, before events are consumed.
/// From then on each committed event updates it on the writer's thread, which also checks sends. On a shared store, the changes of other
/// processes are read before they are needed.
/// </summary>
/// <typeparam name="TRow">A row; on a shared store the table also has the epoch of its last change, <c>turn</c>.</typeparam>
internal abstract class CachedTable<TRow> where TRow : class
{
    protected const int PageSize = 5000;

    /// <summary>A subquery for the epoch of a change, which stores on a server record.</summary>
    protected const string CurrentEpoch = "(SELECT turn FROM store_writer WHERE id = 1)";

    private static readonly DialectSql LastEpochSql = new(Sqlite: "SELECT 0", MySql: $"SELECT {CurrentEpoch}");

    // Owned by the writer: the epoch of a shared store up to which the rows are known.
    private long _knownEpoch;

    // Owned by the writer: the last epoch in which it has read changes.
    private long _epoch;

    /// <summary>Rows that may have an effect, <see cref="PageSize"/> at most, behind one in the order of the key.</summary>
    protected abstract ValueTask<List<TRow>> PageAfter(ReadSession reader, TRow last);

    /// <summary>The columns of a row and the table.</summary>
    protected abstract string SelectSql { get; }

    /// <summary>Takes the newest state of a row.</summary>
    protected abstract void Set(TRow row);

    /// <summary>Reads the rows of the last commit, in pages, so that their number does not prolong a statement.</summary>
    /// <param name="first">A row before all others.</param>
    protected void Load(Store store, TRow first)
    {
        // CatchUp reads what later transactions change while the pages are read.
        _knownEpoch = Read(store, reader => reader.First<long>(LastEpochSql));
        for (var last = first; ;)
        {
            var page = Read(store, reader => PageAfter(reader, last));
            foreach (var row in page) Set(row);
            if (page.Count < PageSize) return;
            last = page[^1];
        }
    }

    /// <summary>Reads what other processes have changed; call it in a transaction, before the rows are used.</summary>
    protected void CatchUp(UnitOfWork work)
    {
        if (work.WriterEpoch <= Math.Max(_epoch, _knownEpoch)) return;
        // This transaction's own changes do not count before its commit.
        if (work.WriterEpoch - 1 > _knownEpoch)
        {
            var changed = work.Query<TRow>(
                $"{SelectSql} WHERE turn > @_knownEpoch AND turn < @WriterEpoch", new { _knownEpoch, work.WriterEpoch });
            foreach (var row in changed) Set(row);
            _knownEpoch = work.WriterEpoch - 1;
        }
        // As long as no other process writes in between, the next transaction has nothing to read.
        var epoch = _epoch = work.WriterEpoch;
        work.AfterCommit(() => _knownEpoch = epoch);
    }

    /// <summary>Runs at startup, without other readers: blocking on the read is safe.</summary>
    private static T Read<T>(Store store, Func<ReadSession, ValueTask<T>> query) =>
        store.Read(query, CancellationToken.None).AsTask().GetAwaiter().GetResult();
}
