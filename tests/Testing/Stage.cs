using MongoDB.Bson;

namespace BigTech.Tests.Testing;

/// <summary>The supported pipeline stages; another one is an error.</summary>
internal static class Stage
{
    public static List<BsonDocument> Run(List<BsonDocument> found, BsonDocument stage)
    {
        var (name, argument) = (stage.Single().Name, stage.Single().Value.AsBsonDocument);
        return name switch
        {
            "$match" => found.FindAll(doc => Filter.Matches(doc, argument)),
            "$sort" => [.. found.Order(MemoryCollection.Order(argument))],
            "$group" => [.. found.GroupBy(doc => ValueOf(doc, argument["_id"])).Select(docs => Group(docs.Key, [.. docs], argument))],
            _ => throw new CommandError(40324, $"Unrecognized pipeline stage name: '{name}'"),
        };
    }

    private static BsonDocument Group(BsonValue key, List<BsonDocument> docs, BsonDocument group)
    {
        var made = new BsonDocument("_id", key);
        foreach (var field in group.Skip(1))
        {
            var (accumulator, term) = (field.Value.AsBsonDocument.Single().Name, field.Value.AsBsonDocument.Single().Value);
            made.Add(field.Name, accumulator switch
            {
                "$sum" => docs.Sum(doc => ValueOf(doc, term).ToInt64()),
                "$first" => ValueOf(docs[0], term),
                _ => throw new CommandError(15952, $"unknown group operator '{accumulator}'"),
            });
        }
        return made;
    }

    private static BsonValue ValueOf(BsonDocument doc, BsonValue expression) =>
        expression is BsonString && expression.AsString is ['$', .. var field] ? doc.GetValue(field, BsonNull.Value) : expression;
}
