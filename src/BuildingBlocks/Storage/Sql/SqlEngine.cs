using System.Data.Common;
using System.Diagnostics;

namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>The state that a writer reads at the start of its transaction on a shared store.</summary>
/// <param name="Position">The position that the participants have committed last; see <see cref="ICommitParticipant"/>.</param>
/// <param name="Epoch">The number of the store's transactions, including this one.</param>
internal readonly record struct WriterState(long Position, long Epoch);

/// <summary>
/// The location and the dialect of a store. Every engine guarantees: one write transaction at a time, across all writers; a commit that is
/// durable when it returns; reads from one snapshot.
/// </summary>
internal abstract class SqlEngine
{
    /// <summary>The location of the store, for messages.</summary>
    public abstract string Place { get; }

    /// <summary>The name of the engine in metrics (OpenTelemetry, <c>db.system.name</c>).</summary>
    public abstract string SystemName { get; }

    /// <summary>The folder of this engine's migrations among an assembly's resources.</summary>
    public abstract string MigrationFolder { get; }

    /// <summary>The number of concurrent reads.</summary>
    public abstract int Readers { get; }

    /// <summary>Whether other processes may write to the store, so that cached data has to be checked.</summary>
    public abstract bool IsShared { get; }

    /// <summary>
    /// How long a caller waits for the store before it gets 503. On a server this ends hanging calls, not slow ones that make progress.
    /// </summary>
    public abstract TimeSpan Patience { get; }

    /// <summary>Opens a connection for the migrations, and creates the store if there is none.</summary>
    /// <exception cref="StartupException">It cannot be opened; the message says why.</exception>
    public abstract DbConnection OpenStore();

    /// <summary>Opens the writer's connection.</summary>
    public abstract DbConnection OpenWriter();

    public abstract ValueTask<DbConnection> OpenReader();

    /// <summary>The same for a command line tool, which can block.</summary>
    public DbConnection OpenReaderNow() => OpenReader().AsTask().GetAwaiter().GetResult();

    public abstract string Choose(DialectSql sql);

    /// <summary>A statement that the session's connection keeps prepared.</summary>
    public abstract Statement Prepare(ReadSession reader, string sql);

    /// <summary>The statement for many rows of a transaction; see <see cref="BatchStatement"/>.</summary>
    public abstract Statement Prepare(UnitOfWork work, BatchStatement rows);

    /// <summary>Opens a transaction and waits until it is the only one that writes.</summary>
    /// <returns>Null when no other process writes to this store: the session's state is current.</returns>
    public abstract WriterState? BeginWrite(UnitOfWork work);

    /// <summary>Makes the transaction durable.</summary>
    /// <param name="position">The position to pass on to the next transaction of any process; null if it has not changed.</param>
    public abstract void Commit(UnitOfWork work, long? position);

    public abstract void Rollback(UnitOfWork work);

    /// <summary>Ends a transaction in which the store itself failed.</summary>
    public abstract void Abandon(UnitOfWork work);

    public abstract ValueTask BeginRead(ReadSession reader);

    public abstract ValueTask EndRead(ReadSession reader);

    /// <summary>Runs migrations under a lock; see each engine for migrations that fail half-way.</summary>
    public abstract void Migrate(DbConnection connection, Action apply);

    /// <summary>
    /// Whether a repeated migration failed because its column exists already or its object is already dropped. Such a statement is the last
    /// one of its file.
    /// </summary>
    public virtual bool IsAlreadyApplied(DbException error) => false;

    /// <summary>Whether an error only affects its statement, not the store.</summary>
    public abstract bool IsStatementError(Exception error);

    /// <summary>Whether an error is of this engine. A transaction also ends with an error of another store that takes part in it.</summary>
    public bool IsOwn(Exception error) => error is ConnectionFailedException || IsOfDriver(error);

    /// <summary>
    /// Whether a failed call may be retried on a new connection: a closed connection is reported at once, while a longer wait means that
    /// the server hangs.
    /// </summary>
    /// <param name="started">The start of the call, by <see cref="Stopwatch"/>.</param>
    public bool MayRetry(long started) => Patience == Timeout.InfiniteTimeSpan || Stopwatch.GetElapsedTime(started) < Patience / 2;

    /// <summary>
    /// Whether the next answer on a connection certainly belongs to the next query after this error of its driver. After a time-out, for
    /// example, an old answer may still arrive.
    /// </summary>
    public abstract bool IsConnectionUsableAfter(Exception error);

    protected abstract bool IsOfDriver(Exception error);
}
