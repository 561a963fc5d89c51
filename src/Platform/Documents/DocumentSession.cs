namespace BigTech.Platform.Documents;

/// <summary>How a query is answered.</summary>
/// <param name="Limit">At most so many documents; 0 means all.</param>
/// <param name="BatchSize">How many the server sends at once; 0 leaves it to the server.</param>
/// <param name="Only">The fields that are wanted, as <c>{field: 1}</c>; all of them without it.</param>
public sealed record FindOptions(BsonDocument? Sort = null, int Limit = 0, int Skip = 0, int BatchSize = 0, BsonDocument? Only = null);

/// <summary>An index to have.</summary>
/// <param name="Only">Only documents that match it are in the index.</param>
public sealed record IndexDefinition(string Name, BsonDocument Keys, bool IsUnique = false, BsonDocument? Only = null);

/// <summary>A document that was not inserted because another one has its key.</summary>
/// <param name="Index">Its place among the documents that were given.</param>
public sealed record DuplicateKey(int Index, string Message);

/// <summary>What became of an insert.</summary>
public sealed record InsertOutcome(int Inserted, IReadOnlyList<DuplicateKey> Duplicates);

/// <summary>What became of an update.</summary>
/// <param name="Matched">How many documents the filter found.</param>
public sealed record UpdateOutcome(long Matched, long Modified);

/// <summary>One document's share of <see cref="DocumentSession.UpdateAll"/>.</summary>
/// <param name="Change">Update operators, or a whole document, without its id, that takes the place of the one that is found.</param>
/// <param name="IsUpsert">Whether a document is made of filter and change where none is found.</param>
public sealed record DocumentUpdate(BsonDocument Filter, BsonDocument Change, bool IsUpsert = false);

/// <summary>
/// A connection of a <see cref="DocumentDatabase"/> in use by one thread. Calls block for as long as they take, up to the timeouts. All of
/// them throw <see cref="DocumentStoreGoneException"/> when no server answered and <see cref="DocumentException"/> when one refused.
/// Writes are answered by a majority, from the journal; reads see what a majority has.
/// </summary>
public sealed unsafe class DocumentSession : IDisposable
{
    private const int DuplicateKeyCode = 11000;

    private readonly ClientHandle _client;
    private readonly string _database;

    internal DocumentSession(ClientHandle client, string database)
    {
        _client = client;
        _database = database;
    }

    /// <summary>Inserts a document; false when its key is taken.</summary>
    public bool TryInsert(string collection, BsonDocument document) => InsertMany(collection, [document], ordered: true).Inserted == 1;

    /// <summary>Inserts documents.</summary>
    /// <param name="ordered">Whether the first duplicate ends it; the documents before it are inserted then, and none behind it.</param>
    public InsertOutcome InsertMany(string collection, IReadOnlyList<BsonDocument> documents, bool ordered)
    {
        if (documents.Count == 0) return new InsertOutcome(0, []);
        using var target = NativeMongo.GetCollection(_client, _database, collection);
        using var given = new NativeDocuments([.. documents]);
        using var options = new NativeDocuments(new BsonWriter().Write("ordered", ordered).ToDocument());
        using var reply = new NativeReply();
        var addresses = new nint[documents.Count];
        for (var i = 0; i < documents.Count; i++) addresses[i] = given[i];
        bool isDone;
        NativeMongo.Error error;
        fixed (nint* first = addresses)
        {
            isDone = NativeMongo.InsertMany(target, first, (nuint)documents.Count, options[0], reply.Bson, out error);
        }
        if (!isDone && !IsDuplicateKey(error)) throw DocumentErrors.Of(error);
        var answer = reply.Read();
        var inserted = answer.Find("insertedCount"u8) ? answer.SmallNumber() : 0;
        return new InsertOutcome(inserted, isDone ? [] : Duplicates(reply.Read()));
    }

    /// <summary>The documents that match, read one by one.</summary>
    public List<T> Find<T>(string collection, BsonDocument filter, BsonRead<T> read, FindOptions? options = null)
    {
        using var target = NativeMongo.GetCollection(_client, _database, collection);
        using var question = new NativeDocuments(filter, Options(options ?? new FindOptions()));
        using var cursor = NativeMongo.Find(target, question[0], question[1], 0);
        return ReadAll(cursor, read);
    }

    /// <summary>What comes out of the last of some stages, as <c>{$match: {…}}</c>, read one by one.</summary>
    public List<T> Aggregate<T>(string collection, IEnumerable<BsonDocument> stages, BsonRead<T> read)
    {
        var pipeline = new BsonWriter().StartArray("pipeline");
        foreach (var stage in stages) pipeline.Write(null, stage);
        using var target = NativeMongo.GetCollection(_client, _database, collection);
        using var question = new NativeDocuments(pipeline.End().ToDocument());
        using var cursor = NativeMongo.Aggregate(target, 0, question[0], 0, 0);
        return ReadAll(cursor, read);
    }

    public long Count(string collection, BsonDocument filter)
    {
        using var target = NativeMongo.GetCollection(_client, _database, collection);
        using var question = new NativeDocuments(filter);
        using var reply = new NativeReply();
        var count = NativeMongo.CountDocuments(target, question[0], 0, 0, reply.Bson, out var error);
        return count >= 0 ? count : throw DocumentErrors.Of(error);
    }

    /// <summary>Changes the first document that matches.</summary>
    /// <param name="change">Update operators, as <c>{$set: {…}}</c>.</param>
    /// <exception cref="DocumentException">11000: the change would take a key that another document has.</exception>
    public UpdateOutcome Update(string collection, BsonDocument filter, BsonDocument change)
    {
        var command = new BsonWriter().Write("update", collection)
            .StartArray("updates").StartDocument(null).Write("q", filter).Write("u", change).End().End();
        using var reply = Write(command.ToDocument());
        return new UpdateOutcome(Number(reply, "n"u8), Number(reply, "nModified"u8));
    }

    /// <summary>Changes documents in one call, one after the other; what fails ends it. To be repeated as a whole, they must allow it.</summary>
    /// <returns>How many of them were found, all together.</returns>
    /// <exception cref="DocumentException">One was refused; those before it are done.</exception>
    public UpdateOutcome UpdateAll(string collection, IEnumerable<DocumentUpdate> updates)
    {
        var command = new BsonWriter().Write("update", collection).Write("ordered", true).StartArray("updates");
        foreach (var update in updates)
        {
            command.StartDocument(null).Write("q", update.Filter).Write("u", update.Change);
            if (update.IsUpsert) command.Write("upsert", true);
            command.End();
        }
        using var reply = Write(command.End().ToDocument());
        return new UpdateOutcome(Number(reply, "n"u8), Number(reply, "nModified"u8));
    }

    /// <summary>Changes the first document that matches, and reads it as it is then; default when none matches.</summary>
    public T? FindAndModify<T>(string collection, BsonDocument filter, BsonDocument change, BsonRead<T> read)
    {
        var command = new BsonWriter().Write("findAndModify", collection).Write("query", filter).Write("update", change).Write("new", true);
        using var reply = Write(command.ToDocument());
        var answer = reply.Read();
        return answer.Find("value"u8) && answer.Type == BsonType.Document ? read(answer.Document()) : default;
    }

    /// <summary>Deletes all documents that match.</summary>
    /// <returns>How many are gone.</returns>
    public long Delete(string collection, BsonDocument filter)
    {
        var command = new BsonWriter().Write("delete", collection)
            .StartArray("deletes").StartDocument(null).Write("q", filter).Write("limit", 0).End().End();
        using var reply = Write(command.ToDocument());
        return Number(reply, "n"u8);
    }

    /// <summary>Makes the indexes that are not there; nothing happens to those that are.</summary>
    public void CreateIndexes(string collection, params ReadOnlySpan<IndexDefinition> indexes)
    {
        var command = new BsonWriter().Write("createIndexes", collection).StartArray("indexes");
        foreach (var index in indexes)
        {
            command.StartDocument(null).Write("name", index.Name).Write("key", index.Keys);
            if (index.IsUnique) command.Write("unique", true);
            if (index.Only is { } only) command.Write("partialFilterExpression", only);
            command.End();
        }
        Write(command.End().ToDocument()).Dispose();
    }

    /// <summary>Asks a server whether it is there.</summary>
    public void Ping()
    {
        using var command = new NativeDocuments(new BsonWriter().Write("ping", 1).ToDocument());
        using var reply = new NativeReply();
        if (!NativeMongo.SimpleCommand(_client, _database, command[0], 0, reply.Bson, out var error)) throw DocumentErrors.Of(error);
    }

    /// <summary>Deletes the database with all that it holds.</summary>
    public void Drop() => Write(new BsonWriter().Write("dropDatabase", 1).ToDocument()).Dispose();

    /// <summary>Gives the connection back.</summary>
    public void Dispose() => _client.Dispose();

    private static List<T> ReadAll<T>(CursorHandle cursor, BsonRead<T> read)
    {
        var found = new List<T>();
        while (NativeMongo.Next(cursor, out var document)) found.Add(read(new BsonReader(NativeReply.Bytes(document))));
        return NativeMongo.CursorError(cursor, out var error) ? throw DocumentErrors.Of(error) : found;
    }

    private static BsonDocument Options(FindOptions options)
    {
        var writer = new BsonWriter();
        if (options.Sort is { } sort) writer.Write("sort", sort);
        if (options.Limit > 0) writer.Write("limit", (long)options.Limit);
        if (options.Skip > 0) writer.Write("skip", (long)options.Skip);
        if (options.BatchSize > 0) writer.Write("batchSize", options.BatchSize);
        if (options.Only is { } only) writer.Write("projection", only);
        return writer.ToDocument();
    }

    private NativeReply Write(BsonDocument command)
    {
        using var given = new NativeDocuments(command);
        var reply = new NativeReply();
        try
        {
            if (!NativeMongo.WriteCommand(_client, _database, given[0], 0, reply.Bson, out var error)) throw DocumentErrors.Of(error);
            // A command can succeed while what it was to do fails, document by document.
            var answer = reply.Read();
            if (answer.Find("writeErrors"u8)) throw FirstOf(answer.Document());
            return reply;
        }
        catch
        {
            reply.Dispose();
            throw;
        }
    }

    private static DocumentException FirstOf(BsonReader errors)
    {
        if (!errors.Read()) throw new FormatException("The server told of errors and named none.");
        var (code, message) = (0, "");
        var error = errors.Document();
        while (error.Read())
        {
            if (error.Name.SequenceEqual("code"u8)) code = error.SmallNumber();
            else if (error.Name.SequenceEqual("errmsg"u8)) message = error.Text();
        }
        return new DocumentException(code, message);
    }

    private static List<DuplicateKey> Duplicates(BsonReader reply)
    {
        var duplicates = new List<DuplicateKey>();
        if (!reply.Find("writeErrors"u8)) return duplicates;
        var errors = reply.Document();
        while (errors.Read())
        {
            var error = errors.Document();
            var code = error.Find("code"u8) ? error.SmallNumber() : 0;
            var message = error.Find("errmsg"u8) ? error.Text() : "";
            if (code != DuplicateKeyCode) throw new DocumentException(code, message);
            duplicates.Add(new DuplicateKey(error.Find("index"u8) ? error.SmallNumber() : -1, message));
        }
        return duplicates;
    }

    private static bool IsDuplicateKey(NativeMongo.Error error) => error.Code == DuplicateKeyCode;

    private static long Number(NativeReply reply, ReadOnlySpan<byte> name)
    {
        var answer = reply.Read();
        return answer.Find(name) ? answer.Number() : 0;
    }
}
