using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat.Storage.Mongo;
using BigTech.DataMigration;
using BigTech.Notifications.Storage;
using BigTech.Tests.Integration.Documents;
using BigTech.Tests.Integration.Sql;
using BigTech.Tests.Testing;
using MongoDB.Bson;
using MongoDB.Driver;

namespace BigTech.Tests.Integration.DataMigration;

/// <summary>Rows that become documents migrate like other rows: all of them, or none with a clear error.</summary>
[Engines]
public sealed class DocumentMigrationTests : IDisposable
{
    private static readonly DocumentTable[] Elsewhere = [MessageDocuments.MigrationTable, NotificationDocuments.MigrationTable];

    private readonly Installation _from = new();
    private readonly ServerHome _home = new(MariaDbServer.Shared);
    private readonly Dictionary<string, Store> _stores;
    private readonly MemoryMongo _server = new();
    private readonly DocumentDatabase _documents;

    public DocumentMigrationTests()
    {
        _stores = Installation.Contexts.ToDictionary(context => context.Key, context => _home.Open(context.Key, context.Value));
        // Failed reads are not retried, as the driver would do by default.
        _documents = new TestMongo(new MongoOptions { Uri = $"{_server.Uri}&retryReads=false", TimeoutMilliseconds = 30_000 }).Open();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _documents.Dispose();
        _server.Dispose();
        foreach (var store in _stores.Values) store.Dispose();
        _home.Dispose();
        _from.Dispose();
    }

    [Fact]
    public async Task Every_row_is_a_document_with_all_its_values_and_its_table_on_the_server_is_empty()
    {
        var migrated = await Migrate();

        migrated.ShouldAllBe(table => table.IsComplete);
        migrated.ShouldContain(new MigratedTable("chat", "messages", Installation.Rows, Installation.Rows));
        migrated.ShouldContain(new MigratedTable("notifications", "notifications", Installation.Rows, Installation.Rows));
        ShouldBeTheSame();
        foreach (var table in Elsewhere)
        {
            (await _stores[table.Store].Read(reader => reader.First<long>($"SELECT COUNT(*) FROM {table.Table}"), Ct)).ShouldBe(0);
        }
    }

    [Theory]
    [InlineData("insert", 1)]
    [InlineData("insert", 3)]
    [InlineData("find", 5)]
    public async Task What_was_interrupted_goes_on_and_nothing_is_there_twice(string command, int times)
    {
        _server.OnCommand = name => name == command && _server.Seen(command) >= times ? Fault.DropAfter : Fault.None;
        var error = await Record.ExceptionAsync(() => Migrate());
        (error is StartupException or AppError { Kind: ErrorKind.Unavailable }).ShouldBeTrue($"{error}");
        _server.OnCommand = _ => Fault.None;

        IReadOnlyList<MigratedTable> migrated = [];
        // The driver checks a failed server twice a second, and until then refuses.
        await Eventually.Holds(
            async () => await Record.ExceptionAsync(async () => migrated = await Migrate()) is null, "a move that goes on to its end");
        migrated.ShouldAllBe(table => table.IsComplete);
        ShouldBeTheSame();
    }

    [Fact]
    public async Task A_move_that_is_complete_only_compares()
    {
        await Migrate();
        var inserts = _server.Seen("insert");

        (await Migrate()).ShouldAllBe(table => table.IsComplete);

        _server.Seen("insert").ShouldBe(inserts);
        ShouldBeTheSame();
    }

    [Theory]
    [InlineData("messages")]
    [InlineData("notifications")]
    public async Task A_collection_with_documents_of_others_is_refused_before_anything_is_written(string collection)
    {
        await _documents.Collection(collection).InsertOneAsync(new BsonDocument("_id", "0"), cancellationToken: Ct);

        (await Should.ThrowAsync<StartupException>(() => Migrate())).Message.ShouldContain(
            $"The collection {collection} of MongoDB holds documents that are not from");

        foreach (var store in _stores.Values)
        {
            (await store.Read(read => read.First<long>("SELECT COUNT(*) FROM outbox"), Ct)).ShouldBe(0);
        }
    }

    [Theory]
    [InlineData("chat", "UPDATE messages SET version = version + 1 WHERE row_id = (SELECT MAX(row_id) FROM messages)", "messages")]
    [InlineData("notifications", "UPDATE notifications SET title = 'other' WHERE id = (SELECT MIN(id) FROM notifications)",
        "notifications")]
    public async Task A_file_that_changed_between_two_runs_is_refused(string store, string sql, string collection)
    {
        await Migrate();
        _from.Execute(store, sql);

        (await Should.ThrowAsync<StartupException>(() => Migrate())).Message.ShouldContain($"The collection {collection} of MongoDB");
    }

    [Fact]
    public async Task A_column_that_has_no_place_is_refused()
    {
        _from.Execute("chat", "ALTER TABLE messages ADD COLUMN mood TEXT");

        (await Should.ThrowAsync<StartupException>(() => Migrate()))
            .Message.ShouldContain("messages differ between source and target: mood");
    }

    [Fact]
    public async Task A_value_that_has_no_place_is_refused()
    {
        _from.Execute("chat", "UPDATE messages SET ordinal = 1.5 WHERE row_id = (SELECT MIN(row_id) FROM messages)");

        (await Should.ThrowAsync<StartupException>(() => Migrate())).Message.ShouldContain("The column ordinal of messages holds a Double");
    }

    private Task<IReadOnlyList<MigratedTable>> Migrate() =>
        new MigrationRunner(_from.Folder, _stores.Values, [], [], Elsewhere, _documents).Run(_ => { }, Ct);

    /// <summary>Each document has the values of its row in every field, and there are no other documents.</summary>
    private void ShouldBeTheSame()
    {
        foreach (var table in Elsewhere)
        {
            var documents = _documents.Collection(table.Collection).Find(FilterDefinition<BsonDocument>.Empty).ToList(Ct);
            var rows = _from.Values(table.Store, table.Table);
            documents.Count.ShouldBe(rows.Count);
            foreach (var document in documents)
            {
                var row = rows[document["_id"].AsString];
                foreach (var column in table.Copied)
                {
                    document.GetValue(column, null)
                        .ShouldBe(row[column] is DBNull ? null : BsonValue.Create(row[column]), $"{table.Table}.{column}");
                }
            }
        }
    }
}
