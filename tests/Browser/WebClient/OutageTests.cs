using BigTech.Tests.EndToEnd;
using static Microsoft.Playwright.Assertions;

namespace BigTech.Tests.Browser.WebClient;

/// <summary>Without a network or a server nothing is lost, and all is caught up afterwards.</summary>
public sealed class OutageTests(Chromium chromium)
{
    [Fact]
    public async Task What_is_written_offline_is_sent_once_when_the_network_is_back()
    {
        await using var scene = await RoomScene.Start(chromium);
        await scene.Bob.Send("before");
        await scene.Ann.Receives(scene, "before");

        await scene.Bob.Profile.SetOfflineAsync(true);
        await scene.Bob.See(".banner");
        await scene.Bob.Send("one");
        await scene.Bob.Send("two");
        await Expect(scene.Page.Locator("article.waiting")).ToHaveCountAsync(2);
        await scene.Ann.Send(scene.Room, "you are away");
        await scene.Bob.Profile.SetOfflineAsync(false);

        await WebUser.See(scene.Bob.Message("you are away"));
        await WebUser.NotSee(scene.Page.Locator("article.waiting"));
        await WebUser.NotSee(scene.Page.Locator(".banner"));
        (await scene.Texts()).Order().ShouldBe(["before", "one", "two", "you are away"]);
        (await scene.Texts()).Where(text => text is "one" or "two").ShouldBe(["one", "two"], "in their order");
    }

    [Fact]
    public async Task What_waits_outlives_the_page_and_a_draft_as_well()
    {
        await using var scene = await RoomScene.Start(chromium);
        scene.Server.Terminate();
        await scene.Server.Ended();
        await scene.Bob.Send("kept");
        await Expect(scene.Page.Locator("article.waiting")).ToHaveCountAsync(1);
        await scene.Page.FillAsync("#composer", "half a sent");
        await scene.Page.GotoAsync("about:blank");
        await scene.Server.Restart();

        await scene.Page.GotoAsync(new Uri(scene.Server.Url(), $"app/rooms/{scene.Room}").ToString());

        await WebUser.See(scene.Bob.Message("kept"));
        await Eventually.Holds(async () => (await scene.Texts()).SequenceEqual(["kept"]), "the message, once");
        await Expect(scene.Page.Locator("#composer")).ToHaveValueAsync("half a sent");
    }

    [Fact]
    public async Task A_restart_of_the_server_loses_and_doubles_nothing()
    {
        await using var scene = await RoomScene.Start(chromium, messages: 3);
        await scene.Server.Kill9();
        await scene.Bob.See(".banner");
        await scene.Server.Restart();
        await scene.Ann.Send(scene.Room, "back again");

        await WebUser.See(scene.Bob.Message("back again"));
        await Expect(scene.Page.Locator("article.message")).ToHaveCountAsync(4);
        await WebUser.NotSee(scene.Page.Locator(".banner"));
    }
}

/// <summary>What Ann sees.</summary>
internal static class Received
{
    public static Task Receives(this User user, RoomScene scene, string text) =>
        Eventually.Holds(async () => (await user.History(scene.Room)).Messages.Any(message => message.Content == text), text);
}
