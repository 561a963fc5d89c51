using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace BigTech.Tests.Shared;

/// <summary>The fate of a command, in fault tests.</summary>
internal enum Fault
{
    None,

    /// <summary>The connection breaks before the command runs.</summary>
    DropBefore,

    /// <summary>The command runs, and the connection breaks before the answer.</summary>
    DropAfter,

    /// <summary>The server rejects it: it is no longer the primary.</summary>
    SteppedDown,

    /// <summary>The server rejects it: the caller is not authorized.</summary>
    Forbidden,
}

/// <summary>
/// A MongoDB server in memory, with the features that this product uses: the wire protocol over TCP (OP_MSG, and OP_QUERY for the driver's
/// first handshake), the commands below, and unique and partial indexes. One command at a time. Unknown commands are errors.
/// </summary>
/// <remarks>
/// It is standalone, so that the driver repeats no write and the caller sees each fault. As the only member of a replica set it remembers
/// writes, as servers with retryable writes do.
/// </remarks>
internal sealed class MemoryMongo : IDisposable
{
    private readonly bool _isReplicaSet;
    private readonly Dictionary<string, MemoryCollection> _collections = [];
    private readonly Dictionary<long, Queue<BsonDocument>> _cursors = [];
    private readonly ConcurrentDictionary<TcpClient, bool> _connections = new();
    private readonly ConcurrentDictionary<string, int> _seen = new();
    private readonly ConcurrentDictionary<string, int> _done = new();
    private readonly Dictionary<string, BsonDocument> _answers = [];
    private readonly Lock _lock = new();
    private TcpListener? _listener;
    private long _lastCursor;

    public MemoryMongo(bool isReplicaSet = false)
    {
        _isReplicaSet = isReplicaSet;
        EngineProcesses.ThrowIfExcluded("a server of MongoDB's protocol");
        Start();
    }

    public int Port { get; private set; }

    public string Uri => $"mongodb://{Address}/?heartbeatFrequencyMS=500";

    private string Address => $"127.0.0.1:{Port}";

    /// <summary>Called for every command except handshakes, with its name, on the connection's thread: it may block to be slow.</summary>
    public Func<string, Fault> OnCommand { get; set; } = static _ => Fault.None;

    /// <summary>Ends the faults, and waits until the driver has noticed: it checks a failed server twice a second.</summary>
    public Task Heal(DocumentDatabase documents)
    {
        OnCommand = static _ => Fault.None;
        return Eventually.Holds(
            async () =>
            {
                try
                {
                    await documents.Ping(CancellationToken.None);
                    return true;
                }
                catch (AppError)
                {
                    return false;
                }
            }, "healed");
    }

    /// <summary>How often a command has been received.</summary>
    public int Seen(string command) => _seen.GetValueOrDefault(command);

    /// <summary>How often a command has completed.</summary>
    public int Done(string command) => _done.GetValueOrDefault(command);

    /// <summary>Listens again, on the same address.</summary>
    public void Start()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        var listener = _listener;
        new Thread(() => Accept(listener)) { IsBackground = true, Name = "memory mongo" }.Start();
    }

    /// <summary>
    /// For <see cref="OnCommand"/>, a write that runs late: its sender gets no answer, and other clients may write before it.
    /// </summary>
    public Fault BreakAndWait(ManualResetEventSlim until)
    {
        Stop();
        Start();
        until.Wait();
        return Fault.None;
    }

    /// <summary>Rejects connections and breaks the open ones; the data stays.</summary>
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
            // The client or the server has closed the connection.
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

    private static void Send(NetworkStream stream, int request, int operation, ReadOnlySpan<byte> head, BsonDocument reply)
    {
        const int header = 16;
        var document = reply.ToBson();
        var message = new byte[header + head.Length + document.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(8), request);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), operation);
        head.CopyTo(message.AsSpan(header));
        document.CopyTo(message.AsSpan(header + head.Length));
        stream.Write(message);
    }

    /// <summary>The command of an OP_MSG, with its separate document sequences inserted as fields.</summary>
    private static BsonDocument Command(ReadOnlySpan<byte> body)
    {
        var command = new BsonDocument();
        var rest = body[sizeof(int)..];
        while (!rest.IsEmpty)
        {
            var kind = rest[0];
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest[1..]);
            var section = rest.Slice(1, length);
            if (kind == 0)
            {
                command.AddRange(Parse(section));
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

    private static BsonArray Sequence(ReadOnlySpan<byte> documents)
    {
        var list = new BsonArray();
        while (!documents.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(documents);
            list.Add(Parse(documents[..length]));
            documents = documents[length..];
        }
        return list;
    }

    private static BsonDocument Parse(ReadOnlySpan<byte> document) => BsonSerializer.Deserialize<BsonDocument>(document.ToArray());

    private (BsonDocument Reply, Fault Fault) Run(BsonDocument command)
    {
        var name = command.GetElement(0).Name;
        _seen.AddOrUpdate(name, 1, static (_, count) => count + 1);
        var isGreeting = name is "hello" or "isMaster" or "ismaster";
        var fault = isGreeting ? Fault.None : OnCommand(name);
        if (fault == Fault.DropBefore) return ([], fault);
        if (fault == Fault.SteppedDown) return (Error(new CommandError(10107, "not primary")), fault);
        if (fault == Fault.Forbidden) return (Error(new CommandError(13, "not authorized")), fault);
        try
        {
            lock (_lock)
            {
                var reply = isGreeting ? Greeting() : RunOnce(name, command);
                if (!reply.Contains("ok")) reply.Add("ok", 1.0);
                _done.AddOrUpdate(name, 1, static (_, count) => count + 1);
                return (reply, fault);
            }
        }
        catch (CommandError error)
        {
            return (Error(error), fault);
        }
    }

    private static BsonDocument Error(CommandError error) => new() { { "ok", 0.0 }, { "errmsg", error.Message }, { "code", error.Code } };

    private BsonDocument Greeting() => new()
    {
        { "helloOk", true }, { "ismaster", true }, { "isWritablePrimary", true }, { "maxBsonObjectSize", 16 * 1024 * 1024 },
        { "maxMessageSizeBytes", 48_000_000 }, { "maxWriteBatchSize", 100_000 }, { "logicalSessionTimeoutMinutes", 30 },
        { "minWireVersion", 0 }, { "maxWireVersion", 13 }, { "readOnly", false }, { "ok", 1.0 },
        { "setName", "rs0", _isReplicaSet }, { "me", Address, _isReplicaSet }, { "hosts", new BsonArray { Address }, _isReplicaSet },
    };

    /// <summary>A repeated write with the same number gets its first answer.</summary>
    private BsonDocument RunOnce(string name, BsonDocument command)
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
