using BigTech.Tests.EndToEnd.Friends;

namespace BigTech.Tests.EndToEnd.Presence;

public sealed class FriendListScenarios(PresenceScenarios.QuickServer server) : IClassFixture<PresenceScenarios.QuickServer>
{
    [Fact]
    public async Task Friend_lists_show_who_is_online_and_when_the_others_were()
    {
        var (ann, bob) = await server.TwoFriends();
        await Shows(ann, bob, friend => friend is { IsOnline: false, LastSeenAt: null });
        await using (await bob.StreamOfAllRooms())
        {
            await ann.SeesOnline(bob);
            await Shows(ann, bob, friend => friend is { IsOnline: true, LastSeenAt: null });
        }

        await ann.SeesOffline(bob);

        var status = await ann.StatusOf(bob);
        await Shows(ann, bob, friend => !friend.IsOnline && friend.LastSeenAt == status.LastSeenAt && friend.LastSeenAt is not null);
    }

    [Fact]
    public async Task An_invisible_friend_is_offline_in_lists_too()
    {
        var (ann, bob) = await server.TwoFriends();
        await bob.SetInvisible(true);
        await bob.Heartbeat();

        await Shows(ann, bob, friend => friend is { IsOnline: false, LastSeenAt: null });
    }

    private static async Task Shows(User me, User friend, Func<Friend, bool> isExpected)
    {
        (await me.Friends()).Friends.Single(one => one.UserId == friend.Id)
            .ShouldSatisfyAllConditions(one => isExpected(one).ShouldBeTrue($"{one}"));
        var found = (await me.Api.Get($"/friends/search?q={friend.Account.Username}")).As<FriendList>().Friends.Single();
        isExpected(found).ShouldBeTrue($"{found}");
    }
}
