using System.Collections.Concurrent;
using System.Data.Common;
using System.Reflection;
using BigTech.Platform.Events;
using BigTech.Platform.Http;
using Microsoft.Extensions.Logging;

namespace BigTech.Platform.Sql;

/// <summary>
/// The store of one bounded context, embedded: reads on pooled connections, writes through one group-committing writer, and the
/// outbox that is the log of the context's events.
/// </summary>
public sealed class Database : IDisposable
{
    private readonly string _path;
    private readonly GroupCommitWriter _writer;
    private readonly ConcurrentBag<SqlSession> _readers = [];
    private readonly SemaphoreSlim _readSlots = new(Math.Max(4, Environment.ProcessorCount * 2));

    /// <summary>Opens the store and brings its schema up to date.</summary>
    /// <param name="name">The context's name; also the file's.</param>
    /// <param name="migrations">The assembly whose <c>Storage/Migrations/*.sql</c> resources build the schema.</param>
    /// <exception cref="StartupException">The file is damaged, newer than the program, or cannot be written.</exception>
    public Database(string name, string directory, Assembly migrations, int writerQueue, TimeProvider time, ILoggerFactory loggers)
    {
        Name = name;
        _path = Path.Combine(directory, $"{name}.db");
        SqliteEngine.Verify(_path);
        var connection = OpenWriter();
        Migrator.Migrate(connection, _path, migrations, time);
        Log = new EventLog(this);
        _writer = new GroupCommitWriter(name, connection, writerQueue, time, Log.Signal, loggers.CreateLogger<GroupCommitWriter>());
    }

    public string Name { get; }

    /// <summary>The events that this context has published.</summary>
    public EventLog Log { get; }

    /// <summary>How many writes wait for a commit.</summary>
    public int WaitingWrites => _writer.Waiting;

    /// <summary>Runs a read; all its queries see the store as it is at one moment.</summary>
    /// <exception cref="Refusal">503 <c>store_unavailable</c>.</exception>
    public async ValueTask<T> Read<T>(Func<SqlSession, T> read, CancellationToken ct)
    {
        await _readSlots.WaitAsync(ct);
        try
        {
            if (!_readers.TryTake(out var session)) session = new SqlSession(SqliteEngine.OpenReader(_path));
            session.Prepared("BEGIN").Execute();
            try
            {
                return read(session);
            }
            finally
            {
                session.Prepared("COMMIT").Execute();
                _readers.Add(session);
            }
        }
        catch (DbException error)
        {
            throw Refusal.Unavailable("store_unavailable", "The store cannot be read now.", error);
        }
        finally
        {
            _readSlots.Release();
        }
    }

    /// <summary>Runs a write in the next group commit; the task ends after the commit.</summary>
    /// <exception cref="Refusal">What <paramref name="write"/> refuses with; 503 when the store is full or overloaded.</exception>
    public Task<T> Write<T>(Func<WriteSession, T> write)
    {
        var work = new DelegateWork<T>(write);
        _writer.Enqueue(work);
        return work.Task;
    }

    /// <inheritdoc cref="Write{T}(Func{WriteSession,T})"/>
    public Task Write(Action<WriteSession> write) => Write(session =>
    {
        write(session);
        return true;
    });

    /// <summary>Runs a write that is its own class; see <see cref="Write{T}(Func{WriteSession,T})"/>.</summary>
    public Task<T> Write<T>(WriteWork<T> work)
    {
        _writer.Enqueue(work);
        return work.Task;
    }

    /// <summary>Commits what waits and closes the file.</summary>
    public void Dispose()
    {
        // The writer last: the connection that closes last folds the write-ahead log into the file.
        foreach (var reader in _readers) reader.Dispose();
        _writer.Dispose();
        _readSlots.Dispose();
    }

    private DbConnection OpenWriter()
    {
        try
        {
            return SqliteEngine.OpenWriter(_path);
        }
        catch (DbException error)
        {
            throw new StartupException($"The database {_path} cannot be written ({error.Message.TrimEnd('.')}).", error);
        }
    }
}
