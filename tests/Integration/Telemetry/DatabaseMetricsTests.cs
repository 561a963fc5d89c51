using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using BigTech.BuildingBlocks.Core;
using BigTech.Tests.Integration.Documents;
using BigTech.Tests.Integration.Redis;
using BigTech.Tests.Integration.Sql;
using BigTech.Tests.Testing;
using BigTech.Users.Presence;
using MongoDB.Bson;

namespace BigTech.Tests.Integration.Telemetry;

/// <summary>Every engine is measured under one name.</summary>
[Engines]
public sealed class DatabaseMetricsTests(SharedRedis redis) : IDisposable
{
    // Tests beside this one are measured too: what is measured here is there, whatever else is.
    private readonly ConcurrentDictionary<(string System, string Operation), int> _operations = new();
    private readonly OwnMeters _meters = new();
    private readonly MeterListener _listener = new();

    [Fact]
    public async Task Reads_and_commits_of_a_sql_server_are_measured_by_its_own_name()
    {
        Listen();
        using var home = StoreHome.On(TestEngine.MariaDb);
        using var store = home.Open("things", Migrations.Things);

        await store.Write(work => work.Execute("INSERT INTO things (name) VALUES ('one')"));
        await store.Read(reader => reader.Query<string>("SELECT name FROM things"), TestContext.Current.CancellationToken);

        foreach (var operation in new[] { "BEGIN", "COMMIT", "SELECT" })
        {
            _operations.ShouldContainKey((MariaDbServer.Shared.SystemName(), operation));
        }
        var (used, idle) = store.Connections;
        (used, idle).ShouldBe((1, 1), "the writer, and the reader that has read");
    }

    [Fact]
    public async Task Commands_of_MongoDB_are_measured_by_their_names_and_its_connections_shown()
    {
        Listen();
        using var mongo = new TestMongo();
        using var documents = mongo.Open();
        documents.Observe(_meters);
        var shown = new Dictionary<string, int>();
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) =>
        {
            if (instrument.Name == "bigtech.db.pool.connections" && Tag(tags, "store") == "documents") shown[Tag(tags, "state")] = value;
        });

        await documents.Collection("things").InsertOneAsync(
            new BsonDocument("_id", "a"), cancellationToken: TestContext.Current.CancellationToken);
        await documents.Ping(TestContext.Current.CancellationToken);

        _operations.ShouldContainKey(("mongodb", "insert"));
        _operations.ShouldContainKey(("mongodb", "ping"));
        await Eventually.Holds(
            () =>
            {
                _listener.RecordObservableInstruments();
                return shown.GetValueOrDefault("used", -1) == 0 && shown.GetValueOrDefault("idle") > 0;
            },
            "no connection is in use, and one is open");
    }

    [Fact]
    public async Task Scripts_of_Redis_are_measured()
    {
        Listen();
        var space = new RedisSpace(redis.Address);

        await new RedisPresenceTracker(await space.Connect()).Find(1);

        _operations.ShouldContainKey(("redis", "EVALSHA"));
        await space.DisposeAsync();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meters.Dispose();
    }

    private void Listen()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Meters.Name) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) =>
        {
            if (instrument.Name != "db.client.operation.duration") return;
            _operations.AddOrUpdate((Tag(tags, "db.system.name"), Tag(tags, "db.operation.name")), 1, (_, count) => count + 1);
        });
        _listener.Start();
    }

    private static string Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == name) return (string)tag.Value!;
        }
        return "";
    }
}
