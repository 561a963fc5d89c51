using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BigTech.Tests.Browser.WebClient;

/// <summary>What a user has typed is lost by nothing but their own wish.</summary>
public sealed class DraftTests(Chromium chromium)
{
    [Fact]
    public async Task A_draft_waits_while_a_message_is_edited()
    {
        await using var scene = await RoomScene.Start(chromium);
        await scene.Bob.Send("At nine?");
        await WebUser.See(scene.Bob.Message("At nine?").Locator(".more"));
        await scene.Page.FillAsync("#composer", "half a sent");

        await Edit(scene, "At nine?");
        await Expect(Composer(scene)).ToHaveValueAsync("At nine?");
        await scene.Page.FillAsync("#composer", "At ten?");
        await scene.Page.Keyboard.PressAsync("Escape");
        await Expect(Composer(scene)).ToHaveValueAsync("half a sent");

        await Edit(scene, "At nine?");
        await scene.Bob.Send("At eleven?");
        await WebUser.See(scene.Bob.Message("At eleven?"));
        await Expect(Composer(scene)).ToHaveValueAsync("half a sent");
        await scene.Page.ReloadAsync();
        await Expect(Composer(scene)).ToHaveValueAsync("half a sent", new() { Timeout = WebUser.PatientMilliseconds });
        scene.Bob.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task An_edit_that_does_not_reach_the_server_stays_in_the_field()
    {
        await using var scene = await RoomScene.Start(chromium);
        await scene.Bob.Send("At nine?");
        await WebUser.See(scene.Bob.Message("At nine?").Locator(".more"));
        await Edit(scene, "At nine?");
        await scene.Bob.Profile.SetOfflineAsync(true);

        await scene.Bob.Send("At ten?");

        await scene.Bob.See(".room-pane > .error");
        await Expect(Composer(scene)).ToHaveValueAsync("At ten?");
        await scene.Bob.See(".composer-about");
        await scene.Bob.Profile.SetOfflineAsync(false);
        await scene.Page.PressAsync("#composer", "Enter");
        await WebUser.See(scene.Bob.Message("At ten?").GetByText("edited"));
        (await scene.Texts()).ShouldBe(["At ten?"]);
    }

    [Fact]
    public async Task A_refused_message_is_kept_until_it_is_sent_again_or_discarded()
    {
        await using var scene = await RoomScene.Start(chromium);
        (await scene.Ann.Api.Post("/friends/block", new { user_id = scene.BobAccount.Id })).ShouldBe(200, 201, 204);
        await scene.Bob.Send("one");
        await scene.Bob.Send("two");
        var refused = scene.Page.Locator("article[data-state='failed']");
        await Expect(refused).ToHaveCountAsync(2, new() { Timeout = WebUser.PatientMilliseconds });
        await Expect(refused.First.GetByRole(AriaRole.Alert)).ToHaveTextAsync("You cannot reach this user.");
        (await scene.Ann.Api.Delete($"/friends/unblock/{scene.BobAccount.Id}")).ShouldBe(200, 204);
        // It would go through now, but nothing is sent that the user does not ask for again.
        await scene.Page.ReloadAsync();
        await Expect(refused).ToHaveCountAsync(2, new() { Timeout = WebUser.PatientMilliseconds });

        await refused.Filter(new() { HasText = "one" }).GetByText("Try again").ClickAsync();
        await refused.Filter(new() { HasText = "two" }).GetByText("Discard").ClickAsync();

        await WebUser.NotSee(scene.Page.Locator("article.waiting"));
        await WebUser.See(scene.Bob.Message("one"));
        (await scene.Texts()).ShouldBe(["one"]);
    }

    private static ILocator Composer(RoomScene scene) => scene.Page.Locator("#composer");

    private static async Task Edit(RoomScene scene, string text)
    {
        await scene.Bob.Message(text).Locator(".more").ClickAsync();
        await scene.Page.Locator(".message-actions").GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
    }
}
