using BigTech.Tests.EndToEnd;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BigTech.Tests.Browser.WebClient;

/// <summary>A group from its making to its end: members, roles, names, links.</summary>
public sealed class GroupTests(Chromium chromium)
{
    [Fact]
    public async Task A_group_is_made_renamed_and_its_members_change()
    {
        await using var server = await ServerProcess.Start();
        var (ann, bob, carol) = (await server.NewUser("Ann"), await server.NewUser("Bob"), await server.NewUser("Carol"));
        foreach (var friend in new[] { bob, carol }) await ann.Befriend(friend);
        await using var owner = await WebUser.SignIn(chromium, server, ann);
        await using var member = await WebUser.SignIn(chromium, server, bob);

        await owner.Page.ClickAsync("#new-room");
        await owner.Page.CheckAsync(".choices label:has-text('Bob') input");
        await owner.Page.CheckAsync(".choices label:has-text('Carol') input");
        await owner.Page.FillAsync("#group-name", "Hikers");
        await owner.Page.ClickAsync("#new-room-dialog button.primary");
        await owner.See("textarea#composer");
        await member.OpenRoom("Hikers");
        await owner.Send("Who has the tent?");
        await WebUser.See(member.Message("Who has the tent?"));

        await owner.Page.ClickAsync("#room-details");
        await owner.Page.FillAsync("#room-name", "Campers");
        await owner.Page.ClickAsync(".details form button");
        await WebUser.See(member.Page.Locator(".room-title h1", new() { HasText = "Campers" }));
        await Expect(member.Page.Locator("a.room .room-name")).ToContainTextAsync("Campers");

        await Person(owner, "Bob").Locator("select").SelectOptionAsync("admin");
        await member.Page.ClickAsync("#room-details");
        await WebUser.See(member.Page.Locator("#room-name"));

        await Person(member, "Carol").Locator("button.danger").ClickAsync();
        await WebUser.NotSee(Person(owner, "Carol").Locator("button.danger"));
        await WebUser.See(Addable(owner, "Carol"));
        await Addable(owner, "Carol").Locator("button").ClickAsync();
        await WebUser.See(Person(member, "Carol").Locator("button.danger"));

        await member.Page.ClickAsync("#leave");
        await WebUser.NotSee(member.Page.Locator("a.room"));
        await WebUser.NotSee(Person(owner, "Bob").Locator("select"));
        owner.ShouldHaveNoComplaints();
        member.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task A_link_brings_a_new_member_in_after_the_sign_in()
    {
        await using var server = await ServerProcess.Start();
        var (ann, bob, carol) = (await server.NewUser("Ann"), await server.NewUser("Bob"), await server.NewUser("Carol"));
        var room = await ann.CreateGroup("Hikers", bob);
        await using var owner = await WebUser.SignIn(chromium, server, ann);
        await owner.OpenRoom("Hikers");
        await owner.Page.ClickAsync("#room-details");
        await owner.Page.ClickAsync(".details button:has-text('link')");
        var link = await owner.Page.InputValueAsync("#invite-link");

        await using var guest = await WebUser.Open(chromium, server);
        await guest.Page.GotoAsync(link);
        await guest.FillSignIn(carol.Account.Email, carol.Password);
        await guest.Page.ClickAsync("button.primary:has-text('Join')");
        await guest.See("textarea#composer");
        await guest.Send("I have the tent.");

        await WebUser.See(owner.Message("I have the tent."));
        (await ann.GetRoom(room.Id)).MemberCount.ShouldBe(3);
        owner.ShouldHaveNoComplaints();
        guest.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task A_removed_member_is_told_and_a_muted_room_rings_no_bell()
    {
        await using var server = await ServerProcess.Start();
        var (ann, bob, carol) = (await server.NewUser("Ann"), await server.NewUser("Bob"), await server.NewUser("Carol"));
        var room = (await ann.CreateGroup("Hikers", bob, carol)).Id;
        await using var member = await WebUser.SignIn(chromium, server, bob);
        await member.OpenRoom("Hikers");
        await member.Page.ClickAsync("#room-details");
        await member.Page.CheckAsync("#mute");
        await Eventually.Holds(
            async () => (await bob.Api.Get("/notifications/preferences")).ShouldBe(200).Text
                .Contains($"\"room_id\":{room}", StringComparison.Ordinal),
            "the room is muted");

        (await ann.Api.Delete($"/chat-rooms/{room}/members/{bob.Id}")).ShouldBe(200, 204);

        await WebUser.See(member.Page.Locator("[role=alert]"));
        await WebUser.NotSee(member.Page.Locator("a.room"));
        member.ShouldHaveNoComplaints();
    }

    private static ILocator Person(WebUser user, string name) =>
        user.Page.Locator(".details ul.people").First.Locator("li", new() { HasText = name });

    private static ILocator Addable(WebUser user, string name) =>
        user.Page.Locator(".details ul.people").Nth(1).Locator("li", new() { HasText = name });
}
