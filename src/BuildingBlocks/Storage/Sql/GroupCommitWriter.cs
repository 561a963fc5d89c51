using System.Data.Common;
using System.Diagnostics;
using System.Threading.Channels;

namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>
/// The single writer of a store. All waiting work goes into one transaction, so that its callers share the cost of a durable commit; they
/// are answered after the commit. The queue is bounded: when it is full, callers get 503.
/// </summary>
internal sealed partial class GroupCommitWriter : IDisposable
{
    private const int MaxBatchSize = 1024;

    // Small enough to spread over the processors, large enough to justify waking a thread.
    private const int CompletionBatchSize = 8;

    private readonly string _store;
    private readonly UnitOfWork _work;
    private readonly Channel<WriteCommand> _queue;
    private readonly Thread _thread;
    private readonly ILogger _logger;
    private readonly List<WriteCommand> _batch = new(MaxBatchSize);
    private volatile bool _isFailing;
    private long _lastWrite;

    public GroupCommitWriter(string store, UnitOfWork work, int queueLength, ILogger logger)
    {
        _store = store;
        _work = work;
        _queue = Channel.CreateBounded<WriteCommand>(new BoundedChannelOptions(queueLength) { SingleReader = true });
        _logger = logger;
        _thread = new Thread(Loop) { Name = $"{store} writer", IsBackground = true };
        _thread.Start();
    }

    public int Waiting => _queue.Reader.Count;

    /// <summary>Whether the server has not answered for longer than a caller should wait, while there is work.</summary>
    public bool IsStuck => Stopwatch.GetElapsedTime(_work.LastAnswer) >= _work.Engine.Patience;

    /// <summary>Whether a transaction could not be committed, and none with a write has been since.</summary>
    public bool IsFailing => _isFailing;

    /// <summary>The time since the last commit that wrote something; a commit of nothing succeeds on a full disk too.</summary>
    public TimeSpan SinceLastWrite =>
        Volatile.Read(ref _lastWrite) is var last and not 0 ? Stopwatch.GetElapsedTime(last) : TimeSpan.MaxValue;

    /// <summary>Enqueues work; its own completion reports the result.</summary>
    /// <exception cref="AppError">503 <c>overloaded</c>: the queue is full, or the program is stopping.</exception>
    public void Enqueue(WriteCommand work)
    {
        if (!_queue.Writer.TryWrite(work)) throw AppError.Unavailable("overloaded", "The store has more waiting writes than it may hold.");
    }

    /// <summary>Finishes the accepted work, then ends.</summary>
    public void Dispose()
    {
        _queue.Writer.TryComplete();
        _thread.Join();
        _work.Dispose();
    }

    private void Loop()
    {
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            Gather();
            try
            {
                CommitBatch();
            }
            catch (Exception error)
            {
                // The thread must survive every error, or the store would hang silently.
                LogWriterFailed(error, _store);
                Abandon();
                FailAll(error);
            }
            _batch.Clear();
        }
    }

    /// <summary>Takes all waiting work.</summary>
    private void Gather()
    {
        while (_batch.Count < MaxBatchSize && _queue.Reader.TryRead(out var work)) _batch.Add(work);
    }

    /// <summary>Takes work that arrived during the wait for the writer lock, up to the first that might block in the transaction.</summary>
    private void GatherReady()
    {
        while (_batch.Count < MaxBatchSize && _queue.Reader.TryPeek(out var next) && next.IsReady && _queue.Reader.TryRead(out var work))
        {
            _batch.Add(work);
        }
    }

    private void CommitBatch()
    {
        var started = Stopwatch.GetTimestamp();
        _work.Unbatched = false;
        while (_batch.Count > 0)
        {
            try
            {
                foreach (var work in _batch) work.BeforeBatch();
                _work.Begin();
                var before = _work.ChangedRows;
                // On a shared store this may have taken as long as the transactions of other replicas.
                if (_work.Engine.IsShared && !_work.Unbatched) GatherReady();
                if (!RunAll())
                {
                    Rollback();
                    continue;
                }
                _work.Flush();
                _work.Commit();
                if (_work.ChangedRows > before) NoteWrite();
            }
            catch (DbException error) when (!_work.Unbatched && _work.Engine.IsShared && IsStatementError(error))
            {
                // A row of a bulk statement caused an error; sent alone, it only fails its own work.
                Rollback();
                _work.Unbatched = true;
                continue;
            }
            catch (Exception error) when (error is DbException || _work.IsBroken)
            {
                _work.MeasureFailure(error);
                Abandon();
                LogCommitFailed(error, _store, _batch.Count);
                FailAll(AppError.Unavailable("store_unavailable", "The store cannot take writes now.", error));
                return;
            }
            Publish();
            SqlMetrics.BatchCommitted(_store, _batch.Count, Stopwatch.GetElapsedTime(started));
            return;
        }
    }

    /// <summary>
    /// Runs every piece of work. Work that fails before it has written is removed from the batch. Work that fails later spoils the
    /// transaction: the result is false, that work is removed, and the others run again.
    /// </summary>
    private bool RunAll()
    {
        _batch.RemoveAll(work => work.IsGivenUp);
        foreach (var work in _batch) work.Prepare(_work);
        for (var i = 0; i < _batch.Count; i++)
        {
            var work = _batch[i];
            var mark = _work.Mark();
            _work.StartWork(work);
            try
            {
                work.Run(_work);
            }
            catch (Exception error) when (!_work.IsBroken && (error is not DbException || IsStatementError(error)))
            {
                _batch.RemoveAt(i--);
                work.Fail(error);
                if (!_work.TryReturnTo(mark)) return false;
            }
        }
        return true;
    }

    /// <summary>The writes are durable: callers are answered and consumers woken, even if actions after the commit fail.</summary>
    private void Publish()
    {
        foreach (var error in _work.Publish()) LogPublishFailed(error, _store);
        foreach (var group in _batch.Chunk(CompletionBatchSize))
        {
            ThreadPool.UnsafeQueueUserWorkItem(new Completions(group), preferLocal: false);
        }
        _work.Participant?.Published();
    }

    private void NoteWrite()
    {
        _isFailing = false;
        Volatile.Write(ref _lastWrite, Stopwatch.GetTimestamp());
    }

    private void FailAll(Exception error)
    {
        _isFailing = true;
        foreach (var work in _batch) work.Fail(error);
        _batch.Clear();
    }

    private void Rollback() => End(_work.Rollback);

    private void Abandon() => End(() =>
    {
        foreach (var error in _work.Abandon()) LogConsequenceFailed(error, _store);
    });

    private void End(Action transaction)
    {
        try
        {
            transaction();
        }
        catch (Exception error)
        {
            // SQLite rolls back by itself after some errors (disk full, I/O). After any other error the thread must survive, and the next
            // transaction starts from the beginning.
            LogRollbackFailed(error, _store);
        }
    }

    private bool IsStatementError(Exception error) => _work.Engine.IsStatementError(error);

    /// <summary>Callers whose write is durable: their continuations run on a pool thread, never on the writer's.</summary>
    private sealed class Completions(WriteCommand[] works) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            foreach (var work in works) work.Complete();
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The writer of {Store} met an unexpected error")]
    private partial void LogWriterFailed(Exception error, string store);

    [LoggerMessage(2, LogLevel.Error, "A commit of {Count} writes to {Store} failed and was rolled back")]
    private partial void LogCommitFailed(Exception error, string store, int count);

    [LoggerMessage(4, LogLevel.Error, "An after-commit action of {Store} failed; the commit stands and caches are dropped")]
    private partial void LogPublishFailed(Exception error, string store);

    [LoggerMessage(5, LogLevel.Error, "A failure action after a failed commit to {Store} failed")]
    private partial void LogConsequenceFailed(Exception error, string store);

    [LoggerMessage(3, LogLevel.Debug, "Nothing to roll back in {Store}")]
    private partial void LogRollbackFailed(Exception error, string store);
}
