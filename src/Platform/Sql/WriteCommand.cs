using System.Diagnostics;

namespace BigTech.Platform.Sql;

/// <summary>One caller's share of a group commit.</summary>
public abstract class WriteCommand
{
    private bool _isGivenUp;

    internal string? TraceParent { get; } = Activity.Current?.Id;

    /// <summary>Whether its caller waits no longer: if it has not begun, it is left out.</summary>
    internal bool IsGivenUp => Volatile.Read(ref _isGivenUp);

    internal void GiveUp() => Volatile.Write(ref _isGivenUp, true);

    /// <summary>
    /// Called ahead of a transaction, which on a shared store holds up those of other processes: the place to wait for what it cannot do without.
    /// </summary>
    /// <exception cref="System.Data.Common.DbException">It is not there: the transaction does not begin, and all of its work fails.</exception>
    protected internal virtual void BeforeBatch()
    {
    }

    /// <summary>Whether <see cref="BeforeBatch"/> has nothing to wait for: only then may the work join a transaction that has begun.</summary>
    protected internal virtual bool IsReady => true;

    /// <summary>Called for all the work of a transaction before any of it runs: notes what it is going to need; neither reads nor throws.</summary>
    protected internal virtual void Prepare(UnitOfWork work)
    {
    }

    /// <summary>
    /// Runs inside the transaction, on the writer's thread. It may run again in a new transaction if a neighbour's failure rolled this
    /// one back, so it leaves no trace outside the session.
    /// </summary>
    protected internal abstract void Run(UnitOfWork work);

    /// <summary>The transaction is on disk. Called on a pool thread; the rest of the caller's request may run inside.</summary>
    protected internal abstract void Complete();

    /// <summary>Nothing of this work is in the store. Called on the writer's thread, which must not run the rest of the request.</summary>
    protected internal abstract void Fail(Exception error);
}

/// <summary>Work that gives its caller an answer of type <typeparamref name="T"/>.</summary>
public abstract class WriteCommand<T> : WriteCommand
{
    private readonly TaskCompletionSource<T> _completion = new();
    private T? _result;

    public Task<T> Task => _completion.Task;

    protected abstract T Execute(UnitOfWork work);

    protected internal sealed override void Run(UnitOfWork work) => _result = Execute(work);

    protected internal sealed override void Complete() => _completion.TrySetResult(_result!);

    protected internal sealed override void Fail(Exception error) =>
        ThreadPool.UnsafeQueueUserWorkItem(static failed => failed._completion.TrySetException(failed.error), (_completion, error), preferLocal: false);
}

internal sealed class DelegateCommand<T>(Func<UnitOfWork, T> write) : WriteCommand<T>
{
    protected override T Execute(UnitOfWork work) => write(work);
}
