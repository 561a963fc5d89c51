using BigTech.BuildingBlocks.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace BigTech.Tests.Integration.Documents;

/// <summary>The features that the stores use, on any server of MongoDB's protocol.</summary>
[Engines]
public sealed class DocumentDatabaseTests : IDisposable
{
    private static readonly FilterDefinitionBuilder<BsonDocument> Where = Builders<BsonDocument>.Filter;

    private readonly TestMongo _mongo = new();
    private readonly DocumentDatabase _database;
    private readonly IMongoCollection<BsonDocument> _things;

    public DocumentDatabaseTests()
    {
        _database = _mongo.Open();
        _things = _database.Collection("things");
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _database.Dispose();
        _mongo.Dispose();
    }

    [Fact]
    public async Task What_is_inserted_is_found_as_it_was_field_by_field_in_order()
    {
        await _database.Ping(Ct);
        var thing = new BsonDocument
        {
            { "_id", "a" }, { "number", 5 }, { "large", long.MaxValue }, { "real", 1.5 }, { "truth", true },
            { "bytes", new byte[] { 0, 1, 255 } },
            { "nothing", BsonNull.Value }, { "inside", new BsonDocument("text", "안녕 😀\0") }, { "list", new BsonArray { 1, "two" } },
        };
        await _things.InsertOneAsync(thing, cancellationToken: Ct);

        _things.Find(Where.Eq("_id", "a")).Single(Ct).ShouldBe(thing);
    }

    [Fact]
    public void Ordered_inserts_end_at_the_first_duplicate_which_is_named()
    {
        Insert(Thing("b", 0));

        var error = Should.Throw<MongoBulkWriteException>(() => Insert(Thing("a", 1), Thing("b", 2), Thing("c", 3)));

        error.DuplicateKey().ShouldNotBeNull().Index.ShouldBe(1);
        error.DuplicateKey()!.Message.ShouldContain("_id_");
        All().ShouldBe([("a", 1), ("b", 0)]);
    }

    [Fact]
    public void Queries_sort_limit_skip_and_come_in_batches()
    {
        Insert([.. Enumerable.Range(1, 250).Select(n => Thing($"{n:000}", n))]);

        Numbers(_things.Find(Where.Empty).Sort(new BsonDocument("n", -1)).Limit(3)).ShouldBe([250L, 249, 248]);
        Numbers(_things.Find(Where.Empty).Sort(new BsonDocument("n", 1)).Skip(4).Limit(2)).ShouldBe([5L, 6]);
        Numbers(_things.Find(Where.Empty).Sort(new BsonDocument("n", 1))).ShouldBe(Enumerable.Range(1, 250).Select(n => (long)n));
        Numbers(_things.Find(Where.Gt("n", 10L) & Where.Lte("n", 13L))).Order().ShouldBe([11L, 12, 13]);
        Numbers(_things.Find(Where.Gte("n", 10L) & Where.Lt("n", 12L))).Order().ShouldBe([10L, 11]);
        Numbers(_things.Find(Where.In("n", new[] { 3L, 5, 999 }))).Order().ShouldBe([3L, 5]);
        Numbers(_things.Find(Where.Eq("_id", "007") | Where.Gt("n", 249L))).Order().ShouldBe([7L, 250]);
        _things.Find(Where.Eq("_id", "007")).Project(new BsonDocument("other", 1)).Single(Ct).ShouldBe(new BsonDocument("_id", "007"));
        _things.CountDocuments(Where.Gt("n", 240L), cancellationToken: Ct).ShouldBe(10);
        _things.CountDocuments(Where.Eq("_id", "none"), cancellationToken: Ct).ShouldBe(0);
    }

    [Fact]
    public void Changes_of_all_kinds_go_together_and_return_what_they_found()
    {
        Insert(Thing("a", 1), Thing("b", 2));
        WriteModel<BsonDocument>[] changes =
        [
            new UpdateOneModel<BsonDocument>(
                Where.Eq("_id", "a") & Where.Eq("n", 1L), new BsonDocument("$set", new BsonDocument("n", 10L))),
            new UpdateOneModel<BsonDocument>(
                Where.Eq("_id", "c"), new BsonDocument("$setOnInsert", new BsonDocument("n", 3L))) { IsUpsert = true },
            new ReplaceOneModel<BsonDocument>(Where.Eq("_id", "b") & Where.Lt("n", 20L), new BsonDocument("n", 20L)),
        ];

        var first = _things.BulkWrite(changes, cancellationToken: Ct);
        var second = _things.BulkWrite(changes, cancellationToken: Ct);

        (first.MatchedCount, first.Upserts.Count).ShouldBe((2, 1));
        (second.MatchedCount, second.Upserts.Count).ShouldBe((1, 0), "the one that would insert has found it");
        All().ShouldBe([("a", 10), ("b", 20), ("c", 3)]);
        _things.DeleteMany(Where.Gt("n", 5L), Ct).DeletedCount.ShouldBe(2);
        All().ShouldBe([("c", 3)]);
    }

    [Fact]
    public void Unique_indexes_refuse_and_partial_ones_only_what_they_hold()
    {
        CreateIndexModel<BsonDocument>[] indexes =
        [
            DocumentQueries.Index("by_n", new BsonDocument("n", 1), isUnique: true),
            DocumentQueries.Index("by_key", new BsonDocument { { "room", 1 }, { "key", 1 } }, Where.Exists("key"), isUnique: true),
        ];
        _things.Indexes.CreateMany(indexes, Ct);
        _things.Indexes.CreateMany(indexes, Ct);

        Insert(Thing("a", 1).Add("room", 1), Thing("b", 2).Add("room", 1), Thing("c", 3).Add("room", 1).Add("key", "k"));
        Duplicate(() => Insert(Thing("d", 4).Add("room", 1).Add("key", "k"))).Message.ShouldContain("by_key");
        Duplicate(() => Insert(Thing("e", 3))).Message.ShouldContain("by_n");
        var taken = new UpdateOneModel<BsonDocument>(Where.Eq("_id", "b"), new BsonDocument("$set", new BsonDocument("n", 1L)));
        Duplicate(
            () => _things.BulkWrite([new UpdateOneModel<BsonDocument>(Where.Eq("_id", "a"),
                new BsonDocument("$inc", new BsonDocument("m", 1L))), taken], cancellationToken: Ct))
            .Index.ShouldBe(1);
        All().ShouldBe([("a", 1), ("b", 2), ("c", 3)]);

        static BulkWriteError Duplicate(Action write) => Should.Throw<MongoBulkWriteException>(write).DuplicateKey().ShouldNotBeNull();
    }

    [Fact]
    public void Groups_are_counted_and_their_first_is_found()
    {
        Insert(Thing("a", 1).Add("user", 1L), Thing("b", 2).Add("user", 1L), Thing("c", 3).Add("user", 2L));

        var groups = _things.Aggregate().Match(Where.Gt("n", 0L)).Sort(new BsonDocument { { "user", 1 }, { "n", -1 } })
            .Group(new BsonDocument { { "_id", "$user" }, { "count", new BsonDocument("$sum", 1L) },
                { "last", new BsonDocument("$first", "$n") } })
            .ReadAs(group => (group.Number("_id"), group.Number("count"), group.Number("last"))).ToList(Ct);

        groups.Order().ShouldBe([(1, 2, 2), (2, 1, 3)]);
    }

    [Fact]
    public void What_a_server_refuses_is_unavailable_and_its_words_are_kept()
    {
        Insert(Thing("a", 1));
        var nonsense = new BsonDocument("n", new BsonDocument("$nonsense", 1));
        var gone = Should.Throw<DocumentStoreUnavailableException>(() => _database.Call(limit => _things.Find(nonsense).ToList(limit)));
        gone.InnerException.ShouldBeOfType<MongoCommandException>().Code.ShouldBe(2);
    }

    private void Insert(params BsonDocument[] things) => _things.InsertMany(things, cancellationToken: Ct);

    private static BsonDocument Thing(string id, long n) => new() { { "_id", id }, { "n", n } };

    private static List<long> Numbers(IAsyncCursorSource<BsonDocument> found) => found.ReadAs(document => document.Number("n")).ToList(Ct);

    private List<(string Id, long N)> All() =>
        _things.Find(Where.Empty).Sort(new BsonDocument("_id", 1))
            .ReadAs(document => (document["_id"].AsString, document.Number("n"))).ToList(Ct);
}
