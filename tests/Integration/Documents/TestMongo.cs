using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.Tests.Testing;
using MongoDB.Driver;

namespace BigTech.Tests.Integration.Documents;

/// <summary>
/// A database for one test: on the server of <c>MONGO_TEST_URI</c> if that is set, otherwise on an in-memory server. Tests that cause
/// faults bring their own in-memory server.
/// </summary>
internal sealed class TestMongo : IDisposable
{
    private readonly MemoryMongo? _own;
    private readonly bool _isForeign;

    public TestMongo(int timeoutMilliseconds = 30_000, int workers = 4)
    {
        var named = Environment.GetEnvironmentVariable("MONGO_TEST_URI");
        if (string.IsNullOrEmpty(named)) _own = new MemoryMongo();
        Options = new MongoOptions
        {
            Uri = named is { Length: > 0 } ? named : _own!.Uri,
            Database = $"bigtech_test_{Guid.NewGuid():N}",
            TimeoutMilliseconds = timeoutMilliseconds,
            Workers = workers,
        };
    }

    /// <summary>The database that the options name, on a server that this class does not own.</summary>
    public TestMongo(MongoOptions options) => (Options, _isForeign) = (options, true);

    public MongoOptions Options { get; }

    public DocumentDatabase Open() => new(Options);

    public void Dispose()
    {
        if (_own is null && !_isForeign)
        {
            using var client = new MongoClient(Options.Uri);
            client.DropDatabase(Options.Database);
        }
        _own?.Dispose();
    }
}
