using System.Diagnostics.CodeAnalysis;

namespace BigTech.Users.Passwords;

/// <summary>
/// Waiting items of several sources. The sources take turns, and each one's items keep their order, so a source with many items does not
/// delay the next item of another. Not for several threads at once.
/// </summary>
internal sealed class FairQueue<T>
{
    private sealed class Line(string source)
    {
        public string Source => source;

        public LinkedList<T> Items { get; } = [];
    }

    private readonly Dictionary<string, Line> _bySource = new(StringComparer.Ordinal);
    private readonly LinkedList<Line> _turns = [];

    public int Count { get; private set; }

    public int CountOf(string source) => _bySource.TryGetValue(source, out var line) ? line.Items.Count : 0;

    public void Add(string source, T item)
    {
        if (!_bySource.TryGetValue(source, out var line))
        {
            _bySource[source] = line = new Line(source);
            _turns.AddLast(line);
        }
        line.Items.AddLast(item);
        Count++;
    }

    /// <summary>Takes the oldest item of the source whose turn it is.</summary>
    public bool TryTake([MaybeNullWhen(false)] out T item)
    {
        if (_turns.First is not { } first)
        {
            item = default;
            return false;
        }
        item = first.Value.Items.First!.Value;
        _turns.RemoveFirst();
        _turns.AddLast(first);
        first.Value.Items.RemoveFirst();
        Shrink(first.Value);
        return true;
    }

    /// <summary>Takes the newest item of the source that has most of them, if that has more than so many.</summary>
    public bool TryTakeFromLargest(int moreThan, [MaybeNullWhen(false)] out T item)
    {
        var largest = _turns.MaxBy(line => line.Items.Count);
        if (largest is null || largest.Items.Count <= moreThan)
        {
            item = default;
            return false;
        }
        item = largest.Items.Last!.Value;
        largest.Items.RemoveLast();
        Shrink(largest);
        return true;
    }

    /// <summary>Takes the items that are too old; those of a source are older in front.</summary>
    public List<T> TakeWhile(Func<T, bool> isTooOld)
    {
        var taken = new List<T>();
        foreach (var line in _turns.ToList())
        {
            while (line.Items.First is { } oldest && isTooOld(oldest.Value))
            {
                taken.Add(oldest.Value);
                line.Items.RemoveFirst();
                Shrink(line);
            }
        }
        return taken;
    }

    /// <summary>After an item was removed.</summary>
    private void Shrink(Line line)
    {
        Count--;
        if (line.Items.Count > 0) return;
        _bySource.Remove(line.Source);
        _turns.Remove(line);
    }
}
