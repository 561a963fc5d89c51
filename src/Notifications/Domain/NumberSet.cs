using System.Text;

namespace BigTech.Notifications.Domain;

/// <summary>
/// The numbers that a notification stands for: the places of messages in their room, or the ids of rooms. They mostly follow each other, so
/// they are kept as ranges; the text is <c>3-7,9</c>. Immutable, and equal by content.
/// </summary>
internal sealed record NumberSet
{
    // Two thousand separate gaps: far more unread messages than a client shows as a number.
    private const int MaxRanges = 2000;

    private readonly (long First, long Last)[] _ranges;

    private NumberSet(IEnumerable<(long First, long Last)> ranges)
    {
        (long First, long Last)[] all = [.. ranges];
        // The oldest go: what is deleted or read of them later changes nothing.
        _ranges = all.Length > MaxRanges ? all[^MaxRanges..] : all;
        Count = (int)Math.Min(int.MaxValue, _ranges.Sum(range => range.Last - range.First + 1));
    }

    public static NumberSet Empty { get; } = new([]);

    public int Count { get; }

    public long First => _ranges.Length > 0 ? _ranges[0].First : 0;

    public long Last => _ranges.Length > 0 ? _ranges[^1].Last : 0;

    public static NumberSet Of(long first, long last) => last < first ? Empty : new NumberSet([(first, last)]);

    public static NumberSet Of(long number) => Of(number, number);

    /// <param name="ascending">Each once, in their order.</param>
    public static NumberSet Of(IEnumerable<long> ascending)
    {
        var ranges = new List<(long First, long Last)>();
        foreach (var number in ascending)
        {
            if (ranges.Count > 0 && ranges[^1].Last == number - 1) ranges[^1] = (ranges[^1].First, number);
            else ranges.Add((number, number));
        }
        return new NumberSet(ranges);
    }

    public static NumberSet Parse(string text) => text.Length == 0 ? Empty : new NumberSet(text.Split(',').Select(range =>
    {
        var ends = range.Split('-');
        return (Number(ends[0]), Number(ends[^1]));
    }));

    public bool Contains(long number) => Array.Exists(_ranges, range => range.First <= number && number <= range.Last);

    public NumberSet With(long number)
    {
        if (Contains(number)) return this;
        var behind = _ranges.TakeWhile(range => range.Last < number).ToList();
        var ahead = _ranges[behind.Count..].ToList();
        var (first, last) = (number, number);
        if (behind.Count > 0 && behind[^1].Last == number - 1)
        {
            first = behind[^1].First;
            behind.RemoveAt(behind.Count - 1);
        }
        if (ahead.Count > 0 && ahead[0].First == number + 1)
        {
            last = ahead[0].Last;
            ahead.RemoveAt(0);
        }
        return new NumberSet([.. behind, (first, last), .. ahead]);
    }

    /// <summary>Adds numbers that are all greater than the ones here.</summary>
    public NumberSet Append(NumberSet later)
    {
        if (later._ranges.Length == 0) return this;
        if (_ranges.Length == 0) return later;
        return Last + 1 == later.First
            ? new NumberSet([.. _ranges[..^1], (_ranges[^1].First, later._ranges[0].Last), .. later._ranges[1..]])
            : new NumberSet([.. _ranges, .. later._ranges]);
    }

    public NumberSet Without(long number) => !Contains(number) ? this : new NumberSet(_ranges.SelectMany(
        range => number < range.First || number > range.Last
            ? [range]
            : new[] { (range.First, number - 1), (number + 1, range.Last) }.Where(part => part.Item1 <= part.Item2)));

    /// <summary>Only the numbers above a limit.</summary>
    public NumberSet Above(long limit) => First > limit || Count == 0 ? this : new NumberSet(
        _ranges.Where(range => range.Last > limit).Select(range => (Math.Max(range.First, limit + 1), range.Last)));

    public bool Equals(NumberSet? other) => other is not null && _ranges.AsSpan().SequenceEqual(other._ranges);

    public override int GetHashCode() => HashCode.Combine(First, Last, Count);

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (first, last) in _ranges)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(CultureInfo.InvariantCulture, $"{first}");
            if (last > first) text.Append(CultureInfo.InvariantCulture, $"-{last}");
        }
        return text.ToString();
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
