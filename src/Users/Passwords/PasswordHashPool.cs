using System.Collections.Concurrent;
using BigTech.Platform;

namespace BigTech.Users.Passwords;

/// <summary>
/// The few threads that may spend time on password hashes. A hash costs as much as hundreds of messages, so hashes never run on the
/// threads that serve requests, and their own are fewer than the processors: a storm of sign-ins waits here, chat does not.
/// </summary>
/// <remarks>Their lower priority counts on Windows and macOS; .NET does not set priorities on Linux.</remarks>
internal sealed class PasswordHashPool : IDisposable
{
    private readonly BlockingCollection<Job> _waiting;
    private readonly Thread[] _threads;
    private volatile bool _stopping;

    public PasswordHashPool(int threads, int queueLength)
    {
        _waiting = new BlockingCollection<Job>(queueLength);
        _threads = Enumerable.Range(1, threads).Select(StartThread).ToArray();
    }

    /// <summary>Runs <paramref name="work"/> on one of the threads, unless its caller has gone by then.</summary>
    /// <exception cref="AppError">503 <c>overloaded</c>: too much waits already, or the program is stopping.</exception>
    public Task<T> Run<T>(Func<T> work, CancellationToken ct)
    {
        var job = new Job<T>(work, ct);
        if (!TryQueue(job)) throw Overloaded();
        PasswordMetrics.Waiting.Add(1);
        return job.Task;
    }

    /// <summary>Finishes the hashes under way and refuses the ones that wait: the program must stop within seconds.</summary>
    public void Dispose()
    {
        if (_stopping) return;
        _stopping = true;
        _waiting.CompleteAdding();
        foreach (var thread in _threads) thread.Join();
        _waiting.Dispose();
    }

    private bool TryQueue(Job job)
    {
        try
        {
            return _waiting.TryAdd(job);
        }
        catch (InvalidOperationException)
        {
            // Closed for good; there is no way to ask before that cannot be overtaken.
            return false;
        }
    }

    private static AppError Overloaded() => AppError.Unavailable("overloaded", "Too many sign-ins are waiting.");

    private Thread StartThread(int number)
    {
        var thread = new Thread(Loop) { Name = $"password worker {number}", IsBackground = true, Priority = ThreadPriority.BelowNormal };
        thread.Start();
        return thread;
    }

    private void Loop()
    {
        foreach (var job in _waiting.GetConsumingEnumerable())
        {
            PasswordMetrics.Waiting.Add(-1);
            if (_stopping) job.Refuse(Overloaded());
            else job.Run();
        }
    }

    private abstract class Job
    {
        public abstract void Run();

        public abstract void Refuse(AppError error);
    }

    private sealed class Job<T>(Func<T> work, CancellationToken ct) : Job
    {
        // Continuations are the rest of somebody's request: they must not hold up the hashes, nor run at their priority.
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Task => _completion.Task;

        public override void Run()
        {
            if (ct.IsCancellationRequested)
            {
                _completion.TrySetCanceled(ct);
                return;
            }
            try
            {
                _completion.TrySetResult(work());
            }
            catch (Exception error)
            {
                _completion.TrySetException(error);
            }
        }

        public override void Refuse(AppError error) => _completion.TrySetException(error);
    }
}
