using System.Data.Common;
using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace BigTech.Platform.Sql;

/// <summary>
/// The one writer of a store. All the work that waits goes into one transaction, so that the price of a durable commit is shared
/// by everybody who waited for it; answers go out after the commit. The queue is bounded: beyond it, callers get 503.
/// </summary>
internal sealed partial class GroupCommitWriter : IDisposable
{
    private const int MaxBatchSize = 1024;

    // Few enough to share among the processors, enough that waking a thread for them pays.
    private const int CompletionBatchSize = 8;

    private readonly string _store;
    private readonly UnitOfWork _work;
    private readonly Channel<WriteCommand> _queue;
    private readonly Thread _thread;
    private readonly Action<IReadOnlySet<string>> _eventsCommitted;
    private readonly ILogger _logger;
    private readonly List<WriteCommand> _batch = new(MaxBatchSize);
    private volatile bool _isFailing;

    public GroupCommitWriter(string store, UnitOfWork work, int queueLength, Action<IReadOnlySet<string>> eventsCommitted, ILogger logger)
    {
        _store = store;
        _work = work;
        _queue = Channel.CreateBounded<WriteCommand>(new BoundedChannelOptions(queueLength) { SingleReader = true });
        _eventsCommitted = eventsCommitted;
        _logger = logger;
        _thread = new Thread(Loop) { Name = $"{store} writer", IsBackground = true };
        _thread.Start();
    }

    public int Waiting => _queue.Reader.Count;

    /// <summary>Whether the server has said nothing for longer than a caller should wait, where there is work.</summary>
    public bool IsStuck => Stopwatch.GetElapsedTime(_work.LastAnswer) >= _work.Engine.Patience;

    /// <summary>Whether the last transaction could not be committed.</summary>
    public bool IsFailing => _isFailing;

    /// <summary>Hands work over; its own completion tells how it ended.</summary>
    /// <exception cref="AppError">503 <c>overloaded</c>: the queue is full, or the program is stopping.</exception>
    public void Enqueue(WriteCommand work)
    {
        if (!_queue.Writer.TryWrite(work)) throw AppError.Unavailable("overloaded", "The store has more waiting writes than it may hold.");
    }

    /// <summary>Finishes what was handed over, then ends.</summary>
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
                // The thread must outlive whatever happened, or the store would hang in silence.
                LogWriterFailed(error, _store);
                Abandon();
                FailAll(error);
            }
            _batch.Clear();
        }
    }

    /// <summary>Takes all that waits.</summary>
    private void Gather()
    {
        while (_batch.Count < MaxBatchSize && _queue.Reader.TryRead(out var work)) _batch.Add(work);
    }

    /// <summary>Takes what came while the transaction waited for its turn, up to the first work that might have to wait inside it.</summary>
    private void GatherReady()
    {
        while (_batch.Count < MaxBatchSize && _queue.Reader.TryPeek(out var next) && next.IsReady && _queue.Reader.TryRead(out var work)) _batch.Add(work);
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
                // On a shared store that may have taken as long as the transactions of other replicas.
                if (_work.Engine.IsShared && !_work.Unbatched) GatherReady();
                if (!RunAll())
                {
                    Rollback();
                    continue;
                }
                _work.Flush();
                _work.Commit();
            }
            catch (DbException error) when (!_work.Unbatched && _work.Engine.IsShared && IsStatementError(error))
            {
                // One of the rows that went out together was refused; alone, it fails nobody but its own work.
                Rollback();
                _work.Unbatched = true;
                continue;
            }
            catch (Exception error) when (error is DbException || _work.IsBroken)
            {
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
    /// Runs every piece of work. One that fails before it wrote anything just leaves the batch; one that fails later spoils the
    /// transaction: false then, with the culprit gone, and the others run again.
    /// </summary>
    private bool RunAll()
    {
        _batch.RemoveAll(work => work.IsGivenUp);
        foreach (var work in _batch) work.Prepare(_work);
        for (var i = 0; i < _batch.Count; i++)
        {
            var work = _batch[i];
            var mark = _work.Mark();
            _work.TraceParent = work.TraceParent;
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

    /// <summary>The writes are durable: their callers are told so, and consumers woken, whatever becomes of the actions after the commit.</summary>
    private void Publish()
    {
        _isFailing = false;
        foreach (var error in _work.Publish()) LogPublishFailed(error, _store);
        foreach (var group in _batch.Chunk(CompletionBatchSize)) ThreadPool.UnsafeQueueUserWorkItem(new Completions(group), preferLocal: false);
        if (_work.HasEvents) _eventsCommitted(_work.AppendedTo);
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
            // SQLite has rolled back by itself after some errors (disk full, I/O); there is then nothing left to do. Whatever else it is: the thread
            // must live, and the next transaction begins anew.
            LogRollbackFailed(error, _store);
        }
    }

    private bool IsStatementError(Exception error) => _work.Engine.IsStatementError(error);

    /// <summary>Callers whose write is on disk: what they do next runs on a pool thread, never on the writer's.</summary>
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
