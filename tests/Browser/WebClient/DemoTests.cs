using BigTech.Tests.EndToEnd;
using static Microsoft.Playwright.Assertions;

namespace BigTech.Tests.Browser.WebClient;

/// <summary>A first look at a server without users.</summary>
public sealed class DemoTests(Chromium chromium)
{
    [Fact]
    public async Task One_click_leads_to_a_living_chat_and_is_offered_once()
    {
        await using var server = await ServerProcess.Start();
        await using var user = await WebUser.Open(chromium, server);
        await user.Page.ClickAsync("#demo");

        await Expect(user.Page.Locator("a.room")).ToHaveCountAsync(2, new() { Timeout = WebUser.PatientMilliseconds });
        await user.OpenRoom("Minji");
        await WebUser.See(user.Message("just come live"));
        await user.Send("Hello Minji");
        await WebUser.See(user.Message("Hello Minji"));
        await user.Go("/app/friends");
        await Expect(user.Page.Locator("#friends li")).ToHaveCountAsync(2, new() { Timeout = WebUser.PatientMilliseconds });
        user.ShouldHaveNoComplaints();

        await using var second = await WebUser.Open(chromium, server);
        await second.See("#switch");
        await WebUser.NotSee(second.Page.Locator("#demo"));
    }

    [Fact]
    public async Task The_address_alone_starts_it_in_the_language_of_the_browser()
    {
        await using var server = await ServerProcess.Start();
        await using var user = await WebUser.Open(chromium, server, new() { Locale = "ko-KR" });
        await user.Page.GotoAsync(new Uri(server.Url(), "?demo").ToString());
        await user.OpenRoom("김민지");
        await WebUser.See(user.Message("안녕하세요"));
        user.ShouldHaveNoComplaints();
    }
}
