using System.Diagnostics;

namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>The work of one caller in a group commit.</summary>
public abstract class WriteCommand
{
    private bool _isGivenUp;

    internal string? TraceParent { get; } = Activity.Current?.Id;

    /// <summary>Whether its caller no longer waits: the work is skipped if it has not started.</summary>
    internal bool IsGivenUp => Volatile.Read(ref _isGivenUp);

    internal void GiveUp() => Volatile.Write(ref _isGivenUp, true);

    /// <summary>Called before a transaction, which on a shared store blocks other processes: the place to wait for dependencies.</summary>
    /// <exception cref="System.Data.Common.DbException">
    /// A dependency is unavailable: the transaction does not start, and all of its work fails.
    /// </exception>
    protected internal virtual void BeforeBatch()
    {
    }

    /// <summary>Whether <see cref="BeforeBatch"/> has nothing to wait for: only then may the work join a started transaction.</summary>
    protected internal virtual bool IsReady => true;

    /// <summary>Called for all work of a transaction before any runs. Registers data to prefetch; neither reads nor throws.</summary>
    protected internal virtual void Prepare(UnitOfWork work)
    {
    }

    /// <summary>
    /// Runs inside the transaction, on the writer's thread. It runs again in a new transaction if a failure of other work rolled this one
    /// back, so it must not leave traces outside the session.
    /// </summary>
    protected internal abstract void Run(UnitOfWork work);

    /// <summary>The transaction is durable. Called on a pool thread; the rest of the caller's request may run inside.</summary>
    protected internal abstract void Complete();

    /// <summary>None of this work is in the store. Called on the writer's thread, which must not run the rest of the request.</summary>
    protected internal abstract void Fail(Exception error);
}

/// <summary>Work with a result of type <typeparamref name="T"/>.</summary>
public abstract class WriteCommand<T> : WriteCommand
{
    private readonly TaskCompletionSource<T> _completion = new();
    private T? _result;

    public Task<T> Task => _completion.Task;

    protected abstract T Execute(UnitOfWork work);

    protected internal sealed override void Run(UnitOfWork work) => _result = Execute(work);

    protected internal sealed override void Complete() => _completion.TrySetResult(_result!);

    protected internal sealed override void Fail(Exception error) =>
        ThreadPool.UnsafeQueueUserWorkItem(
            static failed => failed._completion.TrySetException(failed.error), (_completion, error), preferLocal: false);
}

internal sealed class DelegateCommand<T>(Func<UnitOfWork, T> write) : WriteCommand<T>
{
    protected override T Execute(UnitOfWork work) => write(work);
}
