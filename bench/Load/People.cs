using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;

namespace BigTech.Load;

/// <summary>
/// Very many users, written straight into the table as those of an older version: the server that starts then indexes them.
/// </summary>
internal static class People
{
    private const int RowsPerStatement = 500;

    private const string Surnames = "김이박최정강조윤장임한오서신권황";
    private const string Syllables = "민지서윤준현수영은호진우아하연재성희경철";

    private static readonly string[] English = ["min", "sun", "kim", "lee", "park", "han", "joon", "anna", "tom", "rose", "blue", "star"];

    public static DbConnection Open(string file)
    {
        SQLitePCL.Batteries_V2.Init();
        var connection = new SqliteConnection($"Data Source={file};Pooling=False;Default Timeout=60");
        connection.Open();
        return connection;
    }

    public static void Fill(DbConnection connection, int count)
    {
        using var transaction = connection.BeginTransaction();
        for (var first = 0; first < count; first += RowsPerStatement)
        {
            var rows = new StringBuilder(
                "INSERT INTO users (email, email_key, username, username_key, password_hash, display_name, created_at, updated_at) ");
            for (var number = first; number < Math.Min(count, first + RowsPerStatement); number++)
            {
                var (name, email) = (UsernameOf(number), $"{UsernameOf(number)}@example.com");
                rows.Append(
                    CultureInfo.InvariantCulture,
                    $"{(number > first ? "," : "VALUES ")}('{email}','{email}','{name}','{name}','','{DisplayNameOf(number)}',0,0)");
            }

            Execute(connection, rows.ToString(), transaction);
        }

        transaction.Commit();
    }

    /// <summary>How many of the users the server has not indexed yet.</summary>
    public static long CountUnindexed(DbConnection connection) =>
        Convert.ToInt64(Scalar(connection, "SELECT COUNT(*) FROM users WHERE has_search_terms = 0"), CultureInfo.InvariantCulture);

    /// <summary>
    /// The milliseconds of the search as it was before: the same users, over the narrow index of then, counted and then read for the page.
    /// </summary>
    public static IReadOnlyList<double> MeasureFormerSearch(string folder, int count, IReadOnlyList<string> texts, int repeats)
    {
        using var connection = Open(Path.Combine(folder, "former.db"));
        Execute(connection,
            """
            CREATE TABLE users (id INTEGER PRIMARY KEY, username_key TEXT NOT NULL, display_key TEXT NOT NULL,
                display_initials TEXT NOT NULL, email_key TEXT NOT NULL);
            CREATE INDEX users_for_search ON users (username_key, display_key, display_initials, email_key);
            CREATE TABLE blocks (blocker_id INTEGER, blocked_id INTEGER, is_active INTEGER, PRIMARY KEY (blocker_id, blocked_id));
            PRAGMA cache_size = -8000; PRAGMA mmap_size = 268435456;
            """);
        using (var transaction = connection.BeginTransaction())
        {
            for (var number = 0; number < count; number++)
            {
                // The initials cost as much whatever they are.
                Execute(connection,
                    $"INSERT INTO users (username_key, display_key, display_initials, email_key) VALUES ('{UsernameOf(number)}', "
                    + $"'{DisplayNameOf(number)}', 'ㄱㅁㅈ', '{UsernameOf(number)}@example.com')", transaction);
            }

            transaction.Commit();
        }

        const string matches = """
            WITH matches AS (
                SELECT id, username_key, CASE
                    WHEN @text IN (username_key, display_key, email_key) OR display_initials = NULL THEN 0
                    WHEN INSTR(username_key, @text) = 1 OR INSTR(display_key, @text) = 1 OR INSTR(display_initials, NULL) = 1 THEN 1
                    ELSE 2 END AS tier
                FROM users
                WHERE id <> 1 AND (INSTR(username_key, @text) > 0 OR INSTR(display_key, @text) > 0 OR INSTR(display_initials, NULL) > 0
                    OR email_key = @text)
                  AND id NOT IN (SELECT blocked_id FROM blocks WHERE blocker_id = 1 AND is_active = 1
                    UNION ALL SELECT blocker_id FROM blocks WHERE blocked_id = 1 AND is_active = 1))
            """;
        var times = new List<double>();
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            foreach (var text in texts)
            {
                var started = Stopwatch.GetTimestamp();
                Scalar(connection, $"{matches} SELECT COUNT(*) FROM matches", text);
                Scalar(connection, $"{matches} SELECT id FROM matches ORDER BY tier, username_key LIMIT 21", text);
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        return times;
    }

    private static string UsernameOf(int number) => string.Create(
        CultureInfo.InvariantCulture, $"{English[number % English.Length]}_{English[number / 12 % English.Length]}{number}");

    private static string DisplayNameOf(int number) => number % 4 == 0
        ? $"{English[number / 4 % English.Length]} {English[number / 48 % English.Length]}"
        : $"{Surnames[number % Surnames.Length]}{Syllables[number / 16 % Syllables.Length]}{Syllables[number / 320 % Syllables.Length]}";

    private static void Execute(DbConnection connection, string sql, DbTransaction? transaction = null)
    {
        using var command = Command(connection, sql);
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }

    private static object? Scalar(DbConnection connection, string sql, string? text = null)
    {
        using var command = Command(connection, sql);
        if (text is not null)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ("@text", text);
            command.Parameters.Add(parameter);
        }

        return command.ExecuteScalar();
    }

    private static DbCommand Command(DbConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandTimeout = 600;
#pragma warning disable CA2100 // Only the texts above.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
