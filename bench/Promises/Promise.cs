using System.Globalization;
using BigTech.Load;

namespace BigTech.Promises;

/// <summary>Something that the server does within a time, and how long it took each time that it was measured.</summary>
/// <param name="What">What is promised.</param>
/// <param name="Most">The longest that it may take.</param>
/// <param name="Took">How long it took.</param>
internal sealed record Promise(string What, TimeSpan Most, IReadOnlyList<TimeSpan> Took)
{
    private static readonly string[] Header = ["promise", "promised", "median", "worst", "of", "kept"];

    public bool IsKept => Took.Count > 0 && Took.Max() <= Most;

    public static void WriteTable(IReadOnlyList<Promise> promises, TextWriter output)
    {
        string[][] rows = [Header, .. promises.Select(promise => promise.Row())];
        var widths = Header.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows) output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    private string[] Row()
    {
        var samples = new Samples(Took.Select(took => took.TotalSeconds));
        return [What, $"{Text(Most.TotalSeconds)} s", $"{Text(samples.Median)} s", $"{Text(samples.Max)} s", $"{Took.Count}", IsKept ? "yes" : "NO"];
    }

    private static string Text(double seconds) => seconds.ToString("0.###", CultureInfo.InvariantCulture);
}
