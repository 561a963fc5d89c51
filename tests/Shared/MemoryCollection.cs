namespace BigTech.Tests.Shared;

/// <summary>A collection of the in-memory server, with sorted indexes, of which some are unique and some partial.</summary>
internal sealed class MemoryCollection
{
    private readonly SortedSet<Entry> _documents = new(new EntryOrder([]));
    private readonly List<Index> _indexes = [];
    private long _lastPlace;

    public MemoryCollection() => _indexes.Add(new Index("_id_", [("_id", 1)], true, null));

    /// <param name="Place">Keeps documents with the same key in the order in which they came.</param>
    private sealed record Entry(object?[] Key, long Place, Doc Doc);

    private sealed class EntryOrder(int[] directions) : IComparer<Entry>
    {
        public int Compare(Entry? x, Entry? y)
        {
            for (var i = 0; i < Math.Min(x!.Key.Length, y!.Key.Length); i++)
            {
                var order = Values.Compare(x.Key[i], y.Key[i]);
                if (order != 0) return directions[i] < 0 ? -order : order;
            }
            return x.Place.CompareTo(y.Place);
        }
    }

    private sealed record Index(string Name, (string Field, int Direction)[] Keys, bool IsUnique, Doc? Only)
    {
        public SortedSet<Entry> Entries { get; } = new(new EntryOrder([.. Keys.Select(key => key.Direction)]));

        public bool Takes(Doc doc) => Only is null || Filter.Matches(doc, Only);

        public object?[] KeyOf(Doc doc) => [.. Keys.Select(key => doc[key.Field])];

        /// <summary>How many of the index's first fields a filter fixes.</summary>
        public int FixedBy(Doc filter) => Keys.TakeWhile(key => filter.Find(key.Field, out var value) && value is not Doc).Count();

        /// <summary>Whether every document that the filter finds is in the index.</summary>
        public bool Covers(Doc filter) => Only is null || Only.Elements.All(element => filter.Has(element.Key));

        public SortedSet<Entry> Between(object?[] key) =>
            Entries.GetViewBetween(new Entry(key, long.MinValue, null!), new Entry(key, long.MaxValue, null!));

        /// <summary>The entries above a bound that the filter sets for the index's first field.</summary>
        public SortedSet<Entry>? Above(Doc filter)
        {
            if (!filter.Find(Keys[0].Field, out var value) || value is not Doc bounds || !bounds.Find("$gt", out var bound)) return null;
            var lowest = new Entry([bound], long.MaxValue, null!);
            return Entries.Max is { } last && Entries.Comparer.Compare(lowest, last) < 0 ? Entries.GetViewBetween(lowest, last) : [];
        }
    }

    public void CreateIndex(string name, Doc keys, bool isUnique, Doc? only)
    {
        var made = new Index(name, [.. keys.Elements.Select(key => (key.Key, (int)(long)key.Value!))], isUnique, only);
        if (_indexes.Find(index => index.Name == name) is { } known)
        {
            if (!known.Keys.SequenceEqual(made.Keys) || known.IsUnique != isUnique) throw new CommandError(86, $"An index {name} of another form exists");
            return;
        }
        foreach (var entry in _documents)
        {
            CheckUnique(made, entry.Doc, null);
            if (made.Takes(entry.Doc)) made.Entries.Add(entry with { Key = made.KeyOf(entry.Doc) });
        }
        _indexes.Add(made);
    }

    /// <exception cref="CommandError">11000</exception>
    public void Insert(Doc doc)
    {
        foreach (var index in _indexes) CheckUnique(index, doc, null);
        Add(new Entry([], ++_lastPlace, doc));
    }

    public (long Matched, long Modified) Update(Doc filter, Doc change, bool many, bool upsert)
    {
        var found = Search(filter, null).Take(many ? int.MaxValue : 1).ToList();
        if (upsert && found.Count == 0)
        {
            // What the filter says of single values is in the new document too.
            var made = Doc.Of([.. filter.Elements.Where(element => element.Value is not Doc).Select(element => (element.Key, element.Value))]);
            Insert(Apply(made, change, isNew: true));
            return (1, 0);
        }
        foreach (var entry in found) Replace(entry, change);
        return (found.Count, found.Count);
    }

    /// <summary>The document after the change; null when there is none.</summary>
    public Doc? FindAndModify(Doc filter, Doc change) => Search(filter, null).FirstOrDefault() is { } found ? Replace(found, change) : null;

    public long Delete(Doc filter, int limit)
    {
        var found = Search(filter, null).Take(limit == 0 ? int.MaxValue : limit).ToList();
        foreach (var entry in found) Remove(entry);
        return found.Count;
    }

    public List<Doc> Find(Doc filter, Doc? sort, long skip, long limit)
    {
        var found = Search(filter, sort).Skip((int)skip);
        return [.. (limit > 0 ? found.Take((int)limit) : found).Select(entry => entry.Doc)];
    }

    public long Count(Doc filter) => Search(filter, null).LongCount();

    /// <summary>By the index that the filter fixes most of; already in order where that index is in it.</summary>
    private IEnumerable<Entry> Search(Doc filter, Doc? sort)
    {
        if (filter.Find("$or", out var branches) && sort is null && filter.Elements.Count == 1)
        {
            return ((List<object?>)branches!).SelectMany(branch => Search((Doc)branch!, null)).DistinctBy(entry => entry.Place);
        }
        var index = _indexes.Where(index => index.Covers(filter)).MaxBy(index => index.FixedBy(filter))!;
        var isFixed = index.FixedBy(filter);
        var candidates = isFixed > 0
            ? index.Between([.. index.Keys.Take(isFixed).Select(key => filter[key.Field])])
            : _indexes.Select(other => other.Above(filter)).FirstOrDefault(above => above is not null) ?? _documents;
        if (sort is null) return candidates.Where(entry => Filter.Matches(entry.Doc, filter));
        var wanted = sort.Elements.Select(key => (key.Key, (int)(long)key.Value!)).ToArray();
        var rest = isFixed == 0 ? [] : index.Keys.Skip(isFixed).Take(wanted.Length).ToArray();
        if (rest.SequenceEqual(wanted)) return candidates.Where(entry => Filter.Matches(entry.Doc, filter));
        if (rest.Select(key => (key.Field, -key.Direction)).SequenceEqual(wanted))
        {
            return candidates.Reverse().Where(entry => Filter.Matches(entry.Doc, filter));
        }
        return candidates.Where(entry => Filter.Matches(entry.Doc, filter)).OrderBy(entry => entry.Doc, Order(sort));
    }

    public static Comparer<Doc> Order(Doc sort) => Comparer<Doc>.Create((x, y) =>
        sort.Elements.Select(key => (int)(long)key.Value! * Values.Compare(x[key.Key], y[key.Key])).FirstOrDefault(order => order != 0));

    private Doc Replace(Entry found, Doc change)
    {
        var changed = Apply(found.Doc, change, isNew: false);
        foreach (var index in _indexes) CheckUnique(index, changed, found.Doc);
        Remove(found);
        Add(found with { Doc = changed });
        return changed;
    }

    private static Doc Apply(Doc doc, Doc change, bool isNew)
    {
        if (change.Elements is not [{ Key: ['$', ..] }, ..])
        {
            return Doc.Of([("_id", doc["_id"]), .. change.Elements.Select(element => (element.Key, element.Value))]);
        }
        var changed = doc.Copy();
        foreach (var (operation, fields) in change.Elements)
        {
            foreach (var (name, value) in ((Doc)fields!).Elements)
            {
                if (operation == "$set" || (operation == "$setOnInsert" && isNew)) changed[name] = value;
                else if (operation == "$setOnInsert") continue;
                else if (operation == "$unset") changed.Remove(name);
                else if (operation == "$inc") changed[name] = changed.Get<long>(name, 0) + (long)value!;
                else throw new CommandError(9, $"Unknown modifier: {operation}");
            }
        }
        return changed;
    }

    private void Add(Entry entry)
    {
        _documents.Add(entry with { Key = [] });
        foreach (var index in _indexes.Where(index => index.Takes(entry.Doc))) index.Entries.Add(entry with { Key = index.KeyOf(entry.Doc) });
    }

    private void Remove(Entry entry)
    {
        _documents.Remove(entry with { Key = [] });
        foreach (var index in _indexes) index.Entries.Remove(entry with { Key = index.KeyOf(entry.Doc) });
    }

    private static void CheckUnique(Index index, Doc doc, Doc? itself)
    {
        if (!index.IsUnique || !index.Takes(doc)) return;
        if (index.Between(index.KeyOf(doc)).Any(entry => !ReferenceEquals(entry.Doc, itself)))
        {
            throw new CommandError(11000, $"E11000 duplicate key error index: {index.Name}");
        }
    }
}

/// <summary>The query operators that are known here; another one is an error, not a filter that finds nothing.</summary>
internal static class Filter
{
    public static bool Matches(Doc doc, Doc filter) => filter.Elements.All(element => element.Key switch
    {
        "$or" => ((List<object?>)element.Value!).Any(branch => Matches(doc, (Doc)branch!)),
        "$and" => ((List<object?>)element.Value!).All(branch => Matches(doc, (Doc)branch!)),
        ['$', ..] => throw new CommandError(2, $"unknown top level operator: {element.Key}"),
        _ => Matches(doc, element.Key, element.Value),
    });

    private static bool Matches(Doc doc, string field, object? wanted)
    {
        var isThere = doc.Find(field, out var value);
        if (wanted is not Doc { Elements: [{ Key: ['$', ..] }, ..] } operators) return Values.Compare(value, wanted) == 0;
        return operators.Elements.All(operation => operation.Key switch
        {
            "$eq" => Values.Compare(value, operation.Value) == 0,
            "$ne" => Values.Compare(value, operation.Value) != 0,
            "$gt" => Ordered(value, operation.Value) > 0,
            "$gte" => Ordered(value, operation.Value) >= 0,
            "$lt" => Ordered(value, operation.Value) < 0,
            "$lte" => Ordered(value, operation.Value) <= 0,
            "$in" => ((List<object?>)operation.Value!).Exists(one => Values.Compare(value, one) == 0),
            "$exists" => isThere == (bool)operation.Value!,
            _ => throw new CommandError(2, $"unknown operator: {operation.Key}"),
        });
    }

    // Values of different kinds are neither smaller nor larger for a filter.
    private static int? Ordered(object? value, object? wanted) =>
        Values.Kind(value) == Values.Kind(wanted) ? Values.Compare(value, wanted) : null;
}

/// <summary>How BSON values are ordered.</summary>
internal static class Values
{
    public static int Compare(object? one, object? other)
    {
        var kinds = Kind(one).CompareTo(Kind(other));
        if (kinds != 0) return kinds;
        return one switch
        {
            null => 0,
            string text => string.CompareOrdinal(text, (string)other!),
            bool truth => truth.CompareTo((bool)other!),
            byte[] bytes => bytes.AsSpan().SequenceCompareTo((byte[])other!),
            DateTimeOffset time => time.CompareTo((DateTimeOffset)other!),
            long number when other is long another => number.CompareTo(another),
            Doc doc => doc.ToBson().Bytes.Span.SequenceCompareTo(((Doc)other!).ToBson().Bytes.Span),
            _ => Convert.ToDouble(one, null).CompareTo(Convert.ToDouble(other, null)),
        };
    }

    public static int Kind(object? value) => value switch
    {
        null => 1,
        long or double => 2,
        string => 3,
        Doc => 4,
        byte[] => 6,
        bool => 8,
        DateTimeOffset => 9,
        _ => throw new CommandError(2, $"values of type {value.GetType().Name} are not compared by this server"),
    };
}
