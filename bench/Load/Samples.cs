namespace BigTech.Load;

/// <summary>The values of the repeats of one measurement.</summary>
internal sealed class Samples
{
    private readonly double[] _sorted;

    public Samples(IEnumerable<double> values)
    {
        Values = [.. values];
        _sorted = [.. Values.Order()];
    }

    /// <summary>In the order of the repeats.</summary>
    public IReadOnlyList<double> Values { get; }

    public double Min => _sorted[0];

    public double Max => _sorted[^1];

    public double Median => _sorted.Length % 2 == 1
        ? _sorted[_sorted.Length / 2]
        : (_sorted[(_sorted.Length / 2) - 1] + _sorted[_sorted.Length / 2]) / 2;

    public static Samples One(double value) => new([value]);
}
