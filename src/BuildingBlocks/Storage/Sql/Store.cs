using System.Collections.Concurrent;
using System.Data.Common;
using System.Reflection;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>
/// The store of one bounded context: reads on pooled connections, and writes through one group-committing writer.
/// </summary>
public sealed partial class Store : IDisposable
{
    private const string ReadOperation = "SELECT";

    private static readonly TimeSpan PauseBetweenLooks = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan MaxProbeTime = TimeSpan.FromSeconds(1);

    // Health is asked every second or so; each probe of an idle store is a commit.
    private static readonly TimeSpan MaxProbeAge = TimeSpan.FromSeconds(5);

    private readonly SqlEngine _engine;
    private readonly ILogger _logger;
    private readonly GroupCommitWriter _writer;
    private readonly ConcurrentBag<ReadSession> _readers = [];
    private readonly SemaphoreSlim _readSlots;
    private int _waitingReads;

    /// <summary>Opens an embedded store and brings its schema up to date.</summary>
    /// <param name="name">The name of the context and of the file.</param>
    /// <param name="migrations">The assembly whose <c>Storage/Migrations/*.sql</c> resources build the schema.</param>
    /// <param name="participant">Creates what takes part in every transaction, such as the outbox.</param>
    /// <exception cref="StartupException">The file is damaged, newer than the program, or not writable.</exception>
    public Store(
        string name, string directory, Assembly migrations, int writerQueue, TimeProvider time, ILoggerFactory loggers,
        Func<Store, ICommitParticipant>? participant = null)
        : this(name, new SqliteEngine(Path.Combine(directory, $"{name}.db")), migrations, writerQueue, time, loggers, participant)
    {
    }

    /// <summary>The same for any engine.</summary>
    /// <exception cref="StartupException">The store cannot be opened, or is newer than the program.</exception>
    internal Store(
        string name, SqlEngine engine, Assembly migrations, int writerQueue, TimeProvider time, ILoggerFactory loggers,
        Func<Store, ICommitParticipant>? participant = null)
    {
        Name = name;
        Migrations = migrations;
        _engine = engine;
        _logger = loggers.CreateLogger<Store>();
        _readSlots = new SemaphoreSlim(engine.Readers);
        var connection = OpenMigrated(engine, migrations, time);
        Participant = participant?.Invoke(this);
        var work = new UnitOfWork(engine, connection, time, Participant);
        _writer = new GroupCommitWriter(name, work, writerQueue, loggers.CreateLogger<GroupCommitWriter>());
    }

    public string Name { get; }

    /// <summary>The number of writes that wait for a commit.</summary>
    public int WaitingWrites => _writer.Waiting;

    /// <summary>The number of reads that wait for a connection.</summary>
    internal int WaitingReads => Volatile.Read(ref _waitingReads);

    /// <summary>The open connections, the writer's included.</summary>
    internal (int Used, int Idle) Connections => (_engine.Readers - _readSlots.CurrentCount + 1, _readers.Count);

    /// <summary>How long a read or a write waits for a store, unless its server has a time-out of its own.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(4);

    /// <summary>The number of concurrent reads.</summary>
    public int ReadSlots => _engine.Readers;

    /// <summary>Whether other processes may write to the store: cached data then has to be checked.</summary>
    public bool IsShared => _engine.IsShared;

    internal SqlEngine Engine => _engine;

    /// <summary>Takes part in every transaction; null if nothing does.</summary>
    internal ICommitParticipant? Participant { get; }

    /// <summary>The assembly whose migrations build the schema.</summary>
    internal Assembly Migrations { get; }

    /// <summary>Runs a read; all its queries see one snapshot of the store.</summary>
    /// <param name="read">
    /// May run again when the connection has ended, and may still run after its caller got 503 because the server hangs.
    /// </param>
    /// <exception cref="AppError">503 <c>store_unavailable</c>.</exception>
    public async ValueTask<T> Read<T>(Func<ReadSession, ValueTask<T>> read, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        if (!_readSlots.Wait(0, CancellationToken.None) && !await WaitForSlot(ct)) throw CannotRead(null);
        var reading = ReadInSlot(read, started);
        if (!_engine.IsShared) return await reading;
        // Each query has a time limit; this one is for the whole read.
        var task = reading.AsTask();
        await ((Task)task).WaitAsync(Rest(started), CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted ? await task : throw CannotRead(null);
    }

    /// <summary>Runs a write in the next group commit; the task completes after the commit.</summary>
    /// <exception cref="AppError">Errors of <paramref name="write"/>; 503 when the store is full or overloaded.</exception>
    public Task<T> Write<T>(Func<UnitOfWork, T> write) => Write(new DelegateCommand<T>(write));

    /// <inheritdoc cref="Write{T}(Func{UnitOfWork,T})"/>
    public Task Write(Action<UnitOfWork> write) => Write(work =>
    {
        write(work);
        return true;
    });

    /// <summary>Runs a write in a class of its own; see <see cref="Write{T}(Func{UnitOfWork,T})"/>.</summary>
    public Task<T> Write<T>(WriteCommand<T> work)
    {
        _writer.Enqueue(work);
        return _engine.IsShared ? WhileTheServerAnswers(work) : work.Task;
    }

    /// <summary>
    /// Checks that the store accepts writes: with a small one, unless another was committed just now. So an idle store shows a full disk,
    /// and that it has recovered.
    /// </summary>
    /// <exception cref="AppError">503: it accepts no writes now.</exception>
    public async Task EnsureWritable(CancellationToken ct)
    {
        if (!_writer.IsFailing && _writer.SinceLastWrite < MaxProbeAge) return;
        try
        {
            await Write(work =>
            {
                work.Execute("INSERT INTO consumer_offsets (consumer_group, topic, position) VALUES ('health', 'health', 0)");
                work.Execute("DELETE FROM consumer_offsets WHERE consumer_group = 'health'");
            }).WaitAsync(MaxProbeTime, ct);
        }
        catch (TimeoutException error)
        {
            throw AppError.Unavailable("store_unavailable", "The store cannot take writes now.", error);
        }
    }

    /// <summary>Commits the waiting writes and closes the store.</summary>
    public void Dispose()
    {
        // The writer last: the connection that closes last checkpoints the write-ahead log.
        foreach (var reader in _readers) reader.Dispose();
        _writer.Dispose();
        _readSlots.Dispose();
    }

    private static DbConnection OpenMigrated(SqlEngine engine, Assembly migrations, TimeProvider time)
    {
        using (var connection = engine.OpenStore()) Migrator.Migrate(engine, connection, migrations, time);
        try
        {
            return engine.OpenWriter();
        }
        catch (DbException error)
        {
            throw new StartupException($"The database {engine.Place} cannot be opened ({error.Message.TrimEnd('.')}).", error);
        }
    }

    private async Task<bool> WaitForSlot(CancellationToken ct)
    {
        Interlocked.Increment(ref _waitingReads);
        try
        {
            return await _readSlots.WaitAsync(_engine.Patience, ct);
        }
        finally
        {
            Interlocked.Decrement(ref _waitingReads);
        }
    }

    private async ValueTask<T> ReadInSlot<T>(Func<ReadSession, ValueTask<T>> read, long started)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            for (var isRetry = false; ; isRetry = true)
            {
                ReadSession? reader = null;
                var isKept = !isRetry && _readers.TryTake(out reader);
                try
                {
                    reader ??= new ReadSession(_engine, await _engine.OpenReader(), isAsync: _engine.IsShared);
                    var result = await RunRead(reader, read);
                    DatabaseMetrics.Ran(_engine.SystemName, ReadOperation, began);
                    return result;
                }
                catch (DbException error)
                {
                    if (reader is not null && error is ConnectionFailedException { InnerException: not null }) LogDriverFailed(error, Name);
                    // A server may have closed a pooled connection long ago; only a new connection shows whether it is available.
                    if (isKept && reader!.IsBroken && _engine.MayRetry(started)) continue;
                    DatabaseMetrics.Failed(_engine.SystemName, ReadOperation, Stopwatch.GetElapsedTime(began), error);
                    throw CannotRead(error);
                }
                catch (Exception)
                {
                    // An error of the caller: the store has answered.
                    DatabaseMetrics.Ran(_engine.SystemName, ReadOperation, began);
                    throw;
                }
                finally
                {
                    Keep(reader);
                }
            }
        }
        finally
        {
            _readSlots.Release();
        }
    }

    private async ValueTask<T> RunRead<T>(ReadSession reader, Func<ReadSession, ValueTask<T>> read)
    {
        await _engine.BeginRead(reader);
        try
        {
            return await read(reader);
        }
        finally
        {
            if (!reader.IsBroken) await _engine.EndRead(reader);
        }
    }

    /// <summary>
    /// Waits for a write, but not longer than its caller should wait for a server that does not answer. A write that has not started by
    /// then is dropped; the result of a started one is unknown.
    /// </summary>
    private async Task<T> WhileTheServerAnswers<T>(WriteCommand<T> work)
    {
        for (var patience = _engine.Patience; ; patience = PauseBetweenLooks)
        {
            await ((Task)work.Task).WaitAsync(patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (work.Task.IsCompleted) return await work.Task;
            if (!_writer.IsStuck) continue;
            work.GiveUp();
            throw AppError.Unavailable("store_unavailable", "The store does not answer now.");
        }
    }

    private TimeSpan Rest(long started)
    {
        if (_engine.Patience == Timeout.InfiniteTimeSpan) return _engine.Patience;
        var rest = _engine.Patience - Stopwatch.GetElapsedTime(started);
        return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
    }

    private void Keep(ReadSession? reader)
    {
        if (reader is null) return;
        if (reader.IsBroken) reader.Dispose();
        else _readers.Add(reader);
    }

    private static AppError CannotRead(Exception? cause) =>
        AppError.Unavailable("store_unavailable", "The store cannot be read now.", cause);

    [LoggerMessage(1, LogLevel.Warning, "Driver error in a read of {Store}; the connection is closed")]
    private partial void LogDriverFailed(Exception error, string store);
}
