using System.Threading.Channels;
using BigTech.Platform.Http;

namespace BigTech.Platform.Documents;

/// <summary>
/// One database of a MongoDB server or cluster, through MongoDB's own C driver. The driver's calls block, so requests hand theirs to a
/// bounded set of threads; a thread that may block itself (a store's writer) opens a session of its own.
/// </summary>
public sealed class DocumentDatabase : IDisposable
{
    private const int QueueLength = 1024;

    // Beside the workers: the writers of the contexts, and whoever looks after the store.
    private const int OtherSessions = 4;

    private readonly PoolHandle _pool;
    private readonly string _name;
    private readonly Channel<Work> _queue = Channel.CreateBounded<Work>(QueueLength);
    private readonly List<Thread> _threads = [];

    /// <summary>Starts the workers. Connections are made when they are needed: servers may come later.</summary>
    /// <exception cref="SettingException">The address is missing, or cannot be read.</exception>
    /// <exception cref="StartupException">The driver is not installed.</exception>
    public DocumentDatabase(MongoOptions options)
    {
        _name = options.Database;
        _pool = OpenPool(options);
        for (var i = 0; i < options.Workers; i++)
        {
            var thread = new Thread(Loop) { Name = $"mongo worker {i}", IsBackground = true };
            _threads.Add(thread);
            thread.Start();
        }
    }

    private abstract class Work(CancellationToken ct)
    {
        public CancellationToken Ct { get; } = ct;

        public abstract void Run(DocumentSession session);

        public abstract void Fail(Exception error);
    }

    private sealed class Work<T>(Func<DocumentSession, T> call, CancellationToken ct) : Work(ct)
    {
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Task => _completion.Task;

        public override void Run(DocumentSession session) => _completion.TrySetResult(call(session));

        public override void Fail(Exception error)
        {
            if (error is OperationCanceledException) _completion.TrySetCanceled(Ct);
            else _completion.TrySetException(error);
        }
    }

    /// <summary>Runs calls on a worker. Cancelling takes effect until they begin.</summary>
    /// <exception cref="Refusal">503: <c>overloaded</c>, too many wait already; <c>store_unavailable</c>, no server answered.</exception>
    public Task<T> Run<T>(Func<DocumentSession, T> call, CancellationToken ct)
    {
        var work = new Work<T>(call, ct);
        if (!_queue.Writer.TryWrite(work)) throw Refusal.Unavailable("overloaded", "The store has more waiting reads than it may hold.");
        return work.Task;
    }

    /// <summary>Asks a server whether it is there, on a worker.</summary>
    /// <inheritdoc cref="Run{T}"/>
    public Task Ping(CancellationToken ct) => Run(
        static session =>
        {
            session.Ping();
            return true;
        }, ct);

    /// <summary>A session for the calling thread.</summary>
    /// <exception cref="DocumentStoreGoneException">All connections are in use, and none came back in time.</exception>
    public DocumentSession Open()
    {
        var client = new ClientHandle(_pool);
        return client.IsInvalid ? throw new DocumentStoreGoneException("No connection came free in time.") : new DocumentSession(client, _name);
    }

    /// <summary>Finishes what was handed over and closes the connections.</summary>
    public void Dispose()
    {
        _queue.Writer.TryComplete();
        foreach (var thread in _threads) thread.Join();
        _pool.Dispose();
    }

    private void Loop()
    {
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_queue.Reader.TryRead(out var work)) Run(work);
        }
    }

    private void Run(Work work)
    {
        try
        {
            work.Ct.ThrowIfCancellationRequested();
            using var session = Open();
            work.Run(session);
        }
        catch (DocumentStoreGoneException error)
        {
            work.Fail(Refusal.Unavailable("store_unavailable", "The store of documents gives no answer now.", error));
        }
        catch (Exception error)
        {
            work.Fail(error);
        }
    }

    private static PoolHandle OpenPool(MongoOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Uri)) throw new SettingException("Mongo:Uri is needed, such as mongodb://127.0.0.1:27017/.");
        try
        {
            // Once and once again are the same.
            NativeMongo.Init();
        }
        catch (DllNotFoundException error)
        {
            throw new StartupException("MongoDB's C driver is not installed: apt-get install libmongoc-1.0-0.", error);
        }
        // What goes wrong is told by exceptions; the driver would write to the program's output.
        NativeMongo.SetLogHandler(0, 0);
        using var uri = NativeMongo.NewUri(options.Uri, out var error1);
        // The address itself may hold a password.
        if (uri.IsInvalid) throw new SettingException($"Mongo:Uri cannot be read: {error1.Message}.");
        Configure(uri, options);
        var pool = NativeMongo.NewPool(uri, out var error2);
        if (pool.IsInvalid) throw new SettingException($"Mongo:Uri cannot be used: {error2.Message}.");
        NativeMongo.SetErrorApi(pool, 2);
        NativeMongo.SetAppName(pool, "bigtech-chat");
        return pool;
    }

    private static void Configure(UriHandle uri, MongoOptions options)
    {
        foreach (var limit in (ReadOnlySpan<string>)["connecttimeoutms", "sockettimeoutms", "serverselectiontimeoutms", "waitqueuetimeoutms"])
        {
            NativeMongo.SetOption(uri, limit, options.TimeoutMilliseconds);
        }
        NativeMongo.SetOption(uri, "maxpoolsize", options.Workers + OtherSessions);
        var write = NativeMongo.NewWriteConcern();
        NativeMongo.SetMajority(write, options.TimeoutMilliseconds);
        NativeMongo.SetJournal(write, journal: true);
        NativeMongo.SetWriteConcern(uri, write);
        NativeMongo.DestroyWriteConcern(write);
        var read = NativeMongo.NewReadConcern();
        NativeMongo.SetLevel(read, "majority");
        NativeMongo.SetReadConcern(uri, read);
        NativeMongo.DestroyReadConcern(read);
    }
}
