using System.Globalization;
using BigTech.Load;

namespace BigTech.Promises;

/// <summary>A limit, and the measured values.</summary>
/// <param name="What">The promise.</param>
/// <param name="Max">The largest value that is allowed.</param>
/// <param name="Unit">Such as <c>s</c>.</param>
/// <param name="Measured">The value of each measurement.</param>
internal sealed record Promise(string What, double Max, string Unit, IReadOnlyList<double> Measured)
{
    private static readonly string[] Header = ["promise", "promised", "median", "worst", "of", "kept"];

    public bool IsKept => Measured.Count > 0 && Measured.Max() <= Max;

    /// <summary>A limit of time.</summary>
    public static Promise Of(string what, TimeSpan max, IReadOnlyList<TimeSpan> took) =>
        new(what, max.TotalSeconds, "s", [.. took.Select(one => one.TotalSeconds)]);

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
        var samples = new Samples(Measured);
        return [What, $"{Text(Max)} {Unit}", $"{Text(samples.Median)} {Unit}", $"{Text(samples.Max)} {Unit}", $"{Measured.Count}",
            IsKept ? "yes" : "NO"];
    }

    private static string Text(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
