using System.Globalization;
using BigTech.Load;

namespace BigTech.Promises;

/// <summary>A time limit of the server, and the measured times.</summary>
/// <param name="What">The promise.</param>
/// <param name="Max">The longest time that is allowed.</param>
/// <param name="Took">The time of each measurement.</param>
internal sealed record Promise(string What, TimeSpan Max, IReadOnlyList<TimeSpan> Took)
{
    private static readonly string[] Header = ["promise", "promised", "median", "worst", "of", "kept"];

    public bool IsKept => Took.Count > 0 && Took.Max() <= Max;

    public static void WriteTable(IReadOnlyList<Promise> promises, TextWriter output)
    {
        string[][] rows = [Header, .. promises.Select(promise => promise.Row())];
        var widths = Header.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }

    private string[] Row()
    {
        var samples = new Samples(Took.Select(took => took.TotalSeconds));
        return [What, $"{Text(Max.TotalSeconds)} s", $"{Text(samples.Median)} s", $"{Text(samples.Max)} s", $"{Took.Count}",
            IsKept ? "yes" : "NO"];
    }

    private static string Text(double seconds) => seconds.ToString("0.###", CultureInfo.InvariantCulture);
}
