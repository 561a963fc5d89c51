namespace BigTech.Tests.Shared;

/// <summary>The stages of pipelines that are known here; another one is an error.</summary>
internal static class Stage
{
    public static List<Doc> Run(List<Doc> found, Doc stage) => stage.Elements.Single() switch
    {
        { Key: "$match", Value: Doc filter } => found.FindAll(doc => Filter.Matches(doc, filter)),
        { Key: "$sort", Value: Doc order } => [.. found.Order(MemoryCollection.Order(order))],
        { Key: "$group", Value: Doc group } => [.. found.GroupBy(doc => ValueOf(doc, group["_id"])).Select(docs => Group(docs.Key, [.. docs], group))],
        var (name, _) => throw new CommandError(40324, $"Unrecognized pipeline stage name: '{name}'"),
    };

    private static Doc Group(object? key, List<Doc> docs, Doc group)
    {
        var made = Doc.Of(("_id", key));
        foreach (var (name, accumulator) in group.Elements.Skip(1))
        {
            made[name] = ((Doc)accumulator!).Elements.Single() switch
            {
                { Key: "$sum", Value: var term } => docs.Sum(doc => (long)ValueOf(doc, term)!),
                { Key: "$first", Value: var term } => ValueOf(docs[0], term),
                var (other, _) => throw new CommandError(15952, $"unknown group operator '{other}'"),
            };
        }
        return made;
    }

    private static object? ValueOf(Doc doc, object? expression) => expression is string and ['$', .. var field] ? doc[field] : expression;
}
