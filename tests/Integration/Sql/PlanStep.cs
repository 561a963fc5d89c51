namespace BigTech.Tests.Integration.Sql;

/// <summary>A row of SQLite's EXPLAIN QUERY PLAN.</summary>
internal sealed class PlanStep
{
    public string Detail { get; set; } = "";
}
