using BigTech.Tests.EndToEnd;
using static Microsoft.Playwright.Assertions;

namespace BigTech.Tests.Browser.WebClient;

/// <summary>A Korean reads Korean, also what the server writes.</summary>
public sealed class LanguageTests(Chromium chromium)
{
    [Fact]
    public async Task What_the_server_tells_is_told_in_the_language_of_the_user()
    {
        await using var server = await ServerProcess.Start();
        var (ann, bob) = (await server.NewUser("Ann"), await server.NewUser("민지"));
        var room = await ann.CreateGroup("Hikers", bob);
        var message = await ann.Send(room.Id, $"@{bob.Account.Username} hello");
        await using var minji = await WebUser.SignIn(chromium, server, bob, new() { Locale = "ko-KR" });
        await minji.Go("/app/notifications");
        await WebUser.See(minji.Page.GetByText("Ann님이 Hikers에서 회원님을 언급했습니다"));
        await WebUser.See(minji.Page.GetByText("Ann님이 Hikers에 초대했습니다"));

        await minji.Go("/");
        await minji.OpenRoom("Hikers");
        (await ann.Pin(message)).ShouldBe(200, 201, 204);
        await ann.GiveRole(room.Id, bob, "admin");

        var (a, b) = (ann.Account.Username, bob.Account.Username);
        await WebUser.See(minji.Page.Locator(".system", new() { HasText = $"{a}님이 메시지를 고정했습니다" }));
        await WebUser.See(minji.Page.Locator(".system", new() { HasText = $"{a}님이 {b}님을 관리자로 정했습니다" }));
        await Expect(minji.Page.Locator("a.room .room-preview")).ToContainTextAsync("관리자로 정했습니다");
        minji.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task What_the_server_refuses_is_explained_in_the_language_of_the_user()
    {
        await using var server = await ServerProcess.Start();
        await using var user = await WebUser.Open(chromium, server, new() { Locale = "ko-KR" });
        await user.Page.ClickAsync("#switch");
        await user.Page.FillAsync("#email", "minji@example.org");
        await user.Page.FillAsync("#username", "minji");
        await user.Page.FillAsync("#password", "password1");

        await user.Page.ClickAsync("form button.primary");

        await WebUser.See(user.Page.Locator("[role=alert]", new() { HasText = "비밀번호는 글자와 숫자를 포함해" }));
    }
}
