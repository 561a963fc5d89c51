using System.Text;
using MySqlConnector;

namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>
/// The changed rows of a transaction for one <see cref="BulkUpdate"/>, as one JSON text of numbers that the server joins to the table by
/// its key. It is sent with the COMMIT, which saves a round trip; many rows take several texts.
/// </summary>
internal sealed class MySqlBulkUpdate(UnitOfWork work, BulkUpdate sql) : MySqlBatchStatement(work)
{
    private const int MaxTextLength = UnitOfWork.MaxStatementBytes * 3 / 4;

    private readonly List<long> _row = [];
    private readonly StringBuilder _waiting = new();

    public override int Execute()
    {
        _waiting.Append(_waiting.Length == 0 ? "[[" : ",[").AppendJoin(',', _row).Append(']');
        if (Session.Unbatched || _waiting.Length > MaxTextLength) Flush();
        return 1;
    }

    internal override void Flush()
    {
        if (_waiting.Length == 0) return;
        var rows = _waiting.Append(']').ToString();
        _waiting.Clear();
        if (Session.Unbatched) Session.Prepared(sql.MySql).Bind(1, rows).Execute();
        else Session.PiggybackOnCommit(sql.MySql.Replace("?1", $"'{rows}'", StringComparison.Ordinal));
    }

    internal override void Forget() => _waiting.Clear();

    protected override Statement Bind(int place, object? value, MySqlDbType type)
    {
        if (place > _row.Count) _row.Add(0);
        _row[place - 1] = Convert.ToInt64(value, CultureInfo.InvariantCulture);
        return this;
    }
}
