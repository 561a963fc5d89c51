namespace BigTech.Tests.EndToEnd.Friends;

[Scenarios]
public sealed class ListScenarios(SharedServer server)
{
    [Fact]
    public async Task Friends_are_listed_newest_first_with_their_profiles_of_now()
    {
        var me = await server.NewUser();
        var friends = await server.NewUsers(3);
        foreach (var friend in friends)
            await friend.Befriend(me);
        (await friends[1].Api.Patch("/profile/me", new { display_name = "새 이름", status_message = "여행 중" })).ShouldBe(200);

        // A separate service may return a profile that is up to two seconds old.
        await Eventually.Holds(async () => (await me.Friends()).Friends[1].DisplayName == "새 이름", "the new name");
        var list = await me.Friends();

        list.Ids.ShouldBe(friends.Reverse().Select(friend => friend.Id));
        list.TotalCount.ShouldBe(3);
        list.NextCursor.ShouldBeNull();
        list.Friends[1].StatusMessage.ShouldBe("여행 중");
        (await me.Api.Get("/friends/list")).As<FriendList>().Friends.ShouldBe(list.Friends);
        (await me.Api.Get("/api/friends")).As<FriendList>().Friends.ShouldBe(list.Friends);
        (await server.Ports("friend")[0].With(me.Tokens.AccessToken).Get("/friends")).As<FriendList>().Friends.ShouldBe(list.Friends);
    }

    [Fact]
    public async Task Pages_of_every_list_show_everything_once()
    {
        var me = await server.NewUser();
        var others = await server.NewUsers(15);
        foreach (var friend in others[..5])
            await me.Befriend(friend);
        foreach (var asked in others[5..10])
            await me.Ask(asked);
        foreach (var asking in others[10..13])
            await asking.Ask(me);
        foreach (var blocked in others[13..])
            await me.Block(blocked);

        var friends = await me.Friends("?limit=3");
        var moreFriends = await me.Friends($"?limit=3&{friends.NextCursor.After()}");
        friends.Ids.Concat(moreFriends.Ids).ShouldBe(others[..5].Reverse().Select(user => user.Id));
        moreFriends.NextCursor.ShouldBeNull();

        var open = await me.Requests("?limit=3");
        var more = await me.Requests($"?limit=3&{open.NextCursor.After()}");
        open.Sent.Concat(more.Sent).Select(request => request.AddresseeId).ShouldBe(others[5..10].Reverse().Select(user => user.Id));
        open.Received.Concat(more.Received).Select(request => request.RequesterId)
            .ShouldBe(others[10..13].Reverse().Select(user => user.Id));
        more.NextCursor.ShouldBeNull();
        open.TotalCount.ShouldBe(8);

        var pending = (await me.Api.Get("/friends/requests/pending?limit=2")).As<PendingRequests>();
        (pending.Requests.Length, pending.TotalCount).ShouldBe((2, 3));
        var rest = (await me.Api.Get($"/friends/requests/pending?limit=2&{pending.NextCursor.After()}")).As<PendingRequests>();
        rest.Requests.Single().RequesterId.ShouldBe(others[10].Id);

        var blocks = await me.BlockList("?limit=1");
        (blocks.Blocked.Single().UserId, blocks.TotalCount).ShouldBe((others[14].Id, 2));
        (await me.BlockList($"?limit=1&{blocks.NextCursor.After()}")).Blocked.Single().UserId.ShouldBe(others[13].Id);
    }

    [Fact]
    public async Task Friends_are_found_by_names_Korean_and_its_initials_too()
    {
        var me = await server.NewUser();
        var younghee = await server.NewUser("김영희");
        var heeyoung = await server.NewUser("박희영");
        var other = await server.NewUser("Younghee Kim");
        var stranger = await server.NewUser("김영희");
        foreach (var friend in new[] { younghee, heeyoung, other })
            await me.Befriend(friend);

        (await Search(me, "김영")).Ids.ShouldBe([younghee.Id]);
        (await Search(me, "ㄱㅇㅎ")).Ids.ShouldBe([younghee.Id]);
        (await Search(me, "ㅇㅎ")).Ids.ShouldBe([younghee.Id]);
        (await Search(me, "영")).Ids.ShouldBe([younghee.Id, heeyoung.Id], ignoreOrder: true);
        (await Search(me, "KIM")).Ids.ShouldBe([other.Id]);
        (await Search(me, other.Account.Username)).Ids.ShouldBe([other.Id]);
        (await Search(me, stranger.Account.Username)).Friends.ShouldBeEmpty();
        var first = await Search(me, "영", "&limit=1");
        var second = await Search(me, "영", $"&limit=1&{first.NextCursor.After()}");
        (first.TotalCount, second.TotalCount).ShouldBe((2, 2));
        first.Ids.Concat(second.Ids).ShouldBe((await Search(me, "영")).Ids);
        second.NextCursor.ShouldBeNull();

        (await me.Unfriend(younghee)).ShouldBe(204);
        (await Search(me, "ㄱㅇㅎ")).Friends.ShouldBeEmpty();
    }

    [Fact]
    public async Task Exact_names_come_before_prefixes_and_those_before_the_rest()
    {
        var me = await server.NewUser();
        var word = $"w{Guid.NewGuid():N}"[..12];
        var inside = await server.NewUser($"the {word}");
        var prefix = await server.NewUser($"{word} the second");
        var exact = await server.NewUser(word);
        foreach (var friend in new[] { inside, prefix, exact })
            await friend.Befriend(me);

        (await Search(me, word.ToUpperInvariant())).Ids.ShouldBe([exact.Id, prefix.Id, inside.Id]);
    }

    [Fact]
    public async Task Wrong_queries_are_refused_by_field()
    {
        var me = await server.NewUser();
        foreach (var list in new[] { "/friends", "/friends/requests", "/friends/requests/pending", "/friends/blocked", "/friends/search" })
        {
            (await me.Api.Get($"{list}?q=x&limit=0")).ShouldBlame("limit");
            (await me.Api.Get($"{list}?q=x&limit=101")).ShouldBlame("limit");
            (await me.Api.Get($"{list}?q=x&limit=many")).ShouldBeProblem(422);
            (await me.Api.Get($"{list}?q=x&after=nonsense!")).ShouldBlame("after");
            (await me.Api.Get($"{list}?q=x&after=bm9uc2Vuc2U")).ShouldBlame("after");
        }
        (await me.Api.Get("/friends/search")).ShouldBlame("q");
        (await me.Api.Get("/friends/search?q=%20")).ShouldBlame("q");
        (await me.Api.Get($"/friends/search?q={new string('x', 256)}")).ShouldBlame("q");
        (await me.Api.Get("/friends/search?q=%00")).ShouldBlame("q");
    }

    private static async Task<FriendList> Search(User me, string text, string more = "") =>
        (await me.Api.Get($"/friends/search?q={Uri.EscapeDataString(text)}{more}")).As<FriendList>();
}
