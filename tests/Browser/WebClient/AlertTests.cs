using Microsoft.Playwright;

namespace BigTech.Tests.Browser.WebClient;

/// <summary>What the browser itself shows while no page of the client is looked at.</summary>
public sealed class AlertTests(Chromium chromium)
{
    // What was shown, instead of showing it.
    private const string Recorded =
        """
        window.shown = [];
        window.Notification = class {
          static permission = "granted";
          constructor(title, options) { window.shown.push({ title, body: options.body, click: () => this.onclick() }); }
          close() {}
        };
        """;

    private const int StreamsOfABrowser = 4;

    private const string Hidden = "Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });";

    [Fact]
    public async Task A_page_in_the_background_shows_a_notification_that_leads_to_the_room()
    {
        await using var scene = await RoomScene.Start(chromium);
        var hidden = await OpenTab(scene, Recorded + Hidden);
        await scene.Page.CloseAsync();
        await scene.Ann.CreateGroup("Hikers", scene.BobAccount);
        await WebUser.See(hidden.Locator("a.room", new() { HasText = "Hikers" }));
        await IsConnected(scene);

        await scene.Ann.Send(scene.Room, "Are you there?");

        await Shows(hidden, $"{scene.Ann.Account.DisplayName}: Are you there?");
        await hidden.EvaluateAsync("window.shown.at(-1).click()");
        await WebUser.See(hidden.Locator("article.message", new() { HasText = "Are you there?" }));
    }

    [Fact]
    public async Task It_shows_none_while_another_tab_is_looked_at_and_none_of_a_muted_room()
    {
        await using var scene = await RoomScene.Start(chromium);
        var hikers = await scene.Ann.CreateGroup("Hikers", scene.BobAccount);
        var campers = await scene.Ann.CreateGroup("Campers", scene.BobAccount);
        await scene.Page.ClickAsync("#room-details");
        await scene.Page.CheckAsync("#mute");
        await WebUser.See(scene.Page.Locator("a.room", new() { HasText = "muted" }));
        await scene.Bob.Go("/app/settings");
        var hidden = await OpenTab(scene, Recorded + Hidden);

        await scene.Ann.Send(hikers.Id, "while a tab is seen");
        await WebUser.See(hidden.Locator("a.room", new() { HasText = "while a tab is seen" }));
        await WebUser.See(hidden.Locator(".rail a[href='/app/notifications'] .badge"));
        await scene.Page.CloseAsync();
        await scene.Ann.Send(scene.Room, "in the muted room");
        await WebUser.See(hidden.Locator("a.room", new() { HasText = "in the muted room" }));
        await IsConnected(scene);
        await scene.Ann.Send(campers.Id, "while none is seen");

        await Shows(hidden, "Campers: while none is seen");
        (await hidden.EvaluateAsync<string[]>("window.shown.map(shown => shown.body)")).ShouldBe(["while none is seen"]);
    }

    /// <summary>The tab that is left has taken over: what comes meanwhile is replayed to it, and what is replayed does not ring.</summary>
    private static Task IsConnected(RoomScene scene) => Eventually.Holds(
        async () => (await scene.Server.Metrics()).Sum("bigtech_streams_open") == StreamsOfABrowser, "the streams of the other tab");

    private static Task Shows(IPage page, string text) => Eventually.Holds(
        async () => (await page.EvaluateAsync<string[]>("window.shown.map(one => `${one.title}: ${one.body}`)")).Contains(text), text);

    private static async Task<IPage> OpenTab(RoomScene scene, string script)
    {
        var tab = await scene.Bob.Profile.NewPageAsync();
        await tab.AddInitScriptAsync(script);
        await tab.GotoAsync(new Uri(scene.Server.Url(), "app/settings").ToString());
        await WebUser.See(tab.Locator("#sign-out"));
        await tab.ClickAsync(".rail a[href='/']");
        await WebUser.See(tab.Locator("a.room").First);
        return tab;
    }
}
