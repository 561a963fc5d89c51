namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>The statements of a unit of work that collect rows: one for each <see cref="BatchStatement"/>.</summary>
internal sealed class StatementBatcher(UnitOfWork work)
{
    private readonly Dictionary<BatchStatement, Statement> _statements =
        new(ReferenceEqualityComparer.Instance as IEqualityComparer<BatchStatement>);

    public Statement For(BatchStatement sql)
    {
        if (_statements.TryGetValue(sql, out var statement)) return statement;
        statement = work.Engine.Prepare(work, sql);
        _statements.Add(sql, statement);
        return statement;
    }

    /// <summary>Sends the rows that wait.</summary>
    public void Flush()
    {
        foreach (var statement in _statements.Values) statement.Flush();
    }

    /// <summary>Drops the rows that wait.</summary>
    public void Forget()
    {
        foreach (var statement in _statements.Values) statement.Forget();
    }

    /// <summary>Drops the statements, which belong to a connection that has ended.</summary>
    public void Clear() => _statements.Clear();
}
