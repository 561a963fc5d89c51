using System.Reflection;
using System.Text;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat;
using BigTech.Friends;
using BigTech.Notifications;
using BigTech.Users;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.DataMigration;

/// <summary>An embedded installation with rows in every table that migrates, and values of every kind in every column.</summary>
internal sealed class Installation : IDisposable
{
    /// <summary>More rows than one transaction copies.</summary>
    public const int Rows = 700;

    public static readonly IReadOnlyDictionary<string, Assembly> Contexts = new Dictionary<string, Assembly>
    {
        ["users"] = typeof(UsersModule).Assembly,
        ["friends"] = typeof(FriendsModule).Assembly,
        ["chat"] = typeof(ChatModule).Assembly,
        ["notifications"] = typeof(NotificationsModule).Assembly,
    };

    private static readonly string[] NotMigrated = ["schema_migrations", "leases", "relay_positions"];

    // Tables of exactly one row, with the column that differs.
    private static readonly Dictionary<string, string> OneRow = new()
    {
        ["friendships_state"] = "version",
        ["block_clock"] = "time",
        ["presence_state"] = "version",
    };

    // Tables with a constraint on two of their columns.
    private static readonly Dictionary<string, string> Expressions = new()
    {
        ["friendships.low_id"] = "n",
        ["friendships.requester_id"] = "n",
        ["friendships.high_id"] = "n + 1000000",
        ["friendships.addressee_id"] = "n + 1000000",
    };

    private readonly TemporaryFolder _folder = new();

    public Installation()
    {
        foreach (var (name, context) in Contexts)
        {
            new Store(name, Folder, context, 16, TimeProvider.System, NullLoggerFactory.Instance, Outbox.For).Dispose();
            using var connection = Open(name);
            foreach (var table in Tables(name)) Fill(connection, table);
        }
        // Ids that were assigned and whose rows are deleted.
        Execute("users", "DELETE FROM sessions WHERE id > (SELECT MAX(id) FROM sessions) - 5");
    }

    public string Folder => _folder.Path;

    public void Execute(string store, string sql, object? parameters = null)
    {
        using var connection = Open(store);
        connection.Execute(sql, parameters);
    }

    public T? First<T>(string store, string sql)
    {
        using var connection = Open(store);
        return connection.QueryFirstOrDefault<T>(sql);
    }

    public List<string> Tables(string store)
    {
        using var connection = Open(store);
        return connection.Query<string>("SELECT name FROM sqlite_master WHERE type = 'table'")
            .Where(name => !name.StartsWith("sqlite_", StringComparison.Ordinal)).Except(NotMigrated).ToList();
    }

    public List<string> Columns(string store, string table)
    {
        using var connection = Open(store);
        return connection.Query<string>("SELECT name FROM pragma_table_info(@table)", new { table }).AsList();
    }

    /// <summary>A table's rows, each as text that shows every byte.</summary>
    public List<string> Dump(string store, string table)
    {
        using var connection = Open(store);
        return Dump(connection, $"SELECT {string.Join(", ", Columns(store, table).Select(column => $"\"{column}\""))} FROM \"{table}\"");
    }

    /// <summary>A table's rows by their id, their values by column.</summary>
    public Dictionary<string, Dictionary<string, object>> Values(string store, string table)
    {
        using var connection = Open(store);
        using var reader = connection.ExecuteReader($"SELECT * FROM \"{table}\"");
        var rows = new Dictionary<string, Dictionary<string, object>>();
        while (reader.Read())
        {
            rows.Add((string)reader["id"], Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, reader.GetValue));
        }
        return rows;
    }

    public static List<string> Dump(System.Data.Common.DbConnection connection, string sql)
    {
        var rows = new List<string>();
        using var reader = connection.ExecuteReader(sql);
        while (reader.Read())
        {
            rows.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(column => Show(reader.GetValue(column)))));
        }
        rows.Sort(StringComparer.Ordinal);
        return rows;
    }

    public void Dispose() => _folder.Dispose();

    private static string Show(object value) => value switch
    {
        byte[] bytes => Convert.ToHexString(bytes),
        string text => Convert.ToHexString(Encoding.UTF8.GetBytes(text)),
        DBNull => "null",
        _ => $"{value}",
    };

    private static void Fill(SqliteConnection connection, string table)
    {
        if (OneRow.TryGetValue(table, out var number))
        {
            connection.Execute($"UPDATE {table} SET {number} = 77");
            return;
        }
        var columns = connection.Query<(string Name, string Type, bool IsRequired, bool IsKey)>(
            "SELECT name, type, \"notnull\", pk > 0 FROM pragma_table_info(@table)", new { table }).AsList();
        var values = columns.Select((column, place) =>
        {
            var value = Expressions.GetValueOrDefault($"{table}.{column.Name}") ?? column.Type switch
            {
                "INTEGER" => $"n * 20 + {place}",
                "TEXT" => $"n || ' é한😀 {place}'",
                _ => "randomblob(40)",
            };
            return column.IsRequired || column.IsKey ? value : $"CASE WHEN n % 3 > 0 THEN {value} END";
        });
        connection.Execute(
            $"""
            WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {Rows})
            INSERT INTO {table} ({string.Join(", ", columns.Select(column => $"\"{column.Name}\""))})
            SELECT {string.Join(", ", values)} FROM numbers
            """);
    }

    public SqliteConnection Open(string store)
    {
        var connection = new SqliteConnection($"Data Source={_folder[$"{store}.db"]};Pooling=False;Foreign Keys=False");
        connection.Open();
        return connection;
    }
}
