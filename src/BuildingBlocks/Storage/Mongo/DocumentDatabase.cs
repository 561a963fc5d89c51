using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Configuration;
using MongoDB.Driver.Core.Events;
using MongoDB.Driver.Core.Servers;

namespace BigTech.BuildingBlocks.Storage.Mongo;

/// <summary>
/// One database of a MongoDB server or cluster, through MongoDB's driver. Readers await; a store's writer has its own thread, and its calls
/// block. Writes are acknowledged by a majority, from the journal; reads have majority read concern.
/// </summary>
public sealed partial class DocumentDatabase : IDisposable
{
    private const string ProgramName = "bigtech-chat";
    private const int QueueLength = 1024;

    // In addition to the reads: the writers of the contexts, and maintenance.
    private const int OtherConnections = 4;

    private const string StoreName = "documents";

    private readonly MongoCommands _commands;
    private readonly MongoClient _client;
    private readonly IMongoDatabase _database;
    private readonly ConcurrencyLimiter _slots;
    private readonly TimeSpan _limit;
    private readonly int _workers;
    private readonly ILogger _logger;
    private string? _lastLogged;
    private volatile bool _isClosed;

    /// <summary>Connections are opened on demand: servers may start later.</summary>
    /// <exception cref="SettingException">The address is missing or invalid.</exception>
    public DocumentDatabase(MongoOptions options, ILogger<DocumentDatabase>? logger = null)
    {
        _logger = logger ?? NullLogger<DocumentDatabase>.Instance;
        _limit = TimeSpan.FromMilliseconds(options.TimeoutMilliseconds);
        _commands = new MongoCommands(_limit);
        _workers = options.Workers;
        _slots = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = _workers, QueueLimit = QueueLength });
        _client = Connect(options);
        _database = _client.GetDatabase(options.Database);
    }

    /// <summary>Shows its connections and waiting calls as metrics.</summary>
    public void Observe(IMeterFactory meters)
    {
        DatabaseMetrics.ObserveConnections(meters, MongoCommands.SystemName, StoreName, () => _commands.Connections);
        DatabaseMetrics.ObserveWaitingReads(
            meters, StoreName, () => _isClosed ? 0 : (int)(_slots.GetStatistics()?.CurrentQueuedCount ?? 0));
    }

    public IMongoCollection<BsonDocument> Collection(string name) => _database.GetCollection<BsonDocument>(name);

    /// <summary>Runs a call, concurrently up to the number of workers. Cancellation only takes effect before the call starts.</summary>
    /// <param name="call">Its token is the time limit for the wait in the queue and for all requests of the call.</param>
    /// <exception cref="AppError">503 <c>overloaded</c>: full queue; <c>store_unavailable</c>: no answer, or an error.</exception>
    public async Task<T> Run<T>(Func<CancellationToken, Task<T>> call, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(_limit);
        using var beforeItBegins = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            using var slot = _isClosed ? null : await _slots.AcquireAsync(1, beforeItBegins.Token);
            if (slot is not { IsAcquired: true })
            {
                throw AppError.Unavailable("overloaded", "The store has more waiting reads than it may hold.");
            }
            return await call(limit.Token);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception error) when (DocumentErrors.IsUnavailable(error))
        {
            // Errors of a writer are logged with the failed commit.
            if (error is MongoCommandException) LogRefused(error.Message);
            throw AppError.Unavailable("store_unavailable", "The store of documents gives no answer now.", error);
        }
    }

    /// <summary>Runs a call of a store's writer on the calling thread.</summary>
    /// <param name="call">Its token is the time limit.</param>
    /// <exception cref="DocumentStoreUnavailableException">No server answered in time, or one returned an error.</exception>
    /// <exception cref="MongoBulkWriteException">Duplicate key.</exception>
    public T Call<T>(Func<CancellationToken, T> call)
    {
        using var limit = new CancellationTokenSource(_limit);
        try
        {
            return call(limit.Token);
        }
        catch (Exception error) when (DocumentErrors.IsUnavailable(error))
        {
            throw new DocumentStoreUnavailableException(DocumentErrors.Reason(error), error);
        }
    }

    /// <inheritdoc cref="Call{T}"/>
    public void Call(Action<CancellationToken> call) => Call(limit =>
    {
        call(limit);
        return true;
    });

    /// <summary>Checks that a server is available.</summary>
    /// <inheritdoc cref="Run{T}"/>
    public Task Ping(CancellationToken ct) =>
        Run(limit => _database.RunCommandAsync<BsonDocument>(PingCommand, cancellationToken: limit), ct);

    /// <summary>Checks that a server takes writes, with a small one.</summary>
    /// <inheritdoc cref="Run{T}"/>
    public Task EnsureWritable(CancellationToken ct) => Run(
        limit => Collection("health").UpdateOneAsync(
            new BsonDocument("_id", "probe"), new BsonDocument("$set", new BsonDocument("at", DateTime.UtcNow)),
            new UpdateOptions { IsUpsert = true }, limit),
        ct);

    /// <summary>The same as <see cref="Ping(CancellationToken)"/> for a store's writer.</summary>
    /// <inheritdoc cref="Call{T}"/>
    public void Ping() => Call(limit => _database.RunCommand<BsonDocument>(PingCommand, cancellationToken: limit));

    /// <summary>Finishes the accepted calls and closes the connections.</summary>
    public void Dispose()
    {
        if (_isClosed) return;
        _isClosed = true;
        // All slots are free once every accepted call has ended; each has a time limit.
        using (_slots.AcquireAsync(_workers).AsTask().GetAwaiter().GetResult()) _client.Dispose();
        _slots.Dispose();
    }

    private static BsonDocument PingCommand => new("ping", 1);

    private MongoClient Connect(MongoOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Uri)) throw new SettingException("Mongo:Uri is needed, such as mongodb://127.0.0.1:27017/.");
        try
        {
            var settings = MongoClientSettings.FromConnectionString(options.Uri);
            settings.ApplicationName = ProgramName;
            settings.LibraryInfo = new LibraryInfo(ProgramName, typeof(DocumentDatabase).Assembly.GetName().Version?.ToString(3));
            settings.ConnectTimeout = settings.SocketTimeout = settings.HeartbeatTimeout = _limit;
            settings.ServerSelectionTimeout = settings.WaitQueueTimeout = _limit;
            settings.MaxConnectionPoolSize = options.Workers + OtherConnections;
            settings.WriteConcern = WriteConcern.WMajority.With(wTimeout: _limit, journal: true);
            settings.ReadConcern = ReadConcern.Majority;
            // Makes the settings unique per client: clients with equal settings share their connections, and close them for each other.
            settings.ClusterConfigurator = cluster =>
            {
                cluster.Subscribe<ClusterDescriptionChangedEvent>(LogAvailability);
                _commands.Subscribe(cluster);
            };
            return new MongoClient(settings);
        }
        catch (Exception)
        {
            // Without the driver's message: it repeats the address, which may hold a password.
            throw new SettingException(
                "Mongo:Uri cannot be read; its form is mongodb://user:password@one:27017,two:27017/?replicaSet=rs0&tls=true.");
        }
    }

    /// <summary>Logs once when the primary becomes available, and once when it becomes unavailable.</summary>
    private void LogAvailability(ClusterDescriptionChangedEvent change)
    {
        var servers = change.NewDescription.Servers;
        var failure = servers.FirstOrDefault(server => server.HeartbeatException is not null)?.HeartbeatException;
        if (servers.Any(server => server.Type.IsWritable()))
        {
            if (Interlocked.Exchange(ref _lastLogged, "connected") != "connected") LogConnected();
        }
        else if (!_isClosed && (failure is not null || servers.Any(server => server.State == ServerState.Connected)))
        {
            if (Interlocked.Exchange(ref _lastLogged, "unavailable") != "unavailable")
            {
                LogUnavailable(failure?.GetBaseException().Message ?? "there is no primary");
            }
        }
    }

    [LoggerMessage(1, LogLevel.Information, "MongoDB connected")]
    private partial void LogConnected();

    [LoggerMessage(2, LogLevel.Error, "MongoDB unavailable: {Reason}")]
    private partial void LogUnavailable(string reason);

    [LoggerMessage(3, LogLevel.Error, "MongoDB refused a command: {Reason}")]
    private partial void LogRefused(string reason);
}
