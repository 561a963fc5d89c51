using BigTech.Friends.Domain;

namespace BigTech.Tests.Unit.Friends;

public sealed class RelationTests
{
    private const long Ann = 3;
    private const long Bob = 8;
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset T1 = T0.AddMinutes(1);
    private static readonly Pair Two = Pair.Create(Ann, Bob);

    [Fact]
    public void A_pair_is_the_same_for_both_users()
    {
        Pair.Create(Bob, Ann).ShouldBe(Two);
        (Two.Low, Two.High).ShouldBe((Ann, Bob));
        Two.Other(Ann).ShouldBe(Bob);
        Two.Other(Bob).ShouldBe(Ann);
        Two.Has(4).ShouldBeFalse();
        Should.Throw<ArgumentException>(() => Two.Other(4));
    }

    [Fact]
    public void A_user_is_no_pair_with_themselves() => Should.Throw<ArgumentException>(() => Pair.Create(Ann, Ann));

    [Fact]
    public void A_request_waits_for_the_one_who_was_asked()
    {
        Relation.None(Two).MayRequest(Bob).ShouldBe(FriendRule.Allowed);

        var asked = Relation.None(Two).Request(Bob, "hello", T0);

        var friendship = asked.Friendship.ShouldNotBeNull();
        friendship.ShouldBe(new Friendship(0, Two, FriendshipStatus.Pending, Bob, "hello", T0, T0));
        friendship.AddresseeId.ShouldBe(Ann);
        asked.MayRequest(Bob).ShouldBe(FriendRule.RequestPending);
        asked.MayEnd().ShouldBe(FriendRule.NotFriends);
    }

    [Fact]
    public void A_crossing_request_accepts_the_other()
    {
        var asked = Asked();
        asked.MayRequest(Bob).ShouldBe(FriendRule.Allowed);

        var friends = asked.Request(Bob, "me too", T1);

        friends.Friendship.ShouldBe(asked.Friendship! with { Status = FriendshipStatus.Accepted, ChangedAt = T1 });
        friends.MayRequest(Ann).ShouldBe(FriendRule.AlreadyFriends);
        friends.MayRequest(Bob).ShouldBe(FriendRule.AlreadyFriends);
    }

    [Fact]
    public void Only_the_addressee_answers_and_only_while_it_is_pending()
    {
        Relation.None(Two).MayAnswer(Bob).ShouldBe(FriendRule.NoRequest);
        Asked().MayAnswer(Ann).ShouldBe(FriendRule.NotTheAddressee);
        Asked().MayAnswer(Bob).ShouldBe(FriendRule.Allowed);
        foreach (var answered in new[] { Asked().Accept(T1), Asked().Reject(T1), Asked().Cancel(T1) })
        {
            answered.MayAnswer(Bob).ShouldBe(FriendRule.NotPending);
            answered.MayAnswer(Ann).ShouldBe(FriendRule.NotTheAddressee);
        }
    }

    [Fact]
    public void Only_the_requester_cancels_and_only_while_it_is_pending()
    {
        Relation.None(Two).MayCancel(Ann).ShouldBe(FriendRule.NoRequest);
        Asked().MayCancel(Bob).ShouldBe(FriendRule.NotTheRequester);
        Asked().MayCancel(Ann).ShouldBe(FriendRule.Allowed);
        Asked().Cancel(T1).MayCancel(Ann).ShouldBe(FriendRule.NotPending);
        Asked().Accept(T1).MayCancel(Ann).ShouldBe(FriendRule.NotPending);
    }

    [Fact]
    public void After_every_end_either_may_ask_anew()
    {
        foreach (var end in new[] { FriendshipStatus.Rejected, FriendshipStatus.Cancelled, FriendshipStatus.Ended })
        {
            var over = new Relation(Two, Asked().Friendship! with { Id = 5, Status = end, ChangedAt = T0 }, null, null);
            over.MayRequest(Ann).ShouldBe(FriendRule.Allowed);
            over.MayRequest(Bob).ShouldBe(FriendRule.Allowed);

            over.Request(Bob, "again", T1).Friendship.ShouldBe(new Friendship(5, Two, FriendshipStatus.Pending, Bob, "again", T1, T1));
        }
    }

    [Fact]
    public void Friends_part_and_only_friends_do()
    {
        var friends = Asked().Accept(T0);
        friends.MayEnd().ShouldBe(FriendRule.Allowed);

        var ended = friends.End(T1);

        ended.Friendship!.Status.ShouldBe(FriendshipStatus.Ended);
        ended.MayEnd().ShouldBe(FriendRule.NotFriends);
        Relation.None(Two).MayEnd().ShouldBe(FriendRule.NotFriends);
    }

    [Fact]
    public void A_block_ends_a_friendship_and_an_open_request()
    {
        Asked().Accept(T0).Block(Bob, T1).Friendship!.Status.ShouldBe(FriendshipStatus.Ended);
        Asked().Block(Bob, T1).Friendship!.Status.ShouldBe(FriendshipStatus.Cancelled);
        Asked().Block(Ann, T1).Friendship!.Status.ShouldBe(FriendshipStatus.Cancelled);
        Asked().Reject(T0).Block(Ann, T1).Friendship.ShouldBe(Asked().Reject(T0).Friendship);
        Relation.None(Two).Block(Ann, T1).Friendship.ShouldBeNull();
    }

    [Fact]
    public void A_block_refuses_requests_both_ways_until_it_is_lifted()
    {
        var blocked = Relation.None(Two).Block(Ann, T0);
        blocked.MayRequest(Ann).ShouldBe(FriendRule.Blocked);
        blocked.MayRequest(Bob).ShouldBe(FriendRule.Blocked);

        var lifted = blocked.Unblock(Ann);

        lifted.IsBlocked.ShouldBeFalse();
        lifted.MayRequest(Bob).ShouldBe(FriendRule.Allowed);
    }

    [Fact]
    public void To_block_twice_changes_nothing()
    {
        var blocked = Asked().Block(Bob, T0);

        blocked.Block(Bob, T1).ShouldBe(blocked);
        blocked.BlockOf(Bob).ShouldBe(new Block(Bob, Ann, T0));
    }

    [Fact]
    public void Each_user_lifts_only_their_own_block()
    {
        var both = Relation.None(Two).Block(Ann, T0).Block(Bob, T1);
        both.MayUnblock(Ann).ShouldBe(FriendRule.Allowed);

        var one = both.Unblock(Ann);

        one.BlockOf(Ann).ShouldBeNull();
        one.BlockOf(Bob).ShouldNotBeNull();
        one.MayUnblock(Ann).ShouldBe(FriendRule.NotBlocked);
        one.MayRequest(Ann).ShouldBe(FriendRule.Blocked);
        Relation.None(Two).MayUnblock(Bob).ShouldBe(FriendRule.NotBlocked);
    }

    [Fact]
    public void Nothing_comes_back_with_the_end_of_a_block()
    {
        var lifted = Asked().Accept(T0).Block(Ann, T1).Unblock(Ann);

        lifted.Friendship!.Status.ShouldBe(FriendshipStatus.Ended);
        lifted.MayEnd().ShouldBe(FriendRule.NotFriends);
    }

    private static Relation Asked() => Relation.None(Two).Request(Ann, null, T0);
}
