using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BigTech.Load;

/// <summary>Collects the figures and the problems of a run, and writes them to the terminal and to a JSON file.</summary>
internal sealed class Report(LoadOptions options, Machine machine)
{
    /// <summary>The number of cores that other processes may use before the report mentions it.</summary>
    private const double UnnoticedCores = 0.2;

    private static readonly string[] Header = ["scenario", "figure", "server", "echo", "ratio", "goal", "reached"];

    private readonly List<Figure> _figures = [];
    private readonly List<string> _problems = [];
    private readonly DateTimeOffset _startedAt = DateTimeOffset.UtcNow;

    private double _mostOfOthers;

    /// <summary>True while every answer was correct and every stream complete; goals do not count here.</summary>
    public bool IsSound => _problems.Count == 0;

    public void Add(Figure figure) => _figures.Add(figure);

    /// <summary>
    /// Adds the cores that each process used, and the processor time per request, which other load on the machine disturbs least. This
    /// explains a ratio and has no goal.
    /// </summary>
    public void AddCores(string scenario, string prefix, IReadOnlyList<(LoopResult Server, LoopResult Echo)> pairs)
    {
        AddOne("processor time per request", "us", result => 1e6 * result.Cores.Target / result.PerSecond);
        AddOne("cores used", "cores", result => result.Cores.Target);
        AddOne("cores used by the driver", "cores", result => result.Cores.Driver);
        AddOne("cores used by others", "cores", result => result.Cores.Others);

        void AddOne(string name, string unit, Func<LoopResult, double> of)
        {
            if (pairs.All(p => double.IsFinite(of(p.Server)) && double.IsFinite(of(p.Echo))))
            {
                Add(new Figure(scenario, $"{prefix} {name}", unit, new Samples(pairs.Select(p => of(p.Server))))
                {
                    Echo = new Samples(pairs.Select(p => of(p.Echo))),
                    IsDetail = true,
                });
            }
        }
    }

    /// <summary>Records a violation: a gap, a duplicate, a wrong answer, a scenario that could not complete.</summary>
    public void Problem(string text) => _problems.Add(text);

    /// <summary>Records how many cores other processes used during a measurement; NaN where it is unknown.</summary>
    public void NoteOthers(double cores) => _mostOfOthers = Math.Max(_mostOfOthers, double.IsNaN(cores) ? 0 : cores);

    /// <summary>Records failed requests of a measurement as a problem, and whether the machine had other load meanwhile.</summary>
    public void Check(string what, LoopResult result)
    {
        NoteOthers(result.Cores.Others);
        if (result.Failed > 0)
        {
            Problem($"{what}: {result.FailureText}");
        }
    }

    public void WriteTable(TextWriter output)
    {
        string[][] rows = [Header, .. _figures.Where(figure => !figure.IsDetail).Select(Row)];
        var widths = Header.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        output.WriteLine();
        output.WriteLine(machine.ToString());
        output.WriteLine();
        for (var row = 0; row < rows.Length; row++)
        {
            output.WriteLine(string.Join("  ", rows[row].Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
            if (row == 0)
            {
                output.WriteLine(string.Join("  ", widths.Select(width => new string('-', width))));
            }
        }

        output.WriteLine();
        output.WriteLine("Median of the repeats, smallest to largest in brackets; a ratio is server / echo of the same repeat.");
        output.WriteLine($"{_figures.Count(f => f.Reached == true)} of {_figures.Count(f => f.Goal is not null)} goals are reached.");
        if (_mostOfOthers > UnnoticedCores)
        {
            var others = Text(_mostOfOthers);
            output.WriteLine($"CAUTION: other processes took up to {others} of the {machine.Cores} cores during a measurement.");
        }

        foreach (var problem in _problems)
        {
            output.WriteLine($"PROBLEM: {problem}");
        }
    }

    public void WriteJson(string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        var document = new ReportDocument(_startedAt, DateTimeOffset.UtcNow, machine, options, [.. _figures.Select(Document)], _problems);
        File.WriteAllText(path, JsonSerializer.Serialize(document, ReportJson.Default.ReportDocument) + "\n");
    }

    private static string[] Row(Figure figure) =>
    [
        figure.Scenario,
        figure.Name,
        $"{Text(figure.Server)} {figure.Unit}",
        figure.Echo is null ? "" : Text(figure.Echo),
        figure.Ratio is null ? "" : Text(figure.Ratio),
        figure.Goal?.ToString() ?? "",
        figure.Reached switch { true => "yes", false => "NO", null => "" },
    ];

    private static string Text(Samples samples) =>
        samples.Values.Count == 1 ? Text(samples.Median) : $"{Text(samples.Median)} [{Text(samples.Min)} - {Text(samples.Max)}]";

    private static string Text(double value)
    {
        var format = Math.Abs(value) switch { >= 1000 => "N0", >= 100 => "0", >= 10 => "0.0", _ => "0.00" };
        return value.ToString(format, CultureInfo.InvariantCulture);
    }

    private static FigureDocument Document(Figure figure) => new(
        figure.Scenario,
        figure.Name,
        figure.Unit,
        SamplesDocument.From(figure.Server)!,
        SamplesDocument.From(figure.Echo),
        SamplesDocument.From(figure.Ratio),
        figure.Goal?.ToString(),
        figure.Reached);
}

/// <summary>The JSON file of a run.</summary>
internal sealed record ReportDocument(
    DateTimeOffset StartedAt,
    DateTimeOffset EndedAt,
    Machine Machine,
    LoadOptions Parameters,
    IReadOnlyList<FigureDocument> Figures,
    IReadOnlyList<string> Problems);

/// <summary>One figure in the JSON file.</summary>
internal sealed record FigureDocument(
    string Scenario,
    string Name,
    string Unit,
    SamplesDocument Server,
    SamplesDocument? Echo,
    SamplesDocument? Ratio,
    string? Goal,
    bool? Reached);

/// <summary>The repeats of one figure in the JSON file.</summary>
internal sealed record SamplesDocument(double Median, double Min, double Max, IReadOnlyList<double> Values)
{
    private const int Decimals = 4;

    public static SamplesDocument? From(Samples? samples) => samples is null
        ? null
        : new(Rounded(samples.Median), Rounded(samples.Min), Rounded(samples.Max), [.. samples.Values.Select(Rounded)]);

    private static double Rounded(double value) => Math.Round(value, Decimals);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    WriteIndented = true)]
[JsonSerializable(typeof(ReportDocument))]
internal sealed partial class ReportJson : JsonSerializerContext;
