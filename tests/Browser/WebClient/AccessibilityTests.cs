using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BigTech.Tests.Browser.WebClient;

/// <summary>
/// Every screen, in both themes, on a desktop and on a phone: no violation of the rules of axe, and nothing beside the edge.
/// </summary>
public sealed class AccessibilityTests(Chromium chromium)
{
    [Theory]
    [InlineData("light", 1280)]
    [InlineData("dark", 1280)]
    [InlineData("light", 360)]
    [InlineData("dark", 360)]
    public async Task Every_screen_can_be_used_by_all(string theme, int width)
    {
        await using var scene = await RoomScene.Start(chromium, messages: 3, new BrowserNewContextOptions
        {
            ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = new ViewportSize { Width = width, Height = 740 },
            // What axe brings is evaluated as text.
            BypassCSP = true,
        });
        await scene.Bob.Send("an answer");
        await WebUser.See(scene.Bob.Message("an answer"));

        await Check(scene.Page, "room");
        await scene.Bob.Message("an answer").Locator(".more").ClickAsync();
        await scene.Bob.See(".message-actions");
        await Check(scene.Page, "actions of a message");
        await scene.Page.ClickAsync(".message-actions button:has-text('Reply')");
        await scene.Bob.See(".composer-about");
        await Check(scene.Page, "reply");
        await scene.Page.ClickAsync("#room-details");
        await scene.Bob.See(".details");
        await Check(scene.Page, "details");
        string[] addresses =
        [
            "", "app/friends", "app/notifications", "app/settings", "app/nothing", "join/none", "reset-password#token=x",
            "verify-email#token=x",
        ];
        foreach (var address in addresses)
        {
            await Visit(scene.Page, address);
            await Check(scene.Page, address);
        }
        await Visit(scene.Page, "");
        await scene.Page.ClickAsync("#new-room");
        await scene.Bob.See("#new-room-dialog");
        await Check(scene.Page, "new room");
        await scene.Page.EvaluateAsync("localStorage.clear()");
        await scene.Page.ReloadAsync();
        await scene.Bob.See("#switch");
        await Check(scene.Page, "sign-in");
        await scene.Page.ClickAsync("#switch");
        await scene.Bob.See("#username");
        await Check(scene.Page, "registration");
    }

    /// <summary>As a link does it: the page is not loaded again.</summary>
    private static async Task Visit(IPage page, string address)
    {
        var heading = page.Locator("h1").First;
        var before = await heading.InnerTextAsync();
        await page.EvaluateAsync("address => Blazor.navigateTo('/' + address)", address);
        await Expect(heading).Not.ToHaveTextAsync(before, new() { Timeout = WebUser.PatientMilliseconds });
        await Expect(heading).ToBeVisibleAsync(new() { Timeout = WebUser.PatientMilliseconds });
    }

    private static async Task Check(IPage page, string screen)
    {
        var found = await page.RunAxe();
        found.Violations.Select(one => $"{screen}: {one.Id}: {string.Join("; ", one.Nodes.Select(node => node.Html))}").ShouldBeEmpty();
        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue($"{screen} is too wide");
    }
}
