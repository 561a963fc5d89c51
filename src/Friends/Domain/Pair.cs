namespace BigTech.Friends.Domain;

/// <summary>Two different users, unordered: both directions are the same pair.</summary>
internal readonly record struct Pair
{
    private Pair(long low, long high)
    {
        Low = low;
        High = high;
    }

    /// <summary>The lower user id of the two.</summary>
    public long Low { get; }

    public long High { get; }

    /// <exception cref="ArgumentException">The ids are equal.</exception>
    public static Pair Create(long a, long b) =>
        a == b ? throw new ArgumentException("A pair is two people.", nameof(b)) : new Pair(Math.Min(a, b), Math.Max(a, b));

    public bool Has(long userId) => userId == Low || userId == High;

    public long Other(long userId) =>
        userId == Low ? High : userId == High ? Low : throw new ArgumentException("Is not of this pair.", nameof(userId));
}
