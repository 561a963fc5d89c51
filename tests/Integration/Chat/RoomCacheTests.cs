using BigTech.Chat.Domain;
using BigTech.Chat.Storage.Coherence;

namespace BigTech.Tests.Integration.Chat;

public sealed class RoomCacheTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_published_room_is_what_readers_get()
    {
        var cache = new RoomCache(_time, 10);
        cache.TryGet(1, out _).ShouldBeFalse();
        cache.Add(NewRoom(1)).Version.ShouldBe(0);
        cache.Publish(NewRoom(1) with { Version = 3 }, 0);
        cache.Add(NewRoom(1) with { Version = 2 }).Version.ShouldBe(3);
        cache.TryGet(1, out var room).ShouldBeTrue();
        room!.Version.ShouldBe(3);
    }

    [Fact]
    public void Beyond_the_capacity_rooms_that_were_unused_for_a_while_go_and_the_others_stay()
    {
        var cache = new RoomCache(_time, 10);
        for (var i = 1; i <= 10; i++) cache.Publish(NewRoom(i), 0);
        _time.Advance(TimeSpan.FromMinutes(9));
        cache.TryGet(3, out _).ShouldBeTrue();
        _time.Advance(TimeSpan.FromMinutes(2));

        cache.Add(NewRoom(11));

        Enumerable.Range(1, 11).Where(id => cache.TryGet(id, out _)).ShouldBe([3, 11]);
    }

    [Fact]
    public void A_full_cache_is_not_looked_through_for_every_room_that_comes()
    {
        var cache = new RoomCache(_time, 10);
        for (var i = 1; i <= 10; i++) cache.Publish(NewRoom(i), 0);
        _time.Advance(TimeSpan.FromSeconds(595));
        cache.Add(NewRoom(11));
        _time.Advance(TimeSpan.FromSeconds(9));

        // The ten have expired by now, but the last scan was nine seconds ago.
        cache.Add(NewRoom(12));
        cache.Count.ShouldBe(12);
        _time.Advance(TimeSpan.FromSeconds(1));
        cache.Add(NewRoom(13));

        cache.Count.ShouldBe(3);
    }

    [Fact]
    public void A_room_that_has_just_been_loaded_stays()
    {
        var cache = new RoomCache(_time, 2);
        cache.Add(NewRoom(1));
        cache.Add(NewRoom(2));
        cache.Add(NewRoom(3));
        Enumerable.Range(1, 3).Where(id => cache.TryGet(id, out _)).ShouldBe([1, 2, 3], "a full cache does not drop what is in use");
    }

    private static Room NewRoom(long id) => Room.Create(id, RoomType.Group, "room", 1, [2], DateTimeOffset.UnixEpoch);
}
