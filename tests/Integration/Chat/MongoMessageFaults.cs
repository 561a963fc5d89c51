using System.Text.Json;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.Chat.Messages;
using BigTech.Contracts.Chat;
using BigTech.Tests.Integration.Documents;
using BigTech.Tests.Integration.Sql;
using BigTech.Tests.Testing;
using MongoDB.Bson;

namespace BigTech.Tests.Integration.Chat;

/// <summary>
/// The common base of tests of faults between the two writes of a message: rooms in SQL, and messages in a MongoDB server that fails.
/// </summary>
public abstract class MongoMessageFaults : IDisposable
{
    private protected readonly MemoryMongo _server = new();
    private protected readonly Listener _listener = new(1);
    private protected ChatHost _host;

    protected MongoMessageFaults() => _host = Within(milliseconds: 30_000);

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _host.Dispose();
        _server.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected ChatHost Within(int milliseconds) =>
        new(mongo: new TestMongo(new MongoOptions { Uri = _server.Uri, TimeoutMilliseconds = milliseconds, Workers = 2 }));

    private protected ChatHost Replica(ServerHome home, string? uri = null) => new(
        home, isReplica: true, new TestMongo(new MongoOptions
        {
            Uri = uri ?? _server.Uri,
            TimeoutMilliseconds = uri is null ? 30_000 : 500,
            Workers = 2,
            Database = home.Prefix
        }));

    protected async Task<long> Room()
    {
        var room = await _host.CreateGroup(1, 2);
        await _host.Listen(room, _listener);
        return room;
    }

    protected Task Heal() => _host.Heal(_server);

    protected long Count(long room) => _host.Documents.CountDocuments(new BsonDocument("room_id", room), cancellationToken: Ct);

    /// <summary>The room, its messages, the live stream and the outbox agree and have no gaps.</summary>
    protected async Task ShouldAgree(long room, int messages)
    {
        var stored = await _host.Load(room);
        (await _host.Find(room)).Version.ShouldBe(stored.Version);
        (await _host.Messages(room)).Select(message => message.Seq).ShouldBe(Numbers(messages));
        stored.LastSeq.ShouldBe(messages);
        stored.Ordinal.ShouldBe(messages);
        _listener.Changes.Select(e => e.Version).ShouldBe(Numbers((int)stored.Version));
        var versions = await EventVersions(room);
        versions.ShouldBeUnique();
        versions.ShouldBeInOrder(Shouldly.SortDirection.Ascending);
        var missed = (await _host.Since(room, 0)).Events;
        missed.Where(e => e.Kind == ReplayKind.MessageCreated).Select(e => e.Seq).ShouldBe(Numbers(messages));
        missed.Select(e => e.Version).ShouldBeUnique();
        Count(room).ShouldBe(messages);
    }

    /// <summary>The versions of a room's message events in the outbox.</summary>
    private protected async Task<List<long>> EventVersions(long room, ChatHost? host = null)
    {
        var events = await (host ?? _host).SqlStore.Log.Read(MessageSent.Topic, 0, 10_000, Ct);
        return [.. events.Where(e => e.Key == $"{room}" && e.Type != MessagesRead.WireName)
            .Select(e => JsonDocument.Parse(e.Data).RootElement.GetProperty("version").GetInt64())];
    }

    protected static IEnumerable<long> Numbers(int count) => Enumerable.Range(1, count).Select(i => (long)i);
}
