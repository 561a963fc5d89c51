using BigTech.Contracts.Friends;
using BigTech.Notifications.Domain;
using BigTech.Tests.Integration.Sql;
using static BigTech.Tests.Integration.Notifications.NotificationsStore;

namespace BigTech.Tests.Integration.Notifications;

public abstract class FriendEventHandlerSuite(TestEngine engine, bool withDocuments = false) : IDisposable
{
    private const long Ann = 3;
    private const long Bob = 8;
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly NotificationsStore _store = new(engine, withDocuments);

    [Fact]
    public async Task An_event_that_comes_again_makes_no_second_notification()
    {
        var sent = Envelope(new FriendRequestSent(1, Ann, Bob, "hi", T0));
        var accepted = Envelope(new FriendRequestAccepted(1, Ann, Bob, T0.AddSeconds(1)));

        await _store.Handle(_store.Friends.Prepare, sent, sent);
        await _store.Handle(_store.Friends.Prepare, sent);
        await _store.Handle(_store.Friends.Prepare, accepted);
        await _store.Handle(_store.Friends.Prepare, sent, accepted);

        (await _store.Of(Bob)).ShouldHaveSingleItem().IsUnread.ShouldBeFalse();
        (await _store.Of(Ann)).ShouldHaveSingleItem().Kind.ShouldBe(NotificationKind.FriendAccepted);
        (await _store.Sent()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_request_that_was_taken_back_does_not_return_with_an_old_event()
    {
        var sent = Envelope(new FriendRequestSent(1, Ann, Bob, null, T0));
        var cancelled = Envelope(new FriendRequestCancelled(1, Ann, Bob, T0.AddSeconds(1)));
        await _store.Handle(_store.Friends.Prepare, sent, cancelled);

        await _store.Handle(_store.Friends.Prepare, sent);

        (await _store.Of(Bob)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_old_end_that_comes_late_leaves_a_newer_request()
    {
        var again = Envelope(new FriendRequestSent(1, Ann, Bob, "again", T0.AddMinutes(1)));
        var rejected = Envelope(new FriendRequestRejected(1, Ann, Bob, T0.AddSeconds(1)));
        await _store.Handle(_store.Friends.Prepare, again);

        await _store.Handle(_store.Friends.Prepare, rejected);

        (await _store.Of(Bob)).ShouldHaveSingleItem().IsUnread.ShouldBeTrue();
    }

    [Fact]
    public async Task Nothing_notifies_across_a_block_in_either_direction_until_it_is_lifted()
    {
        await _store.Handle(_store.Friends.Prepare, Envelope(new UserBlocked(Bob, Ann, T0)));
        await _store.Handle(_store.Friends.Prepare,
            Envelope(new FriendRequestSent(1, Ann, Bob, null, T0.AddSeconds(1))),
            Envelope(new FriendRequestSent(2, Bob, Ann, null, T0.AddSeconds(1))));
        (await _store.Of(Bob)).ShouldBeEmpty();
        (await _store.Of(Ann)).ShouldBeEmpty();

        await _store.Handle(_store.Friends.Prepare,
            Envelope(new UserUnblocked(Bob, Ann, T0.AddSeconds(2))), Envelope(new UserBlocked(Bob, Ann, T0)),
            Envelope(new FriendRequestSent(1, Ann, Bob, null, T0.AddSeconds(3))));

        (await _store.Of(Bob)).ShouldHaveSingleItem("the old block came again late and changed nothing");
    }

    [Fact]
    public async Task A_name_that_no_event_has_carried_yet_is_looked_up_once()
    {
        await _store.Handle(_store.Friends.Prepare, Envelope(new FriendRequestSent(1, Ann, Bob, null, T0)));
        await _store.Handle(_store.Friends.Prepare, Envelope(new FriendRequestSent(2, Ann, 9, null, T0)));

        (await _store.Of(Bob)).ShouldHaveSingleItem().Title.ShouldBe("Name 3 wants to be your friend");
        _store.Directory.Questions.ShouldBe(1);
    }

    public void Dispose()
    {
        _store.Dispose();
        GC.SuppressFinalize(this);
    }
}

public sealed class FriendEventHandlerTests() : FriendEventHandlerSuite(TestEngine.Sqlite);

[Engines]
public sealed class FriendEventHandlerMariaDbTests() : FriendEventHandlerSuite(TestEngine.MariaDb);

[Engines]
public sealed class FriendEventHandlerMongoTests() : FriendEventHandlerSuite(TestEngine.Sqlite, withDocuments: true);
