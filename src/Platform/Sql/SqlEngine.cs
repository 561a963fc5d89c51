using System.Data.Common;
using System.Diagnostics;

namespace BigTech.Platform.Sql;

/// <summary>What a writer learns when its transaction begins on a store that others write too.</summary>
/// <param name="Position">Of the last event in the outbox.</param>
/// <param name="Epoch">Counts the store's transactions; this one included.</param>
internal readonly record struct WriterState(long Position, long Epoch);

/// <summary>
/// Where a store lives and how one talks to it. What every engine keeps: one write transaction at a time, whoever writes; a commit that
/// is durable when it returns; reads that see one moment.
/// </summary>
internal abstract class SqlEngine
{
    /// <summary>Where the store is, for people.</summary>
    public abstract string Place { get; }

    /// <summary>Where the migrations of this engine lie among an assembly's resources.</summary>
    public abstract string MigrationFolder { get; }

    /// <summary>How many reads may run at once.</summary>
    public abstract int Readers { get; }

    /// <summary>Whether other processes may write to the store, so that what this one remembers of it has to be checked.</summary>
    public abstract bool IsShared { get; }

    /// <summary>
    /// How long a caller waits for the store before the answer is 503. On a server it ends what hangs; what goes on, however slowly, is waited for.
    /// </summary>
    public abstract TimeSpan Patience { get; }

    /// <summary>Opens a connection for the migrations, and makes the store if there is none.</summary>
    /// <exception cref="StartupException">It cannot be opened; the message says why.</exception>
    public abstract DbConnection OpenStore();

    /// <summary>Opens the writer's connection.</summary>
    public abstract DbConnection OpenWriter();

    public abstract ValueTask<DbConnection> OpenReader();

    /// <summary>The same for a command line, which has nothing else to do meanwhile.</summary>
    public DbConnection OpenReaderNow() => OpenReader().AsTask().GetAwaiter().GetResult();

    public abstract string Choose(DialectSql sql);

    /// <summary>A statement that the session's connection keeps prepared.</summary>
    public abstract Statement Prepare(ReadSession reader, string sql);

    /// <summary>The statement of which a transaction runs many; see <see cref="BatchStatement"/>.</summary>
    public abstract Statement Prepare(UnitOfWork work, BatchStatement rows);

    /// <summary>Opens a transaction and waits until it is the only one that writes.</summary>
    /// <returns>Null when nobody else ever writes to this store: what the session remembers is right.</returns>
    public abstract WriterState? BeginWrite(UnitOfWork work);

    /// <summary>Makes the transaction durable.</summary>
    /// <param name="position">Of the last event that the outbox has now.</param>
    public abstract void Commit(UnitOfWork work, long position);

    public abstract void Rollback(UnitOfWork work);

    /// <summary>Ends a transaction in which the store itself failed.</summary>
    public abstract void Abandon(UnitOfWork work);

    public abstract ValueTask BeginRead(ReadSession reader);

    public abstract ValueTask EndRead(ReadSession reader);

    /// <summary>Runs migrations while nobody else does; see what each engine says of those that fail half-way.</summary>
    public abstract void Migrate(DbConnection connection, Action apply);

    /// <summary>
    /// Whether a migration that runs again could not add the column that it has added before, or take away what it has taken away. Such a statement is
    /// the last one of its file.
    /// </summary>
    public virtual bool IsAlreadyApplied(DbException error) => false;

    /// <summary>Whether an error spoils only the statement that met it, not the store.</summary>
    public abstract bool IsStatementError(Exception error);

    /// <summary>
    /// Whether a call that failed may be tried over a new connection: that one has ended is told at once, and whoever has waited longer has met
    /// a server that hangs.
    /// </summary>
    /// <param name="started">Of the call, by <see cref="Stopwatch"/>.</param>
    public bool MayBeThere(long started) => Patience == Timeout.InfiniteTimeSpan || Stopwatch.GetElapsedTime(started) < Patience / 2;

    /// <summary>
    /// Whether the next answer on a connection is sure to belong to the next question after its driver has thrown this. After a time-out, for one,
    /// an answer may still come.
    /// </summary>
    public abstract bool IsConnectionUsableAfter(Exception error);
}
