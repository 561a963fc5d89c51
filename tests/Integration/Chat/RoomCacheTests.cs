using BigTech.Chat.Domain;
using BigTech.Chat.Storage.Coherence;

namespace BigTech.Tests.Integration.Chat;

public sealed class RoomCacheTests
{
    private static readonly long SmallRoom = RoomCache.WeightOf(NewRoom(1));

    [Fact]
    public void A_published_room_is_what_readers_get()
    {
        var cache = new RoomCache(10 * SmallRoom);
        cache.TryGet(1, out _).ShouldBeFalse();
        Add(cache, NewRoom(1)).Version.ShouldBe(0);
        cache.Publish(NewRoom(1) with { Version = 3 }, 0);
        Add(cache, NewRoom(1) with { Version = 2 }).Version.ShouldBe(3);
        cache.TryGet(1, out var room).ShouldBeTrue();
        room!.Version.ShouldBe(3);
    }

    [Fact]
    public void Beyond_the_budget_rooms_that_were_not_used_of_late_go_and_the_others_stay()
    {
        var cache = new RoomCache(10 * SmallRoom);
        for (var i = 1; i <= 10; i++) Add(cache, NewRoom(i));
        cache.TryGet(3, out _).ShouldBeTrue();

        for (var i = 11; i <= 19; i++) Add(cache, NewRoom(i));

        KnownOf(cache, 19).ShouldBe([3, .. Enumerable.Range(11, 9)]);
        for (var i = 21; i <= 40; i++) Add(cache, NewRoom(i));
        KnownOf(cache, 40).ShouldBe([.. Enumerable.Range(31, 10)], "use that was long ago counts no more");
    }

    [Fact]
    public void Rooms_that_are_all_in_use_go_too()
    {
        var cache = new RoomCache(10 * SmallRoom);
        for (var i = 1; i <= 1000; i++)
        {
            cache.Publish(NewRoom(i), 0);
            KnownOf(cache, i);
        }

        cache.Bytes.ShouldBeLessThanOrEqualTo(10 * SmallRoom);
        cache.Count.ShouldBe(10);
        cache.TryGet(1000, out _).ShouldBeTrue();
    }

    [Fact]
    public void A_room_weighs_its_members_whoever_brings_them()
    {
        var cache = new RoomCache(1_000_000);
        Add(cache, NewRoom(1));
        var room = NewRoom(1) with { Version = 7, Members = NewRoom(1, members: 500).Members };

        cache.Publish(room, 0);

        cache.Bytes.ShouldBe(RoomCache.WeightOf(room));
        RoomCache.WeightOf(room).ShouldBeGreaterThan(50 * SmallRoom);
        cache.Publish(NewRoom(1) with { Version = 8 }, 0);
        cache.Bytes.ShouldBe(SmallRoom);
        cache.Drop();
        (cache.Bytes, cache.Count).ShouldBe((0, 0));
    }

    [Fact]
    public void A_room_above_the_whole_budget_is_used_and_not_kept()
    {
        var cache = new RoomCache(10 * SmallRoom);
        Add(cache, NewRoom(1));
        var large = NewRoom(2, members: 1000);

        Add(cache, large).ShouldBeSameAs(large);
        cache.Publish(large with { Version = 1 }, 0);

        (cache.Bytes, cache.Count).ShouldBe((0, 0));
        Add(cache, NewRoom(3));
        KnownOf(cache, 3).ShouldBe([3]);
    }

    [Fact]
    public void A_reader_never_brings_back_an_older_state_of_a_room_that_was_dropped_meanwhile()
    {
        var cache = new RoomCache(10 * SmallRoom);
        var (drops, read) = (cache.Drops, NewRoom(1));
        cache.Publish(NewRoom(1) with { Version = 1 }, 0);
        for (var i = 2; i <= 30; i++) cache.Publish(NewRoom(i), 0);
        cache.TryGet(1, out _).ShouldBeFalse("it was dropped");

        cache.Add(read, drops);

        cache.TryGet(1, out _).ShouldBeFalse();
        Add(cache, NewRoom(1) with { Version = 1 }).Version.ShouldBe(1);
        cache.TryGet(1, out _).ShouldBeTrue("a read from now on is new enough");
    }

    [Fact]
    public void A_reader_who_read_before_all_was_dropped_adds_nothing()
    {
        var cache = new RoomCache(10 * SmallRoom);
        var drops = cache.Drops;

        cache.Drop();
        cache.Add(NewRoom(1), drops);

        cache.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Whatever_happens_at_once_the_sum_is_right_and_within_the_budget()
    {
        var budget = 40 * SmallRoom;
        var cache = new RoomCache(budget);
        var rooms = Enumerable.Range(0, 200).Select(id => NewRoom(id, members: id % 7 * 10)).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 20_000; i++)
            {
                var id = random.Next(rooms.Length);
                // One thread is the writer.
                if (seed == 0) cache.Publish(rooms[id] with { Version = i, Members = rooms[random.Next(rooms.Length)].Members }, 0);
                else if (!cache.TryGet(id, out _)) cache.Add(rooms[id], cache.Drops);
            }
        })));

        var known = rooms.Select(room => cache.TryGet(room.Id, out var found) ? found : null).OfType<Room>().ToList();
        cache.Bytes.ShouldBe(known.Sum(RoomCache.WeightOf));
        cache.Count.ShouldBe(known.Count);
        cache.Bytes.ShouldBeInRange(1, budget);
    }

    [Theory]
    [InlineData(40_000, 2)]
    [InlineData(2_000, 100)]
    [InlineData(200, 1000)]
    public void The_estimate_is_near_what_the_heap_holds(int rooms, int members)
    {
        var ratios = new List<double>();
        // Tests that run beside this one allocate too: one undisturbed measurement is enough.
        while (ratios.Count < 10 && !ratios.Exists(ratio => ratio is > 1 / 1.5 and < 1.5)) ratios.Add(Measure(rooms, members));

        ratios[^1].ShouldBeInRange(1 / 1.5, 1.5, $"real bytes to estimated ones: {string.Join(", ", ratios)}");
    }

    private static double Measure(int rooms, int members)
    {
        var cache = new RoomCache(long.MaxValue);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var id = 1; id <= rooms; id++) Add(cache, NewRoom(id, members) with { Name = new string('n', 20) });
        var real = GC.GetTotalMemory(forceFullCollection: true) - before;
        TestContext.Current.SendDiagnosticMessage(
            $"{rooms} rooms of {members}: {(double)real / rooms} bytes each, {cache.Bytes / rooms} estimated");
        GC.KeepAlive(cache);
        return (double)real / cache.Bytes;
    }

    private static Room Add(RoomCache cache, Room room) => cache.Add(room, cache.Drops);

    private static IEnumerable<int> KnownOf(RoomCache cache, int last) =>
        [.. Enumerable.Range(1, last).Where(id => cache.TryGet(id, out _))];

    private static Room NewRoom(long id, int members = 2) => Room.Create(
        id, RoomType.Group, "room", 1, Enumerable.Range(1, members).Select(user => id * 1000 + user), DateTimeOffset.UnixEpoch);
}
