using static Microsoft.Playwright.Assertions;

namespace BigTech.Tests.Browser.WebClient;

/// <summary>The client without a mouse.</summary>
public sealed class KeyboardTests(Chromium chromium)
{
    [Fact]
    public async Task Arrows_choose_a_room_and_a_message_and_escape_leads_back()
    {
        await using var scene = await RoomScene.Start(chromium, messages: 3);
        var (page, bob) = (scene.Page, scene.Bob);
        await scene.BobAccount.CreateGroup("Hikers", scene.Ann);
        await bob.Go("/");
        await WebUser.See(page.Locator("a.room").Nth(1));

        await page.FocusAsync("a.room >> nth=0");
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.Locator("a.room").Nth(1)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await WebUser.See(bob.Message("message 3."));
        await Expect(page.Locator("#composer")).ToBeFocusedAsync();

        await page.FocusAsync("#messages");
        await page.Keyboard.PressAsync("ArrowUp");
        await page.Keyboard.PressAsync("ArrowUp");
        await Expect(bob.Message("message 2.")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".message-actions")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await WebUser.NotSee(page.Locator(".message-actions"));
        await Expect(bob.Message("message 2.").Locator(".more")).ToBeFocusedAsync();

        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Reply" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#composer")).ToBeFocusedAsync();
        await bob.See(".composer-about");
        await page.Keyboard.PressAsync("Escape");
        await WebUser.NotSee(page.Locator(".composer-about"));
        bob.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task The_details_take_the_focus_and_give_it_back()
    {
        await using var scene = await RoomScene.Start(chromium);
        await scene.Page.FocusAsync("#room-details");
        await scene.Page.Keyboard.PressAsync("Enter");
        await Expect(scene.Page.Locator("#close-details")).ToBeFocusedAsync();

        await scene.Page.Keyboard.PressAsync("Escape");

        await WebUser.NotSee(scene.Page.Locator(".details"));
        await Expect(scene.Page.Locator("#room-details")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task The_first_tab_stop_of_a_room_skips_the_lists()
    {
        await using var scene = await RoomScene.Start(chromium);
        await scene.Page.Locator("#composer").BlurAsync();
        await scene.Page.FocusAsync(".skip");
        await Expect(scene.Page.Locator(".skip")).ToBeInViewportAsync();

        await scene.Page.Keyboard.PressAsync("Enter");

        await Expect(scene.Page.Locator("#composer")).ToBeFocusedAsync();
        await Expect(scene.Page.Locator(".skip")).Not.ToBeInViewportAsync();
    }

    [Fact]
    public async Task On_a_phone_the_details_hide_the_room_and_the_keyboard_stays_closed()
    {
        await using var scene = await RoomScene.Start(
            chromium, options: new() { ViewportSize = new() { Width = 360, Height = 740 }, HasTouch = true, IsMobile = true });
        await Expect(scene.Page.Locator("#composer")).Not.ToBeFocusedAsync();

        await scene.Page.ClickAsync("#room-details");

        await Expect(scene.Page.Locator("#composer")).ToBeHiddenAsync();
        await scene.Page.ClickAsync("#close-details");
        await Expect(scene.Page.Locator("#composer")).ToBeVisibleAsync();
    }
}
