using BigTech.DataMigration;

namespace BigTech.Server;

/// <summary>The progress of a migration, a line per table: updated in place on a terminal, otherwise written when complete.</summary>
internal sealed class ProgressLines(TextWriter output, bool rewrites)
{
    private const int Width = 30;

    public void Show(MigratedTable table)
    {
        if (rewrites) output.Write($"\r{Line(table)}");
        if (table.IsComplete) output.WriteLine(rewrites ? "" : Line(table));
    }

    private static string Line(MigratedTable table)
    {
        var filled = table.Source == 0 ? Width : (int)(Width * table.Target / table.Source);
        var bar = new string('#', filled) + new string('.', Width - filled);
        return string.Create(
            CultureInfo.InvariantCulture, $"{table.Store + "." + table.Table,-36} [{bar}] {table.Target} of {table.Source}");
    }
}
