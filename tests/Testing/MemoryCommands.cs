using MongoDB.Bson;

namespace BigTech.Tests.Testing;

/// <summary>The data of a <see cref="MemoryMongo"/>, and the commands on it, of which the server runs one at a time.</summary>
internal sealed class MemoryCommands
{
    private readonly Dictionary<string, MemoryCollection> _collections = [];
    private readonly Dictionary<long, Queue<BsonDocument>> _cursors = [];
    private readonly Dictionary<string, BsonDocument> _answers = [];
    private long _lastCursor;

    /// <summary>Runs a command; a repeated write with the same number gets its first answer.</summary>
    public BsonDocument RunOnce(string name, BsonDocument command)
    {
        if (!command.Contains("txnNumber")) return Run(name, command);
        var number = $"{command["lsid"]} {command["txnNumber"]}";
        if (!_answers.TryGetValue(number, out var answer)) _answers.Add(number, answer = Run(name, command));
        return answer;
    }

    private BsonDocument Run(string name, BsonDocument command) => name switch
    {
        "ping" or "endSessions" or "killCursors" => [],
        "insert" => Insert(command),
        "find" => Cursor(command, Find(command)),
        "aggregate" => Cursor(command, Aggregate(command)),
        "getMore" => More(command),
        "update" => Update(command),
        "delete" => Delete(command),
        "createIndexes" => CreateIndexes(command),
        "dropDatabase" => Drop(command),
        _ => throw new CommandError(59, $"no such command: '{name}'"),
    };

    private MemoryCollection Collection(BsonDocument command)
    {
        var name = $"{command["$db"]}.{command[0]}";
        if (!_collections.TryGetValue(name, out var collection)) _collections.Add(name, collection = new MemoryCollection());
        return collection;
    }

    private List<BsonDocument> Find(BsonDocument command)
    {
        var found = Collection(command).Find(
            command.GetValue("filter", new BsonDocument()).AsBsonDocument, command.GetValue("sort", null)?.AsBsonDocument,
            command.GetValue("skip", 0).ToInt32(), command.GetValue("limit", 0).ToInt32());
        if (command.GetValue("projection", null) is not BsonDocument projection) return found;
        if (projection.Values.Any(value => value != 1)) throw new CommandError(2, "only fields to include are known");
        return found.ConvertAll(doc => new BsonDocument(doc.Where(element => element.Name == "_id" || projection.Contains(element.Name))));
    }

    private BsonDocument Insert(BsonDocument command)
    {
        var inserted = 0;
        var errors = EachOf(command, "documents", (document, _) =>
        {
            Collection(command).Insert(document);
            inserted++;
        });
        return Written(inserted, errors);
    }

    private BsonDocument Update(BsonDocument command)
    {
        var (matched, modified, upserted) = (0, 0, new BsonArray());
        var errors = EachOf(command, "updates", (update, index) =>
        {
            var outcome = Collection(command).Update(
                update["q"].AsBsonDocument, update["u"].AsBsonDocument, update.GetValue("multi", false).AsBoolean,
                update.GetValue("upsert", false).AsBoolean);
            matched += outcome.Matched;
            modified += outcome.Modified;
            if (outcome.Upserted is { } id) upserted.Add(new BsonDocument { { "index", index }, { "_id", id } });
        });
        return Written(matched + upserted.Count, errors).Add("nModified", modified).Add("upserted", upserted, upserted.Count > 0);
    }

    private BsonDocument Delete(BsonDocument command)
    {
        var deleted = 0;
        var errors = EachOf(command, "deletes",
            (delete, _) => deleted += Collection(command).Delete(delete["q"].AsBsonDocument, delete["limit"].ToInt32()));
        return Written(deleted, errors);
    }

    /// <summary>Runs the several writes of a command; in ordered mode the first error ends it.</summary>
    private static BsonArray EachOf(BsonDocument command, string name, Action<BsonDocument, int> write)
    {
        var errors = new BsonArray();
        var index = 0;
        foreach (var one in command[name].AsBsonArray)
        {
            try
            {
                write(one.AsBsonDocument, index);
            }
            catch (CommandError error)
            {
                errors.Add(new BsonDocument { { "index", index }, { "code", error.Code }, { "errmsg", error.Message } });
                if (command.GetValue("ordered", true).AsBoolean) break;
            }
            index++;
        }
        return errors;
    }

    private static BsonDocument Written(int count, BsonArray errors) =>
        new BsonDocument("n", count).Add("writeErrors", errors, errors.Count > 0);

    private List<BsonDocument> Aggregate(BsonDocument command)
    {
        var stages = command["pipeline"].AsBsonArray.Select(stage => stage.AsBsonDocument).ToList();
        var first = stages.FirstOrDefault()?.GetValue("$match", null)?.AsBsonDocument;
        var found = Collection(command).Find(first ?? [], null, 0, 0);
        return stages.Skip(first is null ? 0 : 1).Aggregate(found, Stage.Run);
    }

    private BsonDocument Cursor(BsonDocument command, List<BsonDocument> found) =>
        Batch(
            command, new Queue<BsonDocument>(found), command.GetValue("batchSize", 101).ToInt32(), "firstBatch", command[0], ++_lastCursor);

    private BsonDocument More(BsonDocument command)
    {
        var id = command["getMore"].AsInt64;
        if (!_cursors.Remove(id, out var waiting)) throw new CommandError(43, $"cursor id {id} not found");
        return Batch(command, waiting, command.GetValue("batchSize", int.MaxValue).ToInt32(), "nextBatch", command["collection"], id);
    }

    private BsonDocument Batch(BsonDocument command, Queue<BsonDocument> waiting, int size, string name, BsonValue collection, long id)
    {
        var documents = new BsonArray();
        while (documents.Count < size && waiting.TryDequeue(out var document)) documents.Add(document);
        if (waiting.Count > 0) _cursors.Add(id, waiting);
        return new BsonDocument("cursor", new BsonDocument
        {
            { "id", waiting.Count > 0 ? id : 0L },
            { "ns", $"{command["$db"]}.{collection}" },
            { name, documents },
        });
    }

    private BsonDocument CreateIndexes(BsonDocument command)
    {
        foreach (var index in command["indexes"].AsBsonArray.Select(index => index.AsBsonDocument))
        {
            Collection(command).CreateIndex(
                index["name"].AsString, index["key"].AsBsonDocument, index.GetValue("unique", false).AsBoolean,
                index.GetValue("partialFilterExpression", null)?.AsBsonDocument);
        }
        return [];
    }

    private BsonDocument Drop(BsonDocument command)
    {
        foreach (var name in _collections.Keys.Where(name => name.StartsWith($"{command["$db"]}.", StringComparison.Ordinal)).ToList())
        {
            _collections.Remove(name);
        }
        return [];
    }
}

/// <summary>An error that the server answers with <c>ok: 0</c>.</summary>
internal sealed class CommandError(int code, string message) : Exception(message)
{
    public int Code { get; } = code;
}
