using BigTech.Platform.Documents;

namespace BigTech.Tests.Shared;

/// <summary>
/// A document as values in the order of their names: int and long (both as <see cref="long"/>), <see cref="double"/>, <see cref="string"/>,
/// <see cref="bool"/>, <see cref="byte"/>[], <see cref="DateTimeOffset"/>, null, <see cref="Doc"/>, and lists of those.
/// </summary>
internal sealed class Doc
{
    private readonly List<KeyValuePair<string, object?>> _elements = [];

    public IReadOnlyList<KeyValuePair<string, object?>> Elements => _elements;

    public object? this[string name]
    {
        get => Find(name, out var value) ? value : null;
        set
        {
            var at = _elements.FindIndex(element => element.Key == name);
            if (at < 0) _elements.Add(new(name, value));
            else _elements[at] = new(name, value);
        }
    }

    public bool Has(string name) => Find(name, out _);

    public bool Find(string name, out object? value)
    {
        foreach (var (key, found) in _elements)
        {
            if (key != name) continue;
            value = found;
            return true;
        }
        value = null;
        return false;
    }

    public void Remove(string name) => _elements.RemoveAll(element => element.Key == name);

    public Doc Copy()
    {
        var copy = new Doc();
        copy._elements.AddRange(_elements);
        return copy;
    }

    public T Get<T>(string name) => Find(name, out var value) && value is T typed ? typed : throw new CommandError(9, $"{name} is missing or of another type");

    public T Get<T>(string name, T otherwise) => Find(name, out var value) ? (T)value! : otherwise;

    public static Doc Of(params ReadOnlySpan<(string Name, object? Value)> elements)
    {
        var doc = new Doc();
        foreach (var (name, value) in elements) doc[name] = value;
        return doc;
    }

    public static Doc Parse(BsonReader reader)
    {
        var doc = new Doc();
        while (reader.Read()) doc._elements.Add(new(System.Text.Encoding.UTF8.GetString(reader.Name), Value(reader)));
        return doc;
    }

    public BsonDocument ToBson()
    {
        var writer = new BsonWriter();
        foreach (var (name, value) in _elements) Write(writer, name, value);
        return writer.ToDocument();
    }

    private static object? Value(BsonReader reader)
    {
        switch (reader.Type)
        {
            case BsonType.SmallInteger or BsonType.LargeInteger: return reader.Number();
            case BsonType.Real: return reader.Real();
            case BsonType.Text: return reader.Text();
            case BsonType.Boolean: return reader.Boolean();
            case BsonType.Binary: return reader.Binary().ToArray();
            case BsonType.DateTime: return reader.DateTime();
            case BsonType.Null: return null;
            case BsonType.Document: return Parse(reader.Document());
            case BsonType.Array: return Parse(reader.Document())._elements.ConvertAll(element => element.Value);
            default: throw new CommandError(14, $"values of type {reader.Type} are not kept by this server");
        }
    }

    private static void Write(BsonWriter writer, string? name, object? value)
    {
        switch (value)
        {
            case int number: writer.Write(name, number); break;
            case long number: writer.Write(name, number); break;
            case double number: writer.Write(name, number); break;
            case string text: writer.Write(name, text); break;
            case bool truth: writer.Write(name, truth); break;
            case byte[] bytes: writer.Write(name, bytes); break;
            case DateTimeOffset time: writer.Write(name, time); break;
            case null: writer.WriteNull(name); break;
            case Doc doc: writer.Write(name, doc.ToBson()); break;
            case IEnumerable<object?> list:
                writer.StartArray(name);
                foreach (var element in list) Write(writer, null, element);
                writer.End();
                break;
            default: throw new ArgumentException($"{value.GetType()} is no BSON value.", nameof(value));
        }
    }
}

/// <summary>What the server answers with <c>ok: 0</c>.</summary>
internal sealed class CommandError(int code, string message) : Exception(message)
{
    public int Code { get; } = code;
}
