using Microsoft.Playwright;

namespace BigTech.Tests.Browser.WebClient;

/// <summary>The tabs of one browser share their connections and their session.</summary>
public sealed class TabTests(Chromium chromium)
{
    private const string Streams = "bigtech_streams_open";

    [Fact]
    public async Task Tabs_share_the_streams_and_the_next_one_takes_over()
    {
        await using var scene = await RoomScene.Start(chromium);
        var second = await OpenTab(scene);
        var third = await OpenTab(scene);
        await scene.Ann.Send(scene.Room, "to all tabs");
        foreach (var tab in new[] { scene.Page, second, third }) await WebUser.See(In(tab, "to all tabs"));
        (await scene.Server.Metrics()).Sum(Streams).ShouldBe(4, "one connection for each kind of stream");

        await scene.Page.CloseAsync();
        await scene.Ann.Send(scene.Room, "after the first was closed");

        foreach (var tab in new[] { second, third }) await WebUser.See(In(tab, "after the first was closed"));
        await Eventually.Holds(async () => (await scene.Server.Metrics()).Sum(Streams) == 4, "the connections of one tab");
    }

    [Fact]
    public async Task Who_signs_out_in_one_tab_is_signed_out_in_all()
    {
        await using var scene = await RoomScene.Start(chromium);
        var second = await OpenTab(scene);
        await scene.Bob.Go("/app/settings");
        await scene.Page.ClickAsync("#sign-out");

        await WebUser.See(scene.Page.Locator("#switch"));
        await WebUser.See(second.Locator("#switch"));
    }

    [Fact]
    public async Task A_token_that_has_expired_is_renewed_once_for_all_tabs()
    {
        await using var scene = await RoomScene.Start(chromium);
        IPage[] tabs = [scene.Page, await OpenTab(scene), await OpenTab(scene)];
        var expired = "";
        var renewals = 0;
        scene.Bob.Profile.Request += (_, request) =>
        {
            if (request.Url.EndsWith("/auth/refresh", StringComparison.Ordinal)) Interlocked.Increment(ref renewals);
        };
        await scene.Bob.Profile.RouteAsync("**/api/users/me/privacy", async route =>
        {
            var token = route.Request.Headers.GetValueOrDefault("authorization", "none");
            Interlocked.CompareExchange(ref expired, token, "");
            if (token == expired) await route.FulfillAsync(new() { Status = 401 });
            else await route.ContinueAsync();
        });

        await Task.WhenAll(tabs.Select(tab => tab.ClickAsync(".rail a[href='/app/settings']")));

        foreach (var tab in tabs) await WebUser.See(tab.Locator("#privacy-title"));
        renewals.ShouldBe(1);
        await scene.Ann.Send(scene.Room, "to all tabs");
        foreach (var tab in tabs) await WebUser.See(tab.Locator(".rail a[href='/'] .badge"));
    }

    private static async Task<IPage> OpenTab(RoomScene scene)
    {
        var tab = await scene.Bob.Profile.NewPageAsync();
        await tab.GotoAsync(new Uri(scene.Server.Url(), $"app/rooms/{scene.Room}").ToString());
        await WebUser.See(tab.Locator("textarea#composer"));
        return tab;
    }

    private static ILocator In(IPage tab, string text) => tab.Locator("article.message", new() { HasText = text });
}
