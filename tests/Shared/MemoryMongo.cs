using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using BigTech.Platform.Documents;

namespace BigTech.Tests.Shared;

/// <summary>What becomes of a command, in the tests that make trouble.</summary>
internal enum Fault
{
    None,

    /// <summary>The connection breaks and nothing has happened.</summary>
    DropBefore,

    /// <summary>It is done, and the connection breaks before the answer.</summary>
    DropAfter,

    /// <summary>The server refuses it: it is no longer the primary.</summary>
    SteppedDown,

    /// <summary>The server refuses it: whoever asks may not.</summary>
    Forbidden,
}

/// <summary>
/// A MongoDB server in memory, as much of one as this product uses: the wire protocol over TCP (OP_MSG, and OP_QUERY for the driver's
/// first greeting), the commands below, and unique and partial indexes. One command at a time. What it does not know it refuses.
/// </summary>
internal sealed class MemoryMongo : IDisposable
{
    private readonly Dictionary<string, MemoryCollection> _collections = [];
    private readonly Dictionary<long, Queue<Doc>> _cursors = [];
    private readonly ConcurrentDictionary<TcpClient, bool> _connections = new();
    private readonly ConcurrentDictionary<string, int> _seen = new();
    private readonly ConcurrentDictionary<string, int> _done = new();
    private readonly Lock _lock = new();
    private TcpListener? _listener;
    private long _lastCursor;

    public MemoryMongo()
    {
        EngineProcesses.ThrowIfExcluded("a server of MongoDB's protocol");
        Start();
    }

    public int Port { get; private set; }

    public string Uri => $"mongodb://127.0.0.1:{Port}/?heartbeatFrequencyMS=500";

    /// <summary>Asked about every command but greetings, with its name, on the connection's thread: it may wait to be slow.</summary>
    public Func<string, Fault> OnCommand { get; set; } = static _ => Fault.None;

    /// <summary>Ends the trouble, and waits until the driver has seen it: it looks at a server that failed twice a second.</summary>
    public Task Heal(DocumentSession documents)
    {
        OnCommand = static _ => Fault.None;
        return Eventually.Holds(
            () =>
            {
                try
                {
                    documents.Ping();
                    return true;
                }
                catch (DocumentStoreGoneException)
                {
                    return false;
                }
            }, "healed");
    }

    /// <summary>How often a command has come in.</summary>
    public int Seen(string command) => _seen.GetValueOrDefault(command);

    /// <summary>How often a command has been run to its end.</summary>
    public int Done(string command) => _done.GetValueOrDefault(command);

    /// <summary>Listens again, where it listened before.</summary>
    public void Start()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        var listener = _listener;
        new Thread(() => Accept(listener)) { IsBackground = true, Name = "memory mongo" }.Start();
    }

    /// <summary>
    /// For <see cref="OnCommand"/>, a write that comes late: who has sent it gets no answer, and others may write before it is done.
    /// </summary>
    public Fault BreakAndWait(ManualResetEventSlim until)
    {
        Stop();
        Start();
        until.Wait();
        return Fault.None;
    }

    /// <summary>Refuses connections and breaks those that are open; what was written stays.</summary>
    public void Stop()
    {
        _listener?.Stop();
        foreach (var connection in _connections.Keys) connection.Close();
    }

    public void Dispose() => Stop();

    private void Accept(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var connection = listener.AcceptTcpClient();
                connection.NoDelay = true;
                _connections[connection] = true;
                new Thread(() => Serve(connection)) { IsBackground = true, Name = "memory mongo connection" }.Start();
            }
        }
        catch (Exception error) when (error is SocketException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private void Serve(TcpClient connection)
    {
        try
        {
            using var stream = connection.GetStream();
            while (Answer(stream)) { }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The other side has gone, or the server has.
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            connection.Close();
        }
    }

    private bool Answer(NetworkStream stream)
    {
        const int opQuery = 2004;
        const int opMsg = 2013;
        var header = new byte[16];
        if (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length) return false;
        var body = new byte[BinaryPrimitives.ReadInt32LittleEndian(header) - header.Length];
        stream.ReadExactly(body);
        var request = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4));
        switch (BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(12)))
        {
            case opQuery:
                Send(stream, request, 1, [.. new byte[4 + 8 + 4], 1, 0, 0, 0], Greeting());
                return true;
            case opMsg:
                const int moreToCome = 2;
                var isQuiet = (BinaryPrimitives.ReadInt32LittleEndian(body) & moreToCome) != 0;
                var command = Command(body);
                var (reply, fault) = Run(command);
                if (fault is Fault.DropBefore or Fault.DropAfter) return false;
                if (!isQuiet) Send(stream, request, opMsg, [0, 0, 0, 0, 0], reply);
                return true;
            default:
                return false;
        }
    }

    private static void Send(NetworkStream stream, int request, int operation, ReadOnlySpan<byte> head, Doc reply)
    {
        const int header = 16;
        var document = reply.ToBson().Bytes.Span;
        var message = new byte[header + head.Length + document.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(8), request);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), operation);
        head.CopyTo(message.AsSpan(header));
        document.CopyTo(message.AsSpan(header + head.Length));
        stream.Write(message);
    }

    /// <summary>The command of an OP_MSG, with the sequences of documents that came beside it put into their places.</summary>
    private static Doc Command(ReadOnlySpan<byte> body)
    {
        var command = new Doc();
        var rest = body[sizeof(int)..];
        while (!rest.IsEmpty)
        {
            var kind = rest[0];
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest[1..]);
            var section = rest.Slice(1, length);
            if (kind == 0)
            {
                foreach (var (name, value) in Doc.Parse(new BsonReader(section)).Elements) command[name] = value;
            }
            else
            {
                var name = section[sizeof(int)..];
                var end = name.IndexOf((byte)0);
                command[Encoding.UTF8.GetString(name[..end])] = Sequence(name[(end + 1)..]);
            }
            rest = rest[(1 + length)..];
        }
        return command;
    }

    private static List<object?> Sequence(ReadOnlySpan<byte> documents)
    {
        var list = new List<object?>();
        while (!documents.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(documents);
            list.Add(Doc.Parse(new BsonReader(documents[..length])));
            documents = documents[length..];
        }
        return list;
    }

    private (Doc Reply, Fault Fault) Run(Doc command)
    {
        var name = command.Elements[0].Key;
        _seen.AddOrUpdate(name, 1, static (_, count) => count + 1);
        var isGreeting = name is "hello" or "isMaster" or "ismaster";
        var fault = isGreeting ? Fault.None : OnCommand(name);
        if (fault == Fault.DropBefore) return (new Doc(), fault);
        if (fault == Fault.SteppedDown) return (Error(new CommandError(10107, "not primary")), fault);
        if (fault == Fault.Forbidden) return (Error(new CommandError(13, "not authorized")), fault);
        try
        {
            lock (_lock)
            {
                var reply = isGreeting ? Greeting() : Run(name, command);
                if (!reply.Has("ok")) reply["ok"] = 1.0;
                _done.AddOrUpdate(name, 1, static (_, count) => count + 1);
                return (reply, fault);
            }
        }
        catch (CommandError error)
        {
            return (Error(error), fault);
        }
    }

    private static Doc Error(CommandError error) => Doc.Of(("ok", 0.0), ("errmsg", error.Message), ("code", error.Code));

    private static Doc Greeting() => Doc.Of(
        ("helloOk", true), ("ismaster", true), ("isWritablePrimary", true), ("maxBsonObjectSize", 16 * 1024 * 1024),
        ("maxMessageSizeBytes", 48_000_000), ("maxWriteBatchSize", 100_000), ("logicalSessionTimeoutMinutes", 30),
        ("minWireVersion", 0), ("maxWireVersion", 13), ("readOnly", false), ("ok", 1.0));

    private Doc Run(string name, Doc command) => name switch
    {
        "ping" or "endSessions" or "killCursors" => new Doc(),
        "insert" => Insert(command),
        "find" => Cursor(command, Find(command)),
        "aggregate" => Cursor(command, Aggregate(command)),
        "getMore" => More(command),
        "update" => Update(command),
        "delete" => Delete(command),
        "findAndModify" => Doc.Of(("value", Collection(command).FindAndModify(command.Get<Doc>("query"), command.Get<Doc>("update")))),
        "createIndexes" => CreateIndexes(command),
        "dropDatabase" => Drop(command),
        _ => throw new CommandError(59, $"no such command: '{name}'"),
    };

    private MemoryCollection Collection(Doc command)
    {
        var name = $"{command.Get<string>("$db")}.{command.Elements[0].Value}";
        if (!_collections.TryGetValue(name, out var collection)) _collections.Add(name, collection = new MemoryCollection());
        return collection;
    }

    private List<Doc> Find(Doc command)
    {
        var found = Collection(command).Find(
            command.Get("filter", new Doc()), command.Get<Doc?>("sort", null), command.Get("skip", 0L), command.Get("limit", 0L));
        if (command.Get<Doc?>("projection", null) is not { } projection) return found;
        if (projection.Elements.Any(field => field.Value is not 1L)) throw new CommandError(2, "only fields to include are known");
        return found.ConvertAll(doc => Doc.Of([.. doc.Elements.Where(element => element.Key == "_id" || projection.Has(element.Key)).Select(element => (element.Key, element.Value))]));
    }

    private Doc Insert(Doc command)
    {
        var (collection, isOrdered) = (Collection(command), command.Get("ordered", true));
        var errors = new List<object?>();
        var inserted = 0;
        var documents = command.Get<List<object?>>("documents");
        for (var i = 0; i < documents.Count; i++)
        {
            try
            {
                collection.Insert((Doc)documents[i]!);
                inserted++;
            }
            catch (CommandError error)
            {
                errors.Add(Doc.Of(("index", i), ("code", error.Code), ("errmsg", error.Message)));
                if (isOrdered) break;
            }
        }
        return Written(inserted, errors);
    }

    private Doc Update(Doc command)
    {
        var (matched, modified) = (0L, 0L);
        var errors = new List<object?>();
        var updates = command.Get<List<object?>>("updates").ConvertAll(update => (Doc)update!);
        for (var i = 0; i < updates.Count; i++)
        {
            var update = updates[i];
            try
            {
                var outcome = Collection(command).Update(
                    update.Get<Doc>("q"), update.Get<Doc>("u"), update.Get("multi", false), update.Get("upsert", false));
                matched += outcome.Matched;
                modified += outcome.Modified;
            }
            catch (CommandError error)
            {
                errors.Add(Doc.Of(("index", i), ("code", error.Code), ("errmsg", error.Message)));
                if (command.Get("ordered", true)) break;
            }
        }
        var reply = Written(matched, errors);
        reply["nModified"] = modified;
        return reply;
    }

    private Doc Delete(Doc command) => Written(
        command.Get<List<object?>>("deletes").Sum(delete => Collection(command).Delete(((Doc)delete!).Get<Doc>("q"), (int)((Doc)delete).Get<long>("limit"))), []);

    private static Doc Written(long count, List<object?> errors)
    {
        var reply = Doc.Of(("n", (int)count));
        if (errors.Count > 0) reply["writeErrors"] = errors;
        return reply;
    }

    private List<Doc> Aggregate(Doc command)
    {
        var stages = command.Get<List<object?>>("pipeline").ConvertAll(stage => (Doc)stage!);
        var first = stages.FirstOrDefault()?.Get<Doc?>("$match", null);
        var found = Collection(command).Find(first ?? new Doc(), null, 0, 0);
        return stages.Skip(first is null ? 0 : 1).Aggregate(found, Stage.Run);
    }

    private Doc Cursor(Doc command, List<Doc> found)
    {
        const int firstBatch = 101;
        var batch = command.Find("batchSize", out var size) ? Convert.ToInt32(size, null) : firstBatch;
        var waiting = new Queue<Doc>(found);
        return Batch(command, waiting, batch, "firstBatch", command.Elements[0].Value, ++_lastCursor);
    }

    private Doc More(Doc command)
    {
        var id = command.Get<long>("getMore");
        if (!_cursors.Remove(id, out var waiting)) throw new CommandError(43, $"cursor id {id} not found");
        var batch = command.Find("batchSize", out var size) ? Convert.ToInt32(size, null) : int.MaxValue;
        return Batch(command, waiting, batch, "nextBatch", command["collection"], id);
    }

    private Doc Batch(Doc command, Queue<Doc> waiting, int size, string name, object? collection, long id)
    {
        var documents = new List<object?>();
        while (documents.Count < size && waiting.TryDequeue(out var document)) documents.Add(document);
        if (waiting.Count > 0) _cursors.Add(id, waiting);
        return Doc.Of(("cursor", Doc.Of(
            ("id", waiting.Count > 0 ? id : 0L), ("ns", $"{command["$db"]}.{collection}"), (name, documents))));
    }

    private Doc CreateIndexes(Doc command)
    {
        foreach (Doc? index in command.Get<List<object?>>("indexes"))
        {
            Collection(command).CreateIndex(
                index!.Get<string>("name"), index.Get<Doc>("key"), index.Get("unique", false), index.Get<Doc?>("partialFilterExpression", null));
        }
        return new Doc();
    }

    private Doc Drop(Doc command)
    {
        foreach (var name in _collections.Keys.Where(name => name.StartsWith($"{command["$db"]}.", StringComparison.Ordinal)).ToList()) _collections.Remove(name);
        return new Doc();
    }
}
