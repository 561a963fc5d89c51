using System.Collections.Concurrent;

namespace BigTech.Users.Passwords;

/// <summary>
/// The threads for password hashes. A hash costs as much as hundreds of messages, so hashes never run on the threads that serve requests,
/// and there are fewer hash threads than processors: many sign-ins at once wait here and do not slow down chat.
/// </summary>
/// <remarks>Their lower priority is effective on Windows and macOS; .NET does not set priorities on Linux.</remarks>
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

    /// <summary>Runs <paramref name="work"/> on one of the threads, unless the caller has cancelled it by then.</summary>
    /// <exception cref="AppError">503 <c>overloaded</c>: too many jobs wait, or the program is stopping.</exception>
    public Task<T> Run<T>(Func<T> work, CancellationToken ct)
    {
        var job = new Job<T>(work, ct);
        if (!TryQueue(job)) throw Overloaded();
        PasswordMetrics.Waiting.Add(1);
        return job.Task;
    }

    /// <summary>Finishes running hashes and rejects waiting ones: the program must stop within seconds.</summary>
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
            // The queue is closed. A check before TryAdd would be a race.
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
        // Continuations are the rest of a user's request: they must not delay the hashes, nor run at their priority.
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
