using System.Data.Common;
using Dapper;

namespace BigTech.Platform.Sql;

/// <summary>
/// One connection in use by one caller. Queries go through Dapper; the statements of hot paths are prepared once per connection.
/// Not safe for use by two threads at once.
/// </summary>
public class SqlSession(DbConnection connection)
{
    private readonly Dictionary<string, DbCommand> _prepared = new(ReferenceEqualityComparer.Instance as IEqualityComparer<string>);

    public DbConnection Connection { get; } = connection;

    public List<T> Query<T>(string sql, object? parameters = null) => Connection.Query<T>(sql, parameters).AsList();

    public T? First<T>(string sql, object? parameters = null) => Connection.QueryFirstOrDefault<T>(sql, parameters);

    /// <summary>
    /// A statement that this connection keeps prepared. Set its values with <see cref="StatementExtensions.Bind"/> in the order in
    /// which <paramref name="parameters"/> names them. <paramref name="sql"/> must be a constant.
    /// </summary>
    public DbCommand Prepared(string sql, params ReadOnlySpan<string> parameters)
    {
        if (_prepared.TryGetValue(sql, out var command)) return command;
        command = Connection.CreateCommand();
#pragma warning disable CA2100 // Every caller passes a constant.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var name in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            command.Parameters.Add(parameter);
        }
        _prepared.Add(sql, command);
        return command;
    }
}

public static class StatementExtensions
{
    /// <summary>Sets the value of the parameter at <paramref name="index"/>; null is SQL NULL.</summary>
    public static DbCommand Bind(this DbCommand command, int index, object? value)
    {
        command.Parameters[index].Value = value ?? DBNull.Value;
        return command;
    }
}
