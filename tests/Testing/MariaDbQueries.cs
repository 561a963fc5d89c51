using Dapper;
using MySqlConnector;

namespace BigTech.Tests.Testing;

/// <summary>Direct queries of tests to the server, without the product.</summary>
internal static class MariaDbQueries
{
    /// <summary>Runs statements as the server's administrator.</summary>
    public static void Execute(this MariaDbServer server, string sql, object? parameters = null)
    {
        using var connection = new MySqlConnection($"{server.ConnectionString};Pooling=false");
        connection.Execute(sql, parameters);
    }

    /// <summary>The name of the engine in metrics.</summary>
    public static string SystemName(this MariaDbServer server) =>
        server.Query<string>("SELECT VERSION()")[0].Contains("MariaDB", StringComparison.Ordinal) ? "mariadb" : "mysql";

    public static List<T> Query<T>(this MariaDbServer server, string sql, object? parameters = null)
    {
        using var connection = new MySqlConnection($"{server.ConnectionString};Pooling=false");
        return connection.Query<T>(sql, parameters).AsList();
    }
}
