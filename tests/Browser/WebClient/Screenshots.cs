using BigTech.Tests.EndToEnd;
using BigTech.Tests.Testing;
using Microsoft.Playwright;

namespace BigTech.Tests.Browser.WebClient;

/// <summary>
/// Pictures of the main screens: for the documents by <c>build/screenshots.sh</c>, and of every run in <c>artifacts/screenshots</c>.
/// </summary>
public sealed class Screenshots(Chromium chromium)
{
    private const string FolderVariable = "SCREENSHOT_FOLDER";

    [Theory]
    [InlineData("desktop-light", ColorScheme.Light, 1200, 760, "en-US")]
    [InlineData("desktop-dark", ColorScheme.Dark, 1200, 760, "ko-KR")]
    [InlineData("phone-light", ColorScheme.Light, 390, 780, "ko-KR")]
    [InlineData("phone-dark", ColorScheme.Dark, 390, 780, "en-US")]
    public async Task Take(string name, ColorScheme colors, int width, int height, string language)
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable)
            ?? Path.Combine(Repository.Root, "artifacts", "screenshots");
        await using var server = await ServerProcess.Start();
        var minji = await server.NewUser("김민지");
        var david = await server.NewUser("David Park");
        var sora = await server.NewUser("한소라");
        await david.Befriend(minji);
        await david.Befriend(sora);
        // A user with an open stream is online, however long the pages take.
        await using var online = await minji.StreamOfAllRooms();
        var room = (await david.RoomWith(minji)).Id;
        var group = (await david.CreateGroup("주말 등산 🏔️", minji, sora)).Id;
        await sora.Send(group, "토요일 8시에 북한산 입구에서 만나요!");
        await minji.Send(group, "좋아요, 김밥은 제가 준비할게요");
        await minji.Send(room, "안녕하세요! 내일 회의 자료 보셨어요?");
        var answer = await david.Send(room, "Yes, I read it this morning. The second page is very clear.");
        await minji.React(answer, "👍");
        await minji.Send(room, "다행이에요. 세 번째 장만 조금 고칠게요: https://example.com/slides");
        await david.Send(room, "Great. See you at 10.");
        await sora.Send(group, "날씨도 맑대요 ☀️");
        var profile = new BrowserNewContextOptions
        {
            ColorScheme = colors,
            Locale = language,
            ViewportSize = new ViewportSize { Width = width, Height = height },
        };
        await using var user = await WebUser.SignIn(chromium, server, david, profile);
        await user.OpenRoom("김민지");
        await user.See(".reaction");
        await Shoot(user.Page, folder, $"room-{name}");
        await user.Page.GotoAsync(server.Url().ToString());
        await user.See("a.room .badge");
        await Shoot(user.Page, folder, $"chats-{name}");
        await user.Go("/app/friends");
        await user.See("#friends li .online");
        await Shoot(user.Page, folder, $"friends-{name}");
    }

    private static Task<byte[]> Shoot(IPage page, string folder, string name) =>
        page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png"), Animations = ScreenshotAnimations.Disabled });
}
