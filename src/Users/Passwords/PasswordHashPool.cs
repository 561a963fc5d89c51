using System.Diagnostics.CodeAnalysis;

namespace BigTech.Users.Passwords;

/// <summary>What a hash is for; a lower one goes first.</summary>
internal enum HashKind
{
    SignIn,
    SignUp,
}

/// <summary>The limits of waiting hashes.</summary>
/// <param name="MaxWait">No hash waits longer: it is refused when it comes, or when its time is over.</param>
/// <param name="SignInsPerNetwork">Sign-ins of one network that wait at the same time; 0: no limit.</param>
/// <param name="SignUpsPerNetwork">The same for sign-ups.</param>
internal sealed record HashQueueRules(TimeSpan MaxWait, int SignInsPerNetwork, int SignUpsPerNetwork)
{
    public int PerNetwork(HashKind kind) => kind == HashKind.SignIn ? SignInsPerNetwork : SignUpsPerNetwork;
}

/// <summary>
/// The threads for password hashes. A hash costs as much as hundreds of messages, so hashes never run on the threads that serve requests,
/// and there are fewer hash threads than processors: many sign-ins at once wait here, and chat stays as fast. Sign-ins go before sign-ups,
/// and networks take turns; how many may wait follows from what a hash takes now.
/// </summary>
/// <remarks>Their lower priority is effective on Windows and macOS; .NET does not set priorities on Linux.</remarks>
internal sealed class PasswordHashPool : IDisposable
{
    private const double WeightOfNewest = 0.2;
    private static readonly TimeSpan FirstEstimate = TimeSpan.FromMilliseconds(100);
    private static readonly HashKind[] Kinds = Enum.GetValues<HashKind>();

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _ready = new(0);
    private readonly FairQueue<Job>[] _waiting = [.. Kinds.Select(_ => new FairQueue<Job>())];
    private readonly HashQueueRules _rules;
    private readonly TimeProvider _time;
    private readonly Thread[] _threads;
    private double? _secondsPerHash;
    private int _running;
    private bool _stopping;

    public PasswordHashPool(int threads, HashQueueRules rules, TimeProvider time)
    {
        _rules = rules;
        _time = time;
        _threads = [.. Enumerable.Range(1, threads).Select(NewThread)];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>Runs <paramref name="work"/> on one of the threads, unless the caller has cancelled it by then.</summary>
    /// <param name="network">The network that asks; a turn is one of a network.</param>
    /// <exception cref="AppError">
    /// 503 <c>overloaded</c>: it would wait too long, or has, or the program is stopping; 429 <c>rate_limited</c>: too many of the network
    /// wait.
    /// </exception>
    public Task<T> Run<T>(HashKind kind, string network, Func<T> work, CancellationToken ct)
    {
        var job = new Job<T>(work, _time.GetTimestamp(), ct);
        Job? displaced;
        lock (_lock)
        {
            displaced = MakeRoom(kind, network);
            _waiting[(int)kind].Add(network, job);
            PasswordMetrics.Waiting.Add(1);
            _ready.Release();
        }
        displaced?.Refuse(Overloaded(kind));
        return job.Task;
    }

    /// <summary>Finishes running hashes and rejects waiting ones: the program must stop within seconds.</summary>
    public void Dispose()
    {
        List<Job> waiting;
        lock (_lock)
        {
            if (_stopping) return;
            _stopping = true;
            waiting = [.. _waiting.SelectMany(queue => queue.TakeWhile(_ => true))];
            PasswordMetrics.Waiting.Add(-waiting.Count);
            _ready.Release(_threads.Length);
        }
        foreach (var job in waiting) job.Refuse(Overloaded(HashKind.SignIn));
        foreach (var thread in _threads) thread.Join();
        _ready.Dispose();
    }

    /// <summary>Refuses, or returns a job that must give way to one of a network that has fewer waiting.</summary>
    private Job? MakeRoom(HashKind kind, string network)
    {
        if (_stopping) throw Overloaded(kind);
        var (queue, most) = (_waiting[(int)kind], _rules.PerNetwork(kind));
        if (most > 0 && queue.CountOf(network) >= most)
        {
            PasswordMetrics.Refused(kind, "network");
            throw AppError.TooMany("rate_limited", "Too many requests of this network are waiting already.", WaitOf(kind), most);
        }
        if (WaitOf(kind) <= _rules.MaxWait) return null;
        PasswordMetrics.Refused(kind, "overload");
        if (!queue.TryTakeFromLargest(queue.CountOf(network) + 1, out var displaced)) throw Overloaded(kind);
        PasswordMetrics.Waiting.Add(-1);
        return displaced;
    }

    /// <summary>How long a new job of this kind would wait for those before it.</summary>
    private TimeSpan WaitOf(HashKind kind)
    {
        var before = Kinds.Where(other => other <= kind).Sum(other => _waiting[(int)other].Count);
        var rounds = Math.Max(0, _running + before - _threads.Length + 1) / (double)_threads.Length;
        return rounds * (_secondsPerHash is { } seconds ? TimeSpan.FromSeconds(seconds) : FirstEstimate);
    }

    private AppError Overloaded(HashKind kind)
    {
        lock (_lock) return AppError.Unavailable("overloaded", "Too many sign-ins are waiting.", retryAfter: WaitOf(kind));
    }

    private Thread NewThread(int number) =>
        new(Loop) { Name = $"password worker {number}", IsBackground = true, Priority = ThreadPriority.BelowNormal };

    private void Loop()
    {
        while (true)
        {
            _ready.Wait();
            if (!TryTake(out var job, out var tooLate))
            {
                if (_stopping) return;
            }
            foreach (var (kind, late) in tooLate) late.Refuse(Overloaded(kind));
            if (job is null) continue;
            var started = _time.GetTimestamp();
            var isDone = job.Run();
            lock (_lock)
            {
                _running--;
                if (isDone) Learn(_time.GetElapsedTime(started).TotalSeconds);
            }
        }
    }

    private bool TryTake([NotNullWhen(true)] out Job? job, out List<(HashKind Kind, Job Job)> tooLate)
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            tooLate = [.. Kinds.SelectMany(kind => _waiting[(int)kind]
                .TakeWhile(waiting => _time.GetElapsedTime(waiting.Since, now) > _rules.MaxWait)
                .Select(late => (kind, late)))];
            foreach (var (kind, _) in tooLate) PasswordMetrics.Refused(kind, "overload");
            job = null;
            foreach (var queue in _waiting)
            {
                if (queue.TryTake(out job)) break;
            }
            PasswordMetrics.Waiting.Add(-tooLate.Count - (job is null ? 0 : 1));
            if (job is not null) _running++;
            return job is not null;
        }
    }

    /// <summary>A moving average: hashes take longer while others need the processors.</summary>
    private void Learn(double seconds) => _secondsPerHash = _secondsPerHash is { } known
        ? known + (seconds - known) * WeightOfNewest
        : seconds;

    private abstract class Job(long since)
    {
        /// <summary>When it began to wait.</summary>
        public long Since => since;

        /// <summary>Runs the work; returns whether it came to its end.</summary>
        public abstract bool Run();

        public abstract void Refuse(AppError error);
    }

    private sealed class Job<T>(Func<T> work, long since, CancellationToken ct) : Job(since)
    {
        // Continuations are the rest of a user's request: they must not delay the hashes, nor run at their priority.
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Task => _completion.Task;

        public override bool Run()
        {
            if (ct.IsCancellationRequested)
            {
                _completion.TrySetCanceled(ct);
                return false;
            }
            try
            {
                return _completion.TrySetResult(work());
            }
            catch (Exception error)
            {
                _completion.TrySetException(error);
                return false;
            }
        }

        public override void Refuse(AppError error) => _completion.TrySetException(error);
    }
}
