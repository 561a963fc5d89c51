using MongoDB.Bson;

namespace BigTech.Tests.Testing;

/// <summary>A collection of the in-memory server, with sorted indexes, some of them unique or partial.</summary>
internal sealed class MemoryCollection
{
    private readonly SortedSet<Entry> _documents = new(new EntryOrder([]));
    private readonly List<Index> _indexes = [];
    private long _lastPlace;

    public MemoryCollection() => _indexes.Add(new Index("_id_", [("_id", 1)], true, null));

    /// <param name="Place">Keeps documents with the same key in insertion order.</param>
    private sealed record Entry(BsonValue[] Key, long Place, BsonDocument Doc);

    private sealed class EntryOrder(int[] directions) : IComparer<Entry>
    {
        public int Compare(Entry? x, Entry? y)
        {
            for (var i = 0; i < Math.Min(x!.Key.Length, y!.Key.Length); i++)
            {
                var order = x.Key[i].CompareTo(y.Key[i]);
                if (order != 0) return directions[i] < 0 ? -order : order;
            }
            return x.Place.CompareTo(y.Place);
        }
    }

    private sealed record Index(string Name, (string Field, int Direction)[] Keys, bool IsUnique, BsonDocument? Only)
    {
        public SortedSet<Entry> Entries { get; } = new(new EntryOrder([.. Keys.Select(key => key.Direction)]));

        public bool Takes(BsonDocument doc) => Only is null || Filter.Matches(doc, Only);

        public BsonValue[] KeyOf(BsonDocument doc) => [.. Keys.Select(key => doc.GetValue(key.Field, BsonNull.Value))];

        /// <summary>How many of the index's first fields the filter fixes.</summary>
        public int FixedBy(BsonDocument filter) =>
            Keys.TakeWhile(key => filter.TryGetValue(key.Field, out var value) && value is not BsonDocument).Count();

        /// <summary>Whether the index contains every document that the filter finds.</summary>
        public bool Covers(BsonDocument filter) => Only is null || Only.Names.All(filter.Contains);

        public SortedSet<Entry> Between(BsonValue[] key) =>
            Entries.GetViewBetween(new Entry(key, long.MinValue, null!), new Entry(key, long.MaxValue, null!));

        /// <summary>The entries above the filter's bound for the index's first field.</summary>
        public SortedSet<Entry>? Above(BsonDocument filter)
        {
            if (filter.GetValue(Keys[0].Field, null) is not BsonDocument bounds || !bounds.TryGetValue("$gt", out var bound)) return null;
            var lowest = new Entry([bound], long.MaxValue, null!);
            return Entries.Max is { } last && Entries.Comparer.Compare(lowest, last) < 0 ? Entries.GetViewBetween(lowest, last) : [];
        }
    }

    public void CreateIndex(string name, BsonDocument keys, bool isUnique, BsonDocument? only)
    {
        var made = new Index(name, [.. keys.Select(key => (key.Name, key.Value.ToInt32()))], isUnique, only);
        if (_indexes.Find(index => index.Name == name) is { } known)
        {
            if (!known.Keys.SequenceEqual(made.Keys) || known.IsUnique != isUnique)
            {
                throw new CommandError(86, $"An index {name} of another form exists");
            }
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
    public void Insert(BsonDocument doc)
    {
        foreach (var index in _indexes) CheckUnique(index, doc, null);
        Add(new Entry([], ++_lastPlace, doc));
    }

    public (int Matched, int Modified, BsonValue? Upserted) Update(BsonDocument filter, BsonDocument change, bool many, bool upsert)
    {
        var found = Search(filter, null).Take(many ? int.MaxValue : 1).ToList();
        if (upsert && found.Count == 0)
        {
            // The new document also gets the single values of the filter.
            var made = Apply(new BsonDocument(filter.Where(element => element.Value is not BsonDocument)), change, isNew: true);
            Insert(made);
            return (0, 0, made["_id"]);
        }
        foreach (var entry in found) Replace(entry, change);
        return (found.Count, found.Count, null);
    }

    public int Delete(BsonDocument filter, int limit)
    {
        var found = Search(filter, null).Take(limit == 0 ? int.MaxValue : limit).ToList();
        foreach (var entry in found) Remove(entry);
        return found.Count;
    }

    public List<BsonDocument> Find(BsonDocument filter, BsonDocument? sort, int skip, int limit)
    {
        var found = Search(filter, sort).Skip(skip);
        return [.. (limit > 0 ? found.Take(limit) : found).Select(entry => entry.Doc)];
    }

    /// <summary>Uses the index of which the filter fixes most fields; the result is sorted if that index provides the order.</summary>
    private IEnumerable<Entry> Search(BsonDocument filter, BsonDocument? sort)
    {
        if (filter.TryGetValue("$or", out var branches) && sort is null && filter.ElementCount == 1)
        {
            return branches.AsBsonArray.SelectMany(branch => Search(branch.AsBsonDocument, null)).DistinctBy(entry => entry.Place);
        }
        var index = _indexes.Where(index => index.Covers(filter)).MaxBy(index => index.FixedBy(filter))!;
        var isFixed = index.FixedBy(filter);
        var candidates = isFixed > 0
            ? index.Between([.. index.Keys.Take(isFixed).Select(key => filter[key.Field])])
            : _indexes.Select(other => other.Above(filter)).FirstOrDefault(above => above is not null) ?? _documents;
        if (sort is null) return candidates.Where(entry => Filter.Matches(entry.Doc, filter));
        var wanted = sort.Select(key => (Field: key.Name, Direction: key.Value.ToInt32())).ToArray();
        var rest = isFixed == 0 ? [] : index.Keys.Skip(isFixed).Take(wanted.Length).ToArray();
        if (rest.SequenceEqual(wanted)) return candidates.Where(entry => Filter.Matches(entry.Doc, filter));
        if (rest.Select(key => (key.Field, -key.Direction)).SequenceEqual(wanted))
        {
            return candidates.Reverse().Where(entry => Filter.Matches(entry.Doc, filter));
        }
        return candidates.Where(entry => Filter.Matches(entry.Doc, filter)).OrderBy(entry => entry.Doc, Order(sort));
    }

    public static Comparer<BsonDocument> Order(BsonDocument sort) => Comparer<BsonDocument>.Create((x, y) => sort
        .Select(key => key.Value.ToInt32() * x.GetValue(key.Name, BsonNull.Value).CompareTo(y.GetValue(key.Name, BsonNull.Value)))
        .FirstOrDefault(order => order != 0));

    private void Replace(Entry found, BsonDocument change)
    {
        var changed = Apply(found.Doc, change, isNew: false);
        foreach (var index in _indexes) CheckUnique(index, changed, found.Doc);
        Remove(found);
        Add(found with { Doc = changed });
    }

    private static BsonDocument Apply(BsonDocument doc, BsonDocument change, bool isNew)
    {
        if (!change.GetElement(0).Name.StartsWith('$')) return new BsonDocument("_id", doc["_id"]).AddRange(change);
        var changed = (BsonDocument)doc.Clone();
        foreach (var operation in change)
        {
            foreach (var field in operation.Value.AsBsonDocument)
            {
                if (operation.Name == "$set" || (operation.Name == "$setOnInsert" && isNew)) changed[field.Name] = field.Value;
                else if (operation.Name == "$setOnInsert") continue;
                else if (operation.Name == "$unset") changed.Remove(field.Name);
                else if (operation.Name == "$inc") changed[field.Name] = changed.GetValue(field.Name, 0L).AsInt64 + field.Value.AsInt64;
                else throw new CommandError(9, $"Unknown modifier: {operation.Name}");
            }
        }
        return changed;
    }

    private void Add(Entry entry)
    {
        _documents.Add(entry with { Key = [] });
        foreach (var index in _indexes.Where(index => index.Takes(entry.Doc)))
        {
            index.Entries.Add(entry with { Key = index.KeyOf(entry.Doc) });
        }
    }

    private void Remove(Entry entry)
    {
        _documents.Remove(entry with { Key = [] });
        foreach (var index in _indexes) index.Entries.Remove(entry with { Key = index.KeyOf(entry.Doc) });
    }

    private static void CheckUnique(Index index, BsonDocument doc, BsonDocument? itself)
    {
        if (!index.IsUnique || !index.Takes(doc)) return;
        if (index.Between(index.KeyOf(doc)).Any(entry => !ReferenceEquals(entry.Doc, itself)))
        {
            throw new CommandError(11000, $"E11000 duplicate key error index: {index.Name}");
        }
    }
}

/// <summary>The supported query operators; another one is an error, not a filter without results.</summary>
internal static class Filter
{
    public static bool Matches(BsonDocument doc, BsonDocument filter) => filter.All(element => element.Name switch
    {
        "$or" => element.Value.AsBsonArray.Any(branch => Matches(doc, branch.AsBsonDocument)),
        "$and" => element.Value.AsBsonArray.All(branch => Matches(doc, branch.AsBsonDocument)),
        ['$', ..] => throw new CommandError(2, $"unknown top level operator: {element.Name}"),
        _ => Matches(doc, element.Name, element.Value),
    });

    private static bool Matches(BsonDocument doc, string field, BsonValue wanted)
    {
        var value = doc.GetValue(field, BsonNull.Value);
        if (wanted is not BsonDocument operators || !operators.GetElement(0).Name.StartsWith('$')) return value.CompareTo(wanted) == 0;
        return operators.All(operation => operation.Name switch
        {
            "$eq" => value.CompareTo(operation.Value) == 0,
            "$ne" => value.CompareTo(operation.Value) != 0,
            "$gt" => Ordered(value, operation.Value) > 0,
            "$gte" => Ordered(value, operation.Value) >= 0,
            "$lt" => Ordered(value, operation.Value) < 0,
            "$lte" => Ordered(value, operation.Value) <= 0,
            "$in" => operation.Value.AsBsonArray.Any(one => value.CompareTo(one) == 0),
            "$exists" => doc.Contains(field) == operation.Value.AsBoolean,
            _ => throw new CommandError(2, $"unknown operator: {operation.Name}"),
        });
    }

    // For a filter, values of different types are neither smaller nor larger.
    private static int? Ordered(BsonValue value, BsonValue wanted) =>
        value.CompareTypeTo(wanted) == 0 || (value.IsNumeric && wanted.IsNumeric) ? value.CompareTo(wanted) : null;
}
