using BigTech.Chat.Live;

namespace BigTech.Tests.Unit.Chat;

public sealed class RoomHubTests
{
    private const long Room = 5;

    private readonly RoomHub _hub = new();
    private readonly List<long> _behind = [];
    private readonly Listener _ann = new(1);
    private readonly Listener _bob = new(2);

    public RoomHubTests()
    {
        _hub.FellBehind += _behind.Add;
        _hub.Join(Room, _ann);
        _hub.Known(Room, 5);
    }

    [Fact]
    public void A_change_that_overtakes_another_is_held_until_the_store_has_told_of_both()
    {
        _hub.Publish(Change(7));
        _ann.Versions.ShouldBeEmpty();
        _behind.ShouldBe([Room]);
        _hub.VersionOf(Room).ShouldBe(5);

        _hub.CatchUp(Room, 5, [Change(6), Change(7)], 7);

        _hub.Publish(Change(7));
        _hub.Publish(Change(8));
        _ann.Versions.ShouldBe([6, 7, 8]);
    }

    [Fact]
    public void Who_is_admitted_after_the_changes_that_followed_his_coming_is_told_of_them_all_the_same()
    {
        _hub.Follow(_bob);
        foreach (var version in (long[])[6, 7, 8]) _hub.Publish(Change(version));

        // He came with version 6.
        _hub.Admit(_bob.UserId, Room, since: 5);

        _behind.ShouldBe([Room]);
        _hub.VersionOf(Room).ShouldBe(5);
        _hub.Publish(Change(9));
        _bob.Versions.ShouldBeEmpty();
        _hub.CatchUp(Room, 5, [Change(6), Change(7), Change(8), Change(9)], 9);
        _hub.Publish(Change(10));
        _bob.Versions.ShouldBe([6, 7, 8, 9, 10]);
        _ann.Versions.Distinct().ShouldBe([6, 7, 8, 9, 10], "streams drop what they know");
    }

    [Fact]
    public void Who_is_admitted_while_others_are_brought_up_to_date_is_told_of_more_than_they_needed()
    {
        _hub.Follow(_bob);
        _hub.Publish(Change(6));
        _hub.Notice(Room, 8);
        var since = _hub.VersionOf(Room)!.Value;
        since.ShouldBe(6);

        _hub.Admit(_bob.UserId, Room, since: 5);
        _hub.CatchUp(Room, since, [Change(7), Change(8)], 8);

        _bob.Versions.ShouldBeEmpty();
        _behind.ShouldBe([Room, Room]);
        _hub.VersionOf(Room).ShouldBe(5);
        _hub.CatchUp(Room, 5, [Change(6), Change(7), Change(8)], 8);
        _bob.Versions.ShouldBe([6, 7, 8]);
    }

    [Fact]
    public void Who_is_admitted_again_costs_nobody_anything()
    {
        _hub.Follow(_bob);
        _hub.Admit(_bob.UserId, Room, since: 5);
        foreach (var version in (long[])[6, 7]) _hub.Publish(Change(version));

        _hub.Admit(_bob.UserId, Room, since: 5);

        _behind.ShouldBeEmpty();
        _bob.Versions.ShouldBe([6, 7]);
    }

    [Fact]
    public void What_was_read_twice_is_told_once()
    {
        _hub.Publish(Change(7));
        _hub.CatchUp(Room, 5, [Change(6), Change(7)], 7);
        _hub.CatchUp(Room, 5, [Change(6), Change(7)], 7);
        _ann.Versions.ShouldBe([6, 7]);
    }

    private static RoomChange Change(long version) => RoomChange.Of(Room, version, "message.created", "{}"u8);

    private sealed class Listener(long userId) : IRoomListener
    {
        public List<long> Versions { get; } = [];

        public long UserId => userId;

        public bool ShowsOneRoom => false;

        public void Push(RoomChange change) => Versions.Add(change.Version);

        public void PushLast(RoomChange change) => Push(change);

        public void Joined(long roomId) => roomId.ShouldBe(Room);
    }
}
