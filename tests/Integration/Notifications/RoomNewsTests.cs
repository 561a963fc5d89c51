using BigTech.BuildingBlocks.Events;
using BigTech.Contracts.Chat;
using BigTech.Contracts.Friends;
using BigTech.Notifications.Domain;
using BigTech.Tests.Integration.Sql;
using static BigTech.Tests.Integration.Notifications.NotificationsStore;

namespace BigTech.Tests.Integration.Notifications;

/// <summary>What members are told of a room itself: nobody floods them with it, and it does not outlive its subject.</summary>
public abstract class RoomNewsSuite(TestEngine engine, bool withDocuments = false) : IDisposable
{
    private const long Room = 5;
    private const long Ann = 1;
    private const long Bob = 2;
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly NotificationsStore _store = new(engine, withDocuments);

    [Fact]
    public async Task Of_many_changes_of_a_role_one_is_unread_and_it_tells_the_present_one()
    {
        await Handle(Created(), Given(2, "admin"), Given(3, "member"));
        await Handle(Given(4, "admin"));
        await Handle(Given(5, "member"));

        var told = (await News()).ShouldHaveSingleItem();
        (told.Title, told.Count, told.HappenedAt).ShouldBe(("Your role in club is now member", 1, T0.AddSeconds(5)));
        (await _store.Sent()).Count.ShouldBe(2, "the invitation and the first role alert");
        (await _store.Version(Bob)).ShouldBe(5);

        await _store.SqlStore.Write(work => _store.Feed.Read(work, Bob, _store.Notifications.In(work).Unread(Bob)));
        await Handle(Given(6, "admin"));

        (await News()).Select(row => (row.Title, row.IsUnread)).ShouldBe(
            [("Your role in club is now admin", true), ("Your role in club is now member", false)]);
    }

    [Fact]
    public async Task Roles_that_come_again_change_nothing()
    {
        EventEnvelope[] events = [Created(), Given(2, "admin"), Given(3, "member")];
        await Handle(events);
        var version = await _store.Version(Bob);

        await Handle(events);
        await Handle(Given(2, "admin"));

        (await News()).ShouldHaveSingleItem().Title.ShouldBe("Your role in club is now member");
        (await _store.Version(Bob)).ShouldBe(version);
    }

    [Fact]
    public async Task An_unread_role_ends_when_its_user_gives_it_away_or_may_not_be_told_of_the_next()
    {
        await Handle(Created(), Given(2, "owner"), Given(3, "admin", by: Bob));
        (await News()).ShouldBeEmpty("Bob knows");

        await Handle(Given(4, "owner"));
        await _store.Handle(_store.Friends.Prepare, Envelope(new UserBlocked(Bob, Ann, T0)));
        await Handle(Given(5, "member"));

        (await News()).ShouldBeEmpty("it is not true any more, and a block hides the new one");
    }

    [Fact]
    public async Task A_removal_ends_when_its_user_is_in_the_room_again()
    {
        await Handle(Created());
        for (var version = 2; version < 40; version += 2)
        {
            await Handle(Left(version, by: Ann));
            (await News()).ShouldHaveSingleItem().Title.ShouldBe("You were removed from club");
            await Handle(Envelope(new MemberJoined(Room, version + 1, Bob, Ann, "member", T0.AddSeconds(version + 1))));
            (await News()).ShouldBeEmpty();
        }
        await Handle(Left(40, by: Ann));
        await _store.SqlStore.Write(work => _store.Feed.Read(work, Bob, _store.Notifications.In(work).Unread(Bob)));

        await Handle(Envelope(new MemberJoined(Room, 41, Bob, Bob, "member", T0)));

        (await News()).ShouldHaveSingleItem("what was read is history").IsUnread.ShouldBeFalse();
    }

    [Theory]
    [InlineData(MemberLeft.RoomDeleted)]
    [InlineData(null)]
    public async Task A_removal_ends_when_the_room_is_deleted_and_not_when_another_member_leaves(string? reason)
    {
        await Handle(Created(), Left(2, by: Ann));

        await Handle(Envelope(new MemberLeft(Room, 3, Ann, Ann, T0, reason)));

        (await News()).Count.ShouldBe(reason is null ? 1 : 0);
    }

    public void Dispose()
    {
        _store.Dispose();
        GC.SuppressFinalize(this);
    }

    private Task Handle(params EventEnvelope[] events) => _store.Handle(_store.Rooms.Prepare, events);

    /// <summary>Bob's notifications of the kind <c>system</c>.</summary>
    private async Task<List<Notification>> News() => (await _store.Of(Bob)).FindAll(row => row.Kind == NotificationKind.System);

    private static EventEnvelope Created() => Envelope(new ChatRoomCreated(Room, "group", "club", Ann, [Ann, Bob], T0));

    private static EventEnvelope Left(long version, long by) =>
        Envelope(new MemberLeft(Room, version, Bob, by, T0.AddSeconds(version)));

    private static EventEnvelope Given(long version, string role, long by = Ann) =>
        Envelope(new MemberRoleChanged(Room, version, Bob, by, role, T0.AddSeconds(version)));
}

public sealed class RoomNewsTests() : RoomNewsSuite(TestEngine.Sqlite);

[Engines]
public sealed class RoomNewsMariaDbTests() : RoomNewsSuite(TestEngine.MariaDb);

[Engines]
public sealed class RoomNewsMongoTests() : RoomNewsSuite(TestEngine.Sqlite, withDocuments: true);
