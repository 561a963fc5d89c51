using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Storage.Mongo;
using MongoDB.Bson;

namespace BigTech.Tests.Testing;

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
/// first handshake), the commands of <see cref="MemoryCommands"/>, and unique and partial indexes. One command at a time. Unknown commands
/// are errors.
/// </summary>
/// <remarks>
/// It is standalone, so that the driver repeats no write and the caller sees each fault. As the only member of a replica set it remembers
/// writes, as servers with retryable writes do.
/// </remarks>
internal sealed class MemoryMongo : IDisposable
{
    private readonly bool _isReplicaSet;
    private readonly ConcurrentDictionary<TcpClient, bool> _connections = new();
    private readonly ConcurrentDictionary<string, int> _seen = new();
    private readonly ConcurrentDictionary<string, int> _done = new();
    private readonly MemoryCommands _commands = new();
    private readonly Lock _lock = new();
    private TcpListener? _listener;

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
        if (MongoWire.Read(stream) is not { } request) return false;
        var (reply, fault) = request.Command is { } command ? Run(command) : (Greeting(), Fault.None);
        if (fault is Fault.DropBefore or Fault.DropAfter) return false;
        MongoWire.Send(stream, request, reply);
        return true;
    }

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
                var reply = isGreeting ? Greeting() : _commands.RunOnce(name, command);
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
}
