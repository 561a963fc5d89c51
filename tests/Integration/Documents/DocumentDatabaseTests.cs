using System.Runtime.InteropServices;
using BigTech.Platform.Documents;
using BigTech.Tests.Shared;

namespace BigTech.Tests.Integration.Documents;

/// <summary>What the binding promises, on any server of MongoDB's protocol.</summary>
[Engines]
public sealed partial class DocumentDatabaseTests : IDisposable
{
    private const string Things = "things";

    private readonly TestMongo _mongo = new();
    private readonly DocumentDatabase _database;
    private readonly DocumentSession _session;

    public DocumentDatabaseTests()
    {
        _database = _mongo.Open();
        _session = _database.Open();
    }

    public void Dispose()
    {
        _session.Dispose();
        _database.Dispose();
        _mongo.Dispose();
    }

    [Fact]
    public void What_is_inserted_is_found_as_it_was()
    {
        _session.Ping();
        var thing = new BsonWriter().Write("_id", "a").Write("number", 5).Write("large", long.MaxValue).Write("real", 1.5).Write("truth", true)
            .Write("bytes", [0, 1, 255]).Write("time", DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123)).WriteNull("nothing")
            .StartDocument("inside").Write("text", "안녕 😀").End().StartArray("list").Write(null, 1).Write(null, "two").End().ToDocument();
        _session.TryInsert(Things, thing).ShouldBeTrue();

        var found = _session.Find(Things, Filter("_id", "a"), document => Doc.Parse(document).ToBson().Bytes.ToArray()).Single();

        // Doc knows one size of whole numbers; beside that every byte is the same.
        found.ShouldBe(Doc.Parse(thing.Read()).ToBson().Bytes.ToArray());
    }

    [Fact]
    public void The_drivers_own_library_reads_what_is_written_here()
    {
        var document = new BsonWriter().Write("i", 1986).Write("l", 1L << 40).Write("d", 5.5).Write("t", "아\n\"").Write("b", [1, 2, 255])
            .Write("y", true).Write("at", DateTimeOffset.FromUnixTimeMilliseconds(0)).WriteNull("n")
            .StartDocument("in").StartArray("a").Write(null, 1).Write(null, "x").End().End().ToDocument();
        using var native = new NativeDocuments(document);
        var text = ToCanonicalJson(native[0], out _);
        Marshal.PtrToStringUTF8(text).ShouldBe(
            """
            { "i" : { "$numberInt" : "1986" }, "l" : { "$numberLong" : "1099511627776" }, "d" : { "$numberDouble" : "5.5" }, "t" : "아\n\"", "b" : { "$binary" : { "base64" : "AQL/", "subType" : "00" } }, "y" : true, "at" : { "$date" : { "$numberLong" : "0" } }, "n" : null, "in" : { "a" : [ { "$numberInt" : "1" }, "x" ] } }
            """);
        Free(text);
    }

    [Fact]
    public void Ordered_inserts_end_at_the_first_duplicate_and_others_pass_over_it()
    {
        _session.TryInsert(Things, Thing("b", 0)).ShouldBeTrue();
        _session.TryInsert(Things, Thing("b", 1)).ShouldBeFalse();

        var ordered = _session.InsertMany(Things, [Thing("a", 1), Thing("b", 2), Thing("c", 3)], ordered: true);
        ordered.Inserted.ShouldBe(1);
        ordered.Duplicates.Select(duplicate => duplicate.Index).ShouldBe([1]);

        var unordered = _session.InsertMany(Things, [Thing("a", 4), Thing("d", 5), Thing("b", 6), Thing("e", 7)], ordered: false);
        unordered.Inserted.ShouldBe(2);
        unordered.Duplicates.Select(duplicate => duplicate.Index).ShouldBe([0, 2]);
        unordered.Duplicates.ShouldAllBe(duplicate => duplicate.Message.Contains("_id_"));

        All().ShouldBe([("a", 1), ("b", 0), ("d", 5), ("e", 7)]);
        _session.InsertMany(Things, [], ordered: true).Inserted.ShouldBe(0);
    }

    [Fact]
    public void Queries_sort_limit_skip_and_come_in_batches()
    {
        _session.InsertMany(Things, [.. Enumerable.Range(1, 250).Select(i => Thing($"{i:000}", i))], ordered: true);

        Numbers(new BsonWriter().ToDocument(), new FindOptions(Order("n", -1), Limit: 3)).ShouldBe([250L, 249, 248]);
        Numbers(new BsonWriter().ToDocument(), new FindOptions(Order("n", 1), Limit: 2, Skip: 4)).ShouldBe([5L, 6]);
        Numbers(new BsonWriter().ToDocument(), new FindOptions(Order("n", 1), BatchSize: 7)).ShouldBe(Enumerable.Range(1, 250).Select(i => (long)i));
        Numbers(Range("$gt", 10, "$lte", 13)).Order().ShouldBe([11L, 12, 13]);
        Numbers(Range("$gte", 10, "$lt", 12)).Order().ShouldBe([10L, 11]);
        var several = new BsonWriter().StartDocument("n").StartArray("$in").Write(null, 3L).Write(null, 5L).Write(null, 999L).End().End().ToDocument();
        Numbers(several).Order().ShouldBe([3L, 5]);
        var either = new BsonWriter().StartArray("$or").Write(null, Filter("_id", "007")).Write(null, Range("$gt", 249, "$lt", 300)).End().ToDocument();
        Numbers(either).Order().ShouldBe([7L, 250]);
        _session.Find(Things, Filter("_id", "007"), Doc.Parse, new FindOptions(Only: Order("other", 1))).Single().Elements.Count.ShouldBe(1, "the id alone");
        _session.Count(Things, Range("$gt", 10, "$lte", 13)).ShouldBe(3);
        _session.Count(Things, Filter("_id", "none")).ShouldBe(0);
    }

    [Fact]
    public void Updates_tell_what_they_found()
    {
        _session.InsertMany(Things, [Thing("a", 1), Thing("b", 2)], ordered: true);
        var guarded = new BsonWriter().Write("_id", "a").Write("n", 1L).ToDocument();
        var change = new BsonWriter().StartDocument("$set").Write("n", 10L).End().ToDocument();

        _session.Update(Things, guarded, change).ShouldBe(new UpdateOutcome(1, 1));
        _session.Update(Things, guarded, change).ShouldBe(new UpdateOutcome(0, 0));
        _session.FindAndModify(Things, Filter("_id", "b"), change, Number).ShouldBe(10);
        _session.FindAndModify(Things, Filter("_id", "none"), change, Number).ShouldBe(0);
        All().ShouldBe([("a", 10), ("b", 10)]);
        _session.Delete(Things, Filter("_id", "a")).ShouldBe(1);
        _session.Delete(Things, new BsonWriter().ToDocument()).ShouldBe(1);
        All().ShouldBeEmpty();
    }

    [Fact]
    public void Unique_indexes_refuse_and_partial_ones_only_what_they_hold()
    {
        var keys = new BsonWriter().Write("room", 1).Write("key", 1).ToDocument();
        var only = new BsonWriter().StartDocument("key").Write("$exists", true).End().ToDocument();
        IndexDefinition[] indexes = [new("by_n", Order("n", 1), IsUnique: true), new("by_key", keys, IsUnique: true, only)];
        _session.CreateIndexes(Things, indexes);
        _session.CreateIndexes(Things, indexes);

        _session.TryInsert(Things, Keyed("a", 1, null)).ShouldBeTrue();
        _session.TryInsert(Things, Keyed("b", 2, null)).ShouldBeTrue();
        _session.TryInsert(Things, Keyed("c", 3, "k")).ShouldBeTrue();
        _session.TryInsert(Things, Keyed("d", 4, "k")).ShouldBeFalse();
        _session.InsertMany(Things, [Keyed("e", 3, "l")], ordered: true).Duplicates.Single().Message.ShouldContain("by_n");
        var change = new BsonWriter().StartDocument("$set").Write("n", 2L).End().ToDocument();
        Should.Throw<DocumentException>(() => _session.Update(Things, Filter("_id", "a"), change)).Code.ShouldBe(11000);
        Should.Throw<DocumentException>(() => _session.FindAndModify(Things, Filter("_id", "a"), change, Number)).Code.ShouldBe(11000);
        All().ShouldBe([("a", 1), ("b", 2), ("c", 3)]);

        static BsonDocument Keyed(string id, long n, string? key)
        {
            var writer = new BsonWriter().Write("_id", id).Write("n", n).Write("room", 1L);
            return (key is null ? writer : writer.Write("key", key)).ToDocument();
        }
    }

    [Fact]
    public void What_a_server_does_not_know_is_an_error_with_its_code()
    {
        _session.TryInsert(Things, Thing("a", 1));
        var unknown = new BsonWriter().StartDocument("n").Write("$nonsense", 1).End().ToDocument();
        Should.Throw<DocumentException>(() => Numbers(unknown)).Code.ShouldBe(2);
        Should.Throw<DocumentException>(() => _session.Update(Things, Filter("_id", "a"), new BsonWriter().StartDocument("$nonsense").Write("n", 1).End().ToDocument()))
            .Code.ShouldBe(9);
    }

    [Fact]
    public async Task Many_threads_share_the_connections()
    {
        var inserted = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => _database.Run(
            session => session.TryInsert(Things, Thing($"{i % 50}", i)), TestContext.Current.CancellationToken)));
        inserted.Count(isNew => isNew).ShouldBe(50);
        (await _database.Run(session => session.Count(Things, new BsonWriter().ToDocument()), TestContext.Current.CancellationToken)).ShouldBe(50);
    }

    [LibraryImport("libbson-1.0.so.0", EntryPoint = "bson_as_canonical_extended_json")]
    private static partial nint ToCanonicalJson(nint bson, out nuint length);

    [LibraryImport("libbson-1.0.so.0", EntryPoint = "bson_free")]
    private static partial void Free(nint text);

    private static BsonDocument Thing(string id, long n) => new BsonWriter().Write("_id", id).Write("n", n).ToDocument();

    private static BsonDocument Filter(string name, string value) => new BsonWriter().Write(name, value).ToDocument();

    private static BsonDocument Order(string name, int direction) => new BsonWriter().Write(name, direction).ToDocument();

    private static BsonDocument Range(string from, long first, string to, long last) =>
        new BsonWriter().StartDocument("n").Write(from, first).Write(to, last).End().ToDocument();

    private static long Number(BsonReader document) => document.Find("n"u8) ? document.Number() : -1;

    private List<long> Numbers(BsonDocument filter, FindOptions? options = null) => _session.Find(Things, filter, Number, options);

    private List<(string Id, long N)> All() => _session.Find(
        Things, new BsonWriter().ToDocument(),
        document =>
        {
            document.Find("_id"u8).ShouldBeTrue();
            var id = document.Text();
            document.Find("n"u8).ShouldBeTrue();
            return (id, document.Number());
        },
        new FindOptions(Order("_id", 1)));
}
