using BigTech.Tests.EndToEnd;
using static Microsoft.Playwright.Assertions;

namespace BigTech.Tests.Browser.WebClient;

/// <summary>Friends, requests, blocks and presence, and the notifications that tell of them.</summary>
public sealed class PeopleTests(Chromium chromium)
{
    [Fact]
    public async Task A_request_is_cancelled_rejected_and_accepted_as_both_sides_see()
    {
        await using var server = await ServerProcess.Start();
        var (ann, bob) = (await server.NewUser("Ann"), await server.NewUser("Bob"));
        await using var one = await WebUser.SignIn(chromium, server, ann);
        await using var other = await WebUser.SignIn(chromium, server, bob);
        await one.Go("/app/friends");
        await other.Go("/app/friends");
        await one.Page.FillAsync("#search", bob.Account.Username);
        await one.Page.PressAsync("#search", "Enter");

        await one.Page.ClickAsync("#found button.primary");
        await other.See("#received li");
        await one.Page.ClickAsync("#sent button");
        await WebUser.NotSee(other.Page.Locator("#received li"));

        await one.Page.ClickAsync("#found button.primary");
        await other.Page.ClickAsync("#received button:not(.primary)");
        await WebUser.NotSee(one.Page.Locator("#sent li"));

        await one.Page.ClickAsync("#found button.primary");
        await other.Page.ClickAsync("#received button.primary");
        await one.See("#friends li");
        await other.See("#friends li");
        one.ShouldHaveNoComplaints();
        other.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task A_stranger_who_is_found_can_be_written_to_and_blocked()
    {
        await using var server = await ServerProcess.Start();
        var (ann, bob) = (await server.NewUser("Ann"), await server.NewUser("Bob"));
        await using var user = await WebUser.SignIn(chromium, server, ann);
        await user.Go("/app/friends");
        await user.Page.FillAsync("#search", bob.Account.Username);
        await user.Page.PressAsync("#search", "Enter");
        await user.Page.ClickAsync("#found button:has-text('Message')");
        await WebUser.See(user.Page.Locator(".room-title h1", new() { HasText = "Bob" }));

        await user.Go("/app/friends");
        await user.Page.FillAsync("#search", bob.Account.Username);
        await user.Page.PressAsync("#search", "Enter");
        await user.Page.ClickAsync("#found button.danger");

        await user.See("#blocked li");
        await WebUser.NotSee(user.Page.Locator("#found li"));
        user.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task A_blocked_friend_is_gone_and_an_unblocked_one_can_be_found_again()
    {
        await using var server = await ServerProcess.Start();
        var (ann, bob) = (await server.NewUser("Ann"), await server.NewUser("Bob"));
        await ann.Befriend(bob);
        await using var online = await bob.StreamOfAllRooms();
        await using var user = await WebUser.SignIn(chromium, server, ann);
        await user.Go("/app/friends");
        await WebUser.See(user.Page.Locator("#friends li .online"));

        await user.Page.ClickAsync("#friends button.danger");
        await user.See("#blocked li");
        await WebUser.NotSee(user.Page.Locator("#friends li"));
        (await bob.Api.Post("/friends/request", new { target_user_id = ann.Id })).ShouldBe(403);

        await user.Page.ClickAsync("#blocked button");
        await WebUser.NotSee(user.Page.Locator("#blocked li"));
        (await bob.Api.Post("/friends/request", new { target_user_id = ann.Id })).ShouldBe(201);
        await user.See("#received li");
        user.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task Notifications_are_counted_lead_to_their_room_and_are_read()
    {
        await using var server = await ServerProcess.Start();
        var (ann, bob) = (await server.NewUser("Ann"), await server.NewUser("Bob"));
        await using var user = await WebUser.SignIn(chromium, server, bob);
        await user.Go("/app/friends");
        var room = (await ann.RoomWith(bob)).Id;
        await ann.Send(room, "Are you there?");
        (await ann.Api.Post("/friends/request", new { target_user_id = bob.Id })).ShouldBe(201);

        await WebUser.See(user.Page.Locator(".rail a[href='/app/notifications'] .badge", new() { HasText = "2" }));
        await user.Go("/app/notifications");
        await Expect(user.Page.Locator(".notifications li.is-unread")).ToHaveCountAsync(2, new() { Timeout = WebUser.PatientMilliseconds });
        await user.Page.ClickAsync($".notifications a[href='/app/rooms/{room}']");
        await WebUser.See(user.Message("Are you there?"));
        await WebUser.See(user.Page.Locator(".rail a[href='/app/notifications'] .badge", new() { HasText = "1" }));

        await user.Go("/app/notifications");
        await user.Page.ClickAsync("#read-all");
        await WebUser.NotSee(user.Page.Locator(".notifications li.is-unread"));
        await WebUser.NotSee(user.Page.Locator(".rail a[href='/app/notifications'] .badge"));
        user.ShouldHaveNoComplaints();
    }
}
