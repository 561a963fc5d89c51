using System.Globalization;

namespace BigTech.Load;

/// <summary>The limit of a figure: for its own median, or for the median of its ratio to the echo.</summary>
internal sealed record Goal(GoalKind Kind, double Limit, bool OfRatio = false)
{
    public static Goal AtMost(double limit) => new(GoalKind.AtMost, limit);

    public static Goal RatioAtLeast(double limit) => new(GoalKind.AtLeast, limit, OfRatio: true);

    public static Goal RatioAtMost(double limit) => new(GoalKind.AtMost, limit, OfRatio: true);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(OfRatio ? "ratio " : "")}{(Kind == GoalKind.AtMost ? "<=" : ">=")} {Limit}");
}

/// <summary>The side of the limit that reaches the goal.</summary>
internal enum GoalKind
{
    AtLeast,
    AtMost,
}

/// <summary>
/// One line of the result. The ratio is computed per repeat, with server and echo measured directly one after the other, so that other load
/// on the machine affects both.
/// </summary>
internal sealed record Figure(string Scenario, string Name, string Unit, Samples Server)
{
    public Samples? Echo { get; init; }

    public Samples? Ratio { get; init; }

    public Goal? Goal { get; init; }

    /// <summary>Written to the JSON file only.</summary>
    public bool IsDetail { get; init; }

    /// <summary>Null where there is no goal.</summary>
    public bool? Reached => Goal switch
    {
        null => null,
        { Kind: GoalKind.AtLeast } => Judged.Median >= Goal.Limit,
        _ => Judged.Median <= Goal.Limit,
    };

    private Samples Judged => Goal is { OfRatio: true } && Ratio is not null ? Ratio : Server;

    /// <summary>A figure measured together with the echo in every repeat.</summary>
    public static Figure Beside(string scenario, string name, string unit, IReadOnlyList<(double Server, double Echo)> pairs) =>
        new(scenario, name, unit, new Samples(pairs.Select(pair => pair.Server)))
        {
            Echo = new Samples(pairs.Select(pair => pair.Echo)),
            Ratio = new Samples(pairs.Select(pair => pair.Server / pair.Echo)),
        };
}
