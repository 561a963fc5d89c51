using BigTech.Tests.EndToEnd.Friends;

namespace BigTech.Tests.EndToEnd.Notifications;

[Scenarios]
public sealed class FeedScenarios(SharedServer server)
{
    [Fact]
    public async Task The_list_is_newest_first_and_turns_pages_both_ways()
    {
        var (bob, ids) = await WithRequests(7);

        var first = await bob.Notifications("?limit=3");
        var second = await bob.Notifications($"?limit=3&before={first.Cursor}");
        var third = await bob.Notifications($"?limit=3&before={second.Cursor}");

        new[] { first, second, third }.SelectMany(page => page.Notifications).Select(n => n.Id).ShouldBe(ids);
        new[] { first, second, third }.ShouldAllBe(page => page.TotalCount == 7 && page.UnreadCount == 7);
        third.Cursor.ShouldBeNull();
        var newer = await bob.Notifications($"?limit=2&after={second.Cursor}");
        newer.Notifications.Select(n => n.Id).ShouldBe(ids[3..5]);
        (await bob.Notifications($"?limit=10&after={newer.Cursor}")).Notifications.Select(n => n.Id).ShouldBe(ids[..3]);
        (await bob.Notifications("?limit=2&skip=4")).Notifications.Select(n => n.Id).ShouldBe(ids[4..6]);
        (await bob.Notifications("?limit=2&offset=4")).Notifications.Select(n => n.Id).ShouldBe(ids[4..6]);
        (await bob.Notifications("?skip=100")).Notifications.ShouldBeEmpty();
        (await bob.Notifications()).Notifications.Select(n => n.Id).ShouldBe(ids);
    }

    [Fact]
    public async Task Reading_some_and_reading_all()
    {
        var (bob, ids) = await WithRequests(4);

        (await bob.ReadNotifications(ids[1], ids[1].ToUpperInvariant(), ids[2])).ShouldBe(new ReadAnswer(2, 2));
        (await bob.ReadNotifications(ids[1].ToUpperInvariant())).ShouldBe(new ReadAnswer(0, 2));

        var unread = await bob.Notifications("?unread=true");
        unread.Notifications.Select(n => n.Id).ShouldBe([ids[0], ids[3]]);
        (unread.TotalCount, unread.UnreadCount).ShouldBe((2, 2));
        var all = await bob.Notifications("?unread=false");
        (all.TotalCount, all.UnreadCount).ShouldBe((4, 2));
        all.Notifications.Where(n => n.IsRead).ShouldAllBe(n => n.ReadAt != null && n.ReadAt >= n.CreatedAt);
        (await bob.ReadAllNotifications()).ShouldBe(new ReadAnswer(2, 0));
        (await bob.ReadAllNotifications()).ShouldBe(new ReadAnswer(0, 0));
        (await bob.UnreadNotifications()).ShouldBe(0);
    }

    [Fact]
    public async Task Other_peoples_ids_are_passed_over_and_look_like_unknown_ones()
    {
        var (bob, ids) = await WithRequests(2);
        var eve = await server.NewUser();
        var unknown = Guid.NewGuid().ToString();

        var ofBob = await eve.Api.Post("/notifications/read", new { ids });
        var ofUnknown = await eve.Api.Post("/notifications/read", new { ids = new[] { unknown } });

        ofBob.As<ReadAnswer>().ShouldBe(new ReadAnswer(0, 0));
        ofUnknown.Text.ShouldBe(ofBob.Text);
        (await bob.UnreadNotifications()).ShouldBe(2);
        (await bob.ReadNotifications(ids[0], unknown)).ShouldBe(new ReadAnswer(1, 1));
        (await eve.Notifications()).TotalCount.ShouldBe(0);
    }

    [Fact]
    public async Task Malformed_input_is_refused_by_field()
    {
        var bob = await server.NewUser();

        (await bob.Api.Post("/notifications/read", new { })).ShouldBlame("ids");
        (await bob.Api.Post("/notifications/read", new { ids = Array.Empty<string>() })).ShouldBlame("ids");
        (await bob.Api.Post("/notifications/read", new { ids = (string[])["1"] })).ShouldBlame("ids");
        (await bob.Api.Post("/notifications/read", new { ids = (string?[])[null] })).ShouldBlame("ids");
        (await bob.Api.Post("/notifications/read", new { ids = Enumerable.Repeat(Guid.NewGuid(), 1001) })).ShouldBlame("ids");
        (await bob.Api.Post("/notifications/read", new { ids = "x" })).ShouldBlame("ids");
        (await bob.Api.Post("/notifications/read", new { ids = new[] { Guid.NewGuid() }, all = true })).ShouldBlame("ids");
        (await bob.Api.Post("/notifications/read", new { all = false })).ShouldBlame("all");
        (await bob.Api.Post("/notifications/read", new StringContent("{", null, "application/json"))).ShouldBeProblem(400,
            "malformed_json");
        (await bob.Api.Get("/notifications?limit=0")).ShouldBlame("limit");
        (await bob.Api.Get("/notifications?limit=101")).ShouldBlame("limit");
        (await bob.Api.Get("/notifications?skip=-1")).ShouldBlame("skip");
        (await bob.Api.Get("/notifications?before=rubbish")).ShouldBlame("before");
        (await bob.Api.Get("/notifications?after=OjE")).ShouldBlame("after");
        (await bob.Api.Get("/notifications?before=MTox&after=MTox")).ShouldBlame("before");
        (await bob.Api.Get("/notifications?unread=maybe")).ShouldBlame("unread");
        (await server.Anonymous.Get("/notifications")).ShouldBeProblem(401);
        (await server.Anonymous.Get("/notifications/unread-count")).ShouldBeProblem(401);
        (await server.Anonymous.Post("/notifications/read", new { all = true })).ShouldBeProblem(401);
    }

    [Fact]
    public async Task It_answers_on_its_own_port_and_under_api()
    {
        var bob = await server.NewUser();

        (await server.Ports("notification")[0].With(bob.Tokens.AccessToken).Get("/notifications/unread-count")).ShouldBe(200);
        (await bob.Api.Get("/api/notifications/unread-count")).ShouldBe(200);
    }

    /// <summary>A user with so many notifications, and their ids, newest first.</summary>
    private async Task<(User Bob, string[] Ids)> WithRequests(int count)
    {
        var bob = await server.NewUser();
        foreach (var other in await server.NewUsers(count))
            await other.Ask(bob);
        await Eventually.Holds(async () => (await bob.UnreadNotifications()) == count, $"{count} notifications");
        return (bob, [.. (await bob.Notifications()).Notifications.Select(n => n.Id)]);
    }
}
