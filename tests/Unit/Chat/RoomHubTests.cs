using System.Text;
using System.Text.Json;
using BigTech.Chat.Messages;
using BigTech.Chat.Streaming;
using Domain = BigTech.Chat.Domain;

namespace BigTech.Tests.Unit.Chat;

public sealed class RoomHubTests
{
    private const long Room = 5;

    private readonly RoomHub _hub = new();
    private readonly List<long> _behind = [];
    private readonly Listener _ann = new(1);
    private readonly Listener _bob = new(2);
    private readonly Listener _cid = new(3);

    public RoomHubTests()
    {
        _hub.GapDetected += _behind.Add;
        _hub.Join(Room, _ann);
        _hub.SetBaseline(Room, 5);
    }

    [Fact]
    public void A_change_that_overtakes_another_is_held_until_the_store_has_both()
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
    public void Typing_is_shown_to_the_others_and_takes_no_version()
    {
        _hub.Join(Room, _bob);

        _hub.ShowTyping(Typing(_bob, 5));
        _hub.Publish(Change(6));

        _ann.Typing.ShouldBe([(_bob.UserId, 5, true)]);
        _bob.Typing.ShouldBeEmpty();
        _ann.Versions.ShouldBe([6]);
        _behind.ShouldBeEmpty();
    }

    [Fact]
    public void Typing_that_overtook_a_change_is_not_shown_to_those_whom_the_change_may_have_removed()
    {
        _hub.ShowTyping(Typing(_bob, 6));
        _ann.Typing.ShouldBeEmpty();

        _hub.Publish(Change(6) with { Removes = _ann.UserId });
        _hub.Join(Room, _bob);
        _hub.ShowTyping(Typing(_cid, 6));

        _ann.Typing.ShouldBeEmpty();
        _bob.Typing.ShouldBe([(_cid.UserId, 6, true)]);
    }

    [Fact]
    public void Typing_ends_ahead_of_the_message_and_a_signal_from_before_it_comes_too_late()
    {
        _hub.Join(Room, _bob);
        _hub.ShowTyping(Typing(_bob, 5));

        _hub.Publish(Change(6) with { Author = _bob.UserId });
        _hub.ShowTyping(Typing(_bob, 5));
        _ann.Typing.ShouldBe([(_bob.UserId, 5, true), (_bob.UserId, 5, false)]);

        _hub.ShowTyping(Typing(_bob, 6));
        _ann.Typing.Count.ShouldBe(3);
        _hub.Publish(Change(7) with { Author = _ann.UserId });
        _ann.Typing.Count.ShouldBe(3, "it was another who wrote");
    }

    [Fact]
    public void Typing_ends_ahead_of_the_removal_and_is_never_shown_after_it()
    {
        _hub.Join(Room, _bob);
        _hub.ShowTyping(Typing(_bob, 5));

        _hub.Publish(Change(6) with { Removes = _bob.UserId });
        _hub.ShowTyping(Typing(_bob, 5));

        _ann.Typing.ShouldBe([(_bob.UserId, 5, true), (_bob.UserId, 5, false)]);
        _bob.Typing.ShouldBeEmpty();
    }

    [Fact]
    public void A_signal_from_before_the_first_listener_is_not_shown_for_its_sender_may_have_left()
    {
        _hub.ShowTyping(Typing(_bob, 4));

        _ann.Typing.ShouldBeEmpty();
    }

    [Fact]
    public void Neither_typing_nor_its_end_is_shown_across_a_block()
    {
        _hub.Join(Room, _bob);
        _hub.Join(Room, _cid);

        _hub.ShowTyping(Typing(_bob, 5) with { HiddenFrom = [_cid.UserId] });
        _hub.Publish(Change(6) with { Author = _bob.UserId });

        _ann.Typing.Count.ShouldBe(2);
        _cid.Typing.ShouldBeEmpty();
        _cid.Versions.ShouldBe([6]);
    }

    [Fact]
    public void Typing_ends_with_the_last_stream_that_its_sender_has_of_the_room_and_is_sent_to_the_other_replicas()
    {
        var second = new Listener(_bob.UserId);
        List<(long, long)> abandoned = [];
        _hub.TypingAbandoned += (room, user) => abandoned.Add((room, user));
        _hub.Join(Room, _bob);
        _hub.Join(Room, second);
        _hub.ShowTyping(Typing(_bob, 5));

        _hub.Leave(Room, second);
        _hub.AbandonTyping(Room, _bob.UserId);
        _ann.Typing.Count.ShouldBe(1, "a stream is left");
        _hub.Leave(Room, _bob);

        _ann.Typing.ShouldBe([(_bob.UserId, 5, true), (_bob.UserId, 5, false)]);
        abandoned.ShouldBe([(Room, _bob.UserId)]);
        _hub.Leave(Room, _ann);
        abandoned.Count.ShouldBe(1, "ann did not type");
    }

    [Fact]
    public void The_end_of_the_last_stream_of_one_room_is_published_although_the_typing_is_not_known_here_yet()
    {
        var second = new Listener(_bob.UserId) { ShowsOneRoom = true };
        List<(long, long)> abandoned = [];
        _hub.TypingAbandoned += (room, user) => abandoned.Add((room, user));
        _bob.ShowsOneRoom = true;
        _hub.Join(Room, _bob);
        _hub.Join(Room, second);

        _hub.Leave(Room, second);
        abandoned.ShouldBeEmpty("a stream is left");
        _hub.Leave(Room, _bob);

        abandoned.ShouldBe([(Room, _bob.UserId)]);
    }

    [Fact]
    public void A_closed_stream_of_another_replica_ends_the_typing_here()
    {
        _hub.ShowTyping(Typing(_bob, 5));

        _hub.AbandonTyping(Room, _bob.UserId);
        _hub.AbandonTyping(Room, _bob.UserId);

        _ann.Typing.ShouldBe([(_bob.UserId, 5, true), (_bob.UserId, 5, false)]);
    }

    [Fact]
    public void A_member_added_after_the_changes_that_followed_their_joining_receives_them_all_the_same()
    {
        _hub.Follow(_bob);
        foreach (var version in (long[])[6, 7, 8]) _hub.Publish(Change(version));

        // Bob joined with version 6.
        AddBob(since: 5);

        _behind.ShouldBe([Room]);
        _hub.VersionOf(Room).ShouldBe(5);
        _hub.Publish(Change(9));
        _bob.Versions.ShouldBeEmpty();
        _hub.CatchUp(Room, 5, [Change(6), Change(7), Change(8), Change(9)], 9);
        _hub.Publish(Change(10));
        _bob.Introductions.ShouldBe([5], "the room comes once, before its changes");
        _bob.Versions.ShouldBe([6, 7, 8, 9, 10]);
        _ann.Versions.Distinct().ShouldBe([6, 7, 8, 9, 10], "streams drop what they know");
    }

    [Fact]
    public void A_member_added_while_others_are_brought_up_to_date_receives_more_than_those_needed()
    {
        _hub.Follow(_bob);
        _hub.Publish(Change(6));
        _hub.ReportVersion(Room, 8);
        var since = _hub.VersionOf(Room)!.Value;
        since.ShouldBe(6);

        AddBob(since: 5);
        _hub.CatchUp(Room, since, [Change(7), Change(8)], 8);

        _bob.Versions.ShouldBeEmpty();
        _behind.ShouldBe([Room, Room]);
        _hub.VersionOf(Room).ShouldBe(5);
        _hub.CatchUp(Room, 5, [Change(6), Change(7), Change(8)], 8);
        _bob.Versions.ShouldBe([6, 7, 8]);
    }

    [Fact]
    public void A_member_added_again_costs_the_others_nothing()
    {
        _hub.Follow(_bob);
        AddBob(since: 5);
        foreach (var version in (long[])[6, 7]) _hub.Publish(Change(version));

        AddBob(since: 5);

        _behind.ShouldBeEmpty();
        _bob.Introductions.ShouldBe([5]);
        _bob.Versions.ShouldBe([6, 7]);
    }

    [Fact]
    public void A_member_added_while_reading_what_they_missed_costs_the_others_nothing()
    {
        _bob.IsOpening = true;
        _hub.Follow(_bob);
        foreach (var version in (long[])[6, 7]) _hub.Publish(Change(version));

        AddBob(since: 0);
        _hub.Publish(Change(8));

        _behind.ShouldBeEmpty();
        _ann.Versions.ShouldBe([6, 7, 8]);
        _bob.Versions.ShouldBe([8]);
    }

    [Fact]
    public void What_was_read_twice_is_sent_once()
    {
        _hub.Publish(Change(7));
        _hub.CatchUp(Room, 5, [Change(6), Change(7)], 7);
        _hub.CatchUp(Room, 5, [Change(6), Change(7)], 7);
        _ann.Versions.ShouldBe([6, 7]);
    }

    [Fact]
    public void Who_leaves_an_audience_that_is_gone_takes_no_new_one_away()
    {
        var hub = new RoomHub();
        using var joined = new ManualResetEventSlim();
        Thread? second = null;
        // Both were removed from the room, so each finds an empty audience when it leaves. The second one has found the audience and waits
        // for the first; then a new listener joins before the second one continues.
        using var isLeaving = new ManualResetEventSlim();
        var one = new LeavingListener(1, () =>
        {
            isLeaving.Set();
            SpinWait.SpinUntil(() => second?.ThreadState.HasFlag(ThreadState.WaitSleepJoin) == true, Patience.Limit).ShouldBeTrue();
        });
        var two = new LeavingListener(1, () => joined.Wait(Patience.Limit, TestContext.Current.CancellationToken));
        hub.Join(Room, one);
        hub.Join(Room, two);
        hub.SetBaseline(Room, 0);
        hub.Publish(Change(1) with { Removes = 1 });
        (one.IsLeaving, two.IsLeaving) = (true, true);

        var first = new Thread(() => hub.Leave(Room, one));
        first.Start();
        isLeaving.Wait(Patience.Limit, TestContext.Current.CancellationToken).ShouldBeTrue();
        second = new Thread(() => hub.Leave(Room, two));
        second.Start();
        first.Join();
        hub.Join(Room, _bob);
        joined.Set();
        second.Join();

        hub.HasListeners(Room).ShouldBeTrue();
    }

    private static TypingSignal Typing(Listener user, long version) =>
        new(Room, version, user.UserId, $"user{user.UserId}", DateTimeOffset.UnixEpoch.AddSeconds(6), []);

    private void AddBob(long since) => _hub.AddMembers(
        [_bob.UserId],
        Domain.Room.Create(Room, Domain.RoomType.Group, "room", _ann.UserId, [_bob.UserId], DateTimeOffset.UnixEpoch), since);

    private static StreamEvent Change(long version) => StreamEvent.Create(Room, version, "message.created", "{}"u8);

    /// <summary>Runs an action when it is removed from a set.</summary>
    private sealed class LeavingListener(long userId, Action leaving) : IRoomListener
    {
        public bool IsLeaving { get; set; }

        public long UserId => userId;

        public bool ShowsOneRoom => true;

        public bool IsOpening => false;

        public void Push(StreamEvent e)
        {
            // The event is irrelevant to the test.
        }

        public void Offer(StreamEvent e)
        {
            // Also irrelevant.
        }

        public void PushLast(StreamEvent e)
        {
            // Also irrelevant.
        }

        public void Joined(long roomId) => roomId.ShouldBe(Room);

        public override bool Equals(object? obj) => ReferenceEquals(this, obj);

        public override int GetHashCode()
        {
            if (IsLeaving) leaving();
            return 1;
        }
    }

    private sealed class Listener(long userId) : IRoomListener
    {
        public List<long> Versions { get; } = [];

        public long UserId => userId;

        public bool ShowsOneRoom { get; set; }

        public bool IsOpening { get; set; }

        /// <summary>The typing events that it received: the user, the version, and whether they still type.</summary>
        public List<(long User, long Version, bool IsTyping)> Typing { get; } = [];

        /// <summary>The versions at which it was shown the room.</summary>
        public List<long> Introductions { get; } = [];

        public void Push(StreamEvent e) => (e.IsIntroduction ? Introductions : Versions).Add(e.Version);

        public void Offer(StreamEvent e)
        {
            e.IsEphemeral.ShouldBeTrue();
            var data = Encoding.UTF8.GetString(e.Body).Split("data: ")[1];
            var typing = JsonSerializer.Deserialize(data, StreamJson.Default.TypingEvent)!;
            typing.ExpiresAt.HasValue.ShouldBe(typing.IsTyping);
            Typing.Add((typing.UserId, typing.Version, typing.IsTyping));
        }

        public void PushLast(StreamEvent e) => Push(e);

        public void Joined(long roomId) => roomId.ShouldBe(Room);
    }
}
