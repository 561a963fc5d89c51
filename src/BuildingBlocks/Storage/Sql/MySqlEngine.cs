using System.Data.Common;
using Dapper;
using MySqlConnector;

namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>
/// MariaDB or MySQL as a store: one database per context. The transactions of all replicas run one after the other, because each starts by
/// locking the single row of <c>store_writer</c>, which also holds the position of the last event.
/// </summary>
internal sealed class MySqlEngine : SqlEngine
{
    private const int ConnectSeconds = 3;

    // The lock wait of a writer ends earlier than Store.MaxWait.
    private const int LockSeconds = 3;

    // A replica that hangs inside a transaction must not block the others for long.
    private const int IdleSeconds = 10;
    private const int MigrationSeconds = 120;

    private const string SqlMode = "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';";

    // READ COMMITTED: a writer that has waited for the row sees everything that was committed meanwhile.
    private static readonly string WriterSettings =
        $"{SqlMode} SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; SET SESSION innodb_lock_wait_timeout = {LockSeconds};";

    // MySQL closes connections that are idle for too long, with or without an open transaction; MariaDB distinguishes them.
    private static readonly string MariaDbIdleSettings = $"SET SESSION idle_transaction_timeout = {IdleSeconds};";
    private static readonly string MySqlIdleSettings = $"SET SESSION wait_timeout = {IdleSeconds};";

    // Without autocommit the first query opens a transaction and with it the snapshot of all its queries.
    private const string ReaderSettings =
        $"{SqlMode} SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET SESSION autocommit = 0;";

    private const string BeginSql = """
        START TRANSACTION;
        UPDATE store_writer SET turn = turn + 1 WHERE id = 1;
        SELECT position, turn FROM store_writer WHERE id = 1;
        """;

    // https://mariadb.com/kb/en/mariadb-error-codes/ and https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html
    private static readonly HashSet<int> ErrorsOfOneStatement =
    [
        1022, 1062, 1169, 1586, // duplicate key
        1048, 1364, // missing value
        1216, 1217, 1451, 1452, 3819, 4025, // another constraint
        1264, 1265, 1292, 1300, 1366, 1406, 1690, // value that does not fit the column
        1054, 1064, 1136, 1146, 1210, 1242, 1267, 1305, // invalid statement
    ];

    private const int DuplicateColumn = 1060;
    private const int CannotDrop = 1091;

    // The server without a database and without a time limit, for work that no user waits for.
    private readonly string _server;
    private readonly string _database;
    private readonly string _connection;
    private bool _isMariaDb;

    private MySqlEngine(MySqlConnectionStringBuilder server, string database, int readers)
    {
        Place = $"{database} on {server.Server}:{server.Port}";
        Readers = readers;
        Patience = server.DefaultCommandTimeout == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(server.DefaultCommandTimeout);
        _database = database;
        _connection = new MySqlConnectionStringBuilder(server.ConnectionString) { Database = database }.ConnectionString;
        server.DefaultCommandTimeout = 0;
        _server = server.ConnectionString;
    }

    public override string Place { get; }

    public override string SystemName => _isMariaDb ? "mariadb" : "mysql";

    public override string MigrationFolder => ".Migrations.MySql.";

    public override int Readers { get; }

    public override bool IsShared => true;

    public override TimeSpan Patience { get; }

    /// <param name="name">The context's name.</param>
    /// <exception cref="SettingException">The connection string is missing, or invalid for MySqlConnector.</exception>
    public static MySqlEngine Create(SqlOptions options, string name)
    {
        if (string.IsNullOrWhiteSpace(options.ConnectionString))
        {
            throw new SettingException("Sql:ConnectionString is required with Sql:Engine mysql.");
        }
        var server = new MySqlConnectionStringBuilder
        {
            ConnectionTimeout = ConnectSeconds,
            DefaultCommandTimeout = (uint)Store.MaxWait.TotalSeconds,
        };
        try
        {
            foreach (KeyValuePair<string, object> given in new DbConnectionStringBuilder { ConnectionString = options.ConnectionString })
            {
                server[given.Key] = given.Value;
            }
        }
        catch (ArgumentException error)
        {
            throw new SettingException($"Sql:ConnectionString cannot be understood ({error.Message}).", error);
        }
        if (server.Database.Length > 0)
        {
            throw new SettingException("Sql:ConnectionString must not name a database: each context has its own.");
        }
        // Sessions keep their connections, each configured for its use. Counting changed rows instead of found ones shows whether an upsert
        // has changed anything.
        server.Pooling = false;
        server.UseAffectedRows = true;
        // A command that times out closes its connection. Cancelling it would take another connection to the hanging server.
        server.CancellationTimeout = -1;
        return new MySqlEngine(server, options.DatabasePrefix + name, options.Readers);
    }

    public override DbConnection OpenStore()
    {
        try
        {
            var server = Open(_server, static _ => SqlMode);
            // An account without the right to create databases is enough if they exist.
            var exists = server.ExecuteScalar<long>(
                "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = @_database", new { _database }) > 0;
            if (!exists) server.Execute($"CREATE DATABASE IF NOT EXISTS `{_database}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
            server.ChangeDatabase(_database);
            return server;
        }
        catch (DbException error)
        {
            throw new StartupException($"The database {Place} cannot be opened ({ReasonOf(error)}).", error);
        }
    }

    public override DbConnection OpenWriter()
    {
        var writer = Open(_connection, static server => WriterSettings + (IsMariaDb(server) ? MariaDbIdleSettings : MySqlIdleSettings));
        _isMariaDb = IsMariaDb(writer);
        return writer;
    }

    public override async ValueTask<DbConnection> OpenReader()
    {
        var connection = new MySqlConnection(_connection);
        try
        {
            await connection.OpenAsync();
            await connection.ExecuteAsync(ReaderSettings);
            return connection;
        }
        catch (Exception error)
        {
            Discard(connection);
            if (error is DbException) throw;
            throw new ConnectionFailedException(error.Message, error);
        }
    }

    public override string Choose(DialectSql sql) => sql.MySql;

    public override Statement Prepare(ReadSession reader, string sql) => new MySqlStatement(reader, sql);

    public override Statement Prepare(UnitOfWork work, BatchStatement rows) => rows switch
    {
        BulkInsert insert => new MySqlBulkInsert(work, insert),
        BulkUpdate update => new MySqlBulkUpdate(work, update),
        _ => throw new ArgumentOutOfRangeException(nameof(rows)),
    };

    public override WriterState? BeginWrite(UnitOfWork work) => work.Call((MySqlConnection)work.Connection, static connection =>
    {
        using var command = new MySqlCommand(BeginSql, connection);
        using var reader = command.ExecuteReader();
        reader.Read();
        return new WriterState(reader.GetInt64(0), reader.GetInt64(1));
    });

    public override void Commit(UnitOfWork work, long? position)
    {
        var sql = work.TakePiggyback();
        if (position is not null)
        {
            sql += string.Create(CultureInfo.InvariantCulture, $"UPDATE store_writer SET position = {position} WHERE id = 1;\n");
        }
        Run(work, $"{sql}COMMIT");
    }

    public override void Rollback(UnitOfWork work) => Run(work, "ROLLBACK");

    /// <summary>The server rolls back on disconnect, and a new connection is in a known state.</summary>
    public override void Abandon(UnitOfWork work) => work.Close();

    /// <summary>The first query starts the transaction; see <see cref="ReaderSettings"/>.</summary>
    public override ValueTask BeginRead(ReadSession reader) => ValueTask.CompletedTask;

    public override async ValueTask EndRead(ReadSession reader) => await reader.Call(
        reader.Connection, static connection => connection.Execute("COMMIT"), static connection => connection.ExecuteAsync("COMMIT"));

    /// <summary>
    /// These engines commit each schema change by itself, so a failed migration runs again from its start: its files allow this, with
    /// statements that add a column or drop something at their end (see <see cref="IsAlreadyApplied"/>).
    /// </summary>
    public override void Migrate(DbConnection connection, Action apply)
    {
        var name = new { name = $"{_database}.migrations", seconds = MigrationSeconds };
        if (connection.ExecuteScalar<long?>("SELECT GET_LOCK(@name, @seconds)", name, commandTimeout: 2 * MigrationSeconds) != 1)
        {
            throw new StartupException(
                $"The database {Place} is being migrated by another replica, for longer than {MigrationSeconds} seconds.");
        }
        apply();
        // After a failure the end of the connection releases it.
        connection.Execute("DO RELEASE_LOCK(@name)", name);
    }

    public override bool IsAlreadyApplied(DbException error) => error is MySqlException { Number: DuplicateColumn or CannotDrop };

    public override bool IsStatementError(Exception error) =>
        error is MySqlException { Number: var number } && ErrorsOfOneStatement.Contains(number);

    /// <summary>Only an error of the server ends the command for certain.</summary>
    public override bool IsConnectionUsableAfter(Exception error) => IsStatementError(error);

    protected override bool IsOfDriver(Exception error) => error is MySqlException;

    private static void Run(ReadSession reader, string sql) =>
        reader.Call((reader.Connection, sql), static call => call.Connection.Execute(call.sql));

    /// <summary>The driver's words, and those of the cause beneath: of a certificate it says only that there is an error.</summary>
    private static string ReasonOf(DbException error)
    {
        var (said, cause) = (error.Message.TrimEnd('.'), error.GetBaseException().Message.TrimEnd('.'));
        return said.Contains(cause, StringComparison.Ordinal) ? said : $"{said}: {cause}";
    }

    private static bool IsMariaDb(MySqlConnection server) => server.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);

    /// <param name="settings">The initial statements of the connection.</param>
    private static MySqlConnection Open(string connectionString, Func<MySqlConnection, string> settings)
    {
        var connection = new MySqlConnection(connectionString);
        try
        {
            connection.Open();
            connection.Execute(settings(connection));
            return connection;
        }
        catch (Exception error)
        {
            Discard(connection);
            // The driver passes many exceptions through: I/O errors, time-outs, and parse errors of incomplete answers.
            if (error is DbException) throw;
            throw new ConnectionFailedException(error.Message, error);
        }
    }

    private static void Discard(MySqlConnection connection)
    {
        try
        {
            connection.Dispose();
        }
        catch (Exception)
        {
            // It was not open, or only briefly; the cause is thrown already.
        }
    }
}
