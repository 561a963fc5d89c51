using System.Data.Common;
using System.Diagnostics;
using Dapper;
using Microsoft.Data.Sqlite;

namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>SQLite as a store: one file per context, write-ahead log, and a commit that is on disk when it returns.</summary>
internal sealed class SqliteEngine(string path) : SqlEngine
{
    // Primary result codes, https://www.sqlite.org/rescode.html
    private const int Constraint = 19;
    private const int TooBig = 18;
    private const int Mismatch = 20;
    private const int Range = 25;
    private const int Error = 1;
    private const int Busy = 5;

    static SqliteEngine()
    {
        SQLitePCL.Batteries_V2.Init();
        // One caller uses a connection at a time (see ReadSession), so SQLite needs no mutex per call. Has no effect, and does no harm, in
        // a process that has opened a database before.
        SQLitePCL.raw.sqlite3_config(SQLitePCL.raw.SQLITE_CONFIG_MULTITHREAD);
    }

    public override string Place => path;

    public override string SystemName => "sqlite";

    public override string MigrationFolder => ".Migrations.";

    public override int Readers => Math.Max(4, Environment.ProcessorCount * 2);

    public override bool IsShared => false;

    public override TimeSpan Patience => Store.MaxWait;

    public override DbConnection OpenStore()
    {
        Verify();
        try
        {
            // SQLite gives its logs the permissions of the database.
            if (!File.Exists(path)) PrivateFiles.Create(path).Dispose();
            return OpenWriter();
        }
        catch (Exception error) when (error is DbException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The database {path} cannot be written ({error.Message.TrimEnd('.')}).", error);
        }
    }

    public override DbConnection OpenWriter()
    {
        var connection = Open(SqliteOpenMode.ReadWriteCreate);
        // FULL: the commit waits for the disk (promise 1). The larger checkpoint interval trades a longer log for fewer pauses.
        Run(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;");
        return connection;
    }

    public override ValueTask<DbConnection> OpenReader()
    {
        var connection = Open(SqliteOpenMode.ReadOnly);
        Run(connection, "PRAGMA busy_timeout = 5000;");
        return ValueTask.FromResult<DbConnection>(connection);
    }

    public override string Choose(DialectSql sql) => sql.Sqlite;

    public override Statement Prepare(ReadSession reader, string sql) => new SqliteStatement((SqliteConnection)reader.Connection, sql);

    public override Statement Prepare(UnitOfWork work, BatchStatement rows) => work.Prepared(rows.Sqlite);

    public override WriterState? BeginWrite(UnitOfWork work)
    {
        var (begin, started) = (work.Prepared("BEGIN IMMEDIATE"), Stopwatch.GetTimestamp());
        while (true)
        {
            try
            {
                begin.Execute();
                return null;
            }
            catch (SqliteException error) when (error.SqliteErrorCode == Busy && Stopwatch.GetElapsedTime(started) < Patience)
            {
                // A reader that sees the log during a change needs the writer's lock for a moment. SQLite's own busy handler may sleep for
                // a second at a time.
                Thread.Sleep(1);
            }
        }
    }

    public override void Commit(UnitOfWork work, long? position) => work.Prepared("COMMIT").Execute();

    public override void Rollback(UnitOfWork work) => work.Prepared("ROLLBACK").Execute();

    public override void Abandon(UnitOfWork work) => Rollback(work);

    public override ValueTask BeginRead(ReadSession reader)
    {
        reader.Prepared("BEGIN").Execute();
        return ValueTask.CompletedTask;
    }

    public override ValueTask EndRead(ReadSession reader)
    {
        reader.Prepared("COMMIT").Execute();
        return ValueTask.CompletedTask;
    }

    /// <summary>Runs in one transaction, so a failed migration leaves nothing.</summary>
    public override void Migrate(DbConnection connection, Action apply)
    {
        connection.Execute("BEGIN EXCLUSIVE");
        try
        {
            apply();
            connection.Execute("COMMIT");
        }
        catch
        {
            connection.Execute("ROLLBACK");
            throw;
        }
    }

    public override bool IsStatementError(Exception error) =>
        error is SqliteException { SqliteErrorCode: Constraint or TooBig or Mismatch or Range or Error };

    /// <summary>Always true: a library has no pending answers.</summary>
    public override bool IsConnectionUsableAfter(Exception error) => true;

    /// <summary>Checks an existing file before it is used.</summary>
    /// <exception cref="StartupException">It is not a database, or it is damaged.</exception>
    public void Verify()
    {
        const long thoroughLimit = 64L << 20;
        var file = new FileInfo(path);
        if (!file.Exists || file.Length == 0) return;
        try
        {
            using var connection = Open(SqliteOpenMode.ReadWrite);
            using var command = connection.CreateCommand();
            command.CommandText = file.Length <= thoroughLimit
                ? "PRAGMA quick_check(1)"
                : "SELECT 'ok' FROM (SELECT COUNT(*) FROM sqlite_master)";
            var verdict = command.ExecuteScalar() as string;
            if (verdict == "ok") return;
            var firstLines = verdict?.ReplaceLineEndings(" ");
            throw new StartupException($"The database {path} is damaged ({firstLines}). Restore it from a backup.");
        }
        catch (SqliteException error)
        {
            throw new StartupException(
                $"The database {path} cannot be opened ({error.Message.TrimEnd('.')}). Restore it from a backup.", error);
        }
    }

    protected override bool IsOfDriver(Exception error) => error is SqliteException;

    private SqliteConnection Open(SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = 5,
        }.ToString());
        connection.Open();
        Run(connection, "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000; PRAGMA mmap_size = 268435456;");
        return connection;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Only the constants above.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
