using Microsoft.Playwright;

namespace BigTech.Tests.Browser.WebClient;

/// <summary>
/// Hangul is composed syllable by syllable, as an input method does it. Enter ends a syllable, and sends only after that.
/// </summary>
public sealed class InputMethodTests(Chromium chromium)
{
    private static readonly string[][] Hello =
        [["ㅇ", "아", "안"], ["ㄴ", "녀", "녕"], ["ㅎ", "하"], ["ㅅ", "세"], ["ㅇ", "요"]];

    [Fact]
    public async Task A_greeting_is_composed_and_sent_once_and_whole()
    {
        await using var scene = await RoomScene.Start(chromium);
        var keyboard = await InputMethod.Attach(scene.Page);
        await scene.Page.FocusAsync("#composer");

        foreach (var syllable in Hello[..^1]) await keyboard.Write(syllable);
        await keyboard.Compose(Hello[^1]);
        // Messages come in while a syllable is being composed: what is written stays.
        await scene.Ann.Send(scene.Room, "I interrupt you");
        await WebUser.See(scene.Bob.Message("I interrupt you"));
        (await scene.Page.InputValueAsync("#composer")).ShouldBe("안녕하세요");
        await keyboard.EnterWhileComposing();
        (await scene.Page.InputValueAsync("#composer")).ShouldBe("안녕하세요", "Enter in the middle sends nothing");
        await keyboard.Commit("요");
        await keyboard.Enter();

        await WebUser.See(scene.Bob.Message("안녕하세요"));
        (await scene.Page.InputValueAsync("#composer")).ShouldBe("");
        await Eventually.Holds(async () => (await scene.Texts()).Length == 2, "both messages");
        (await scene.Texts()).ShouldBe(["I interrupt you", "안녕하세요"]);
    }

    [Fact]
    public async Task Shift_and_Enter_begins_a_line()
    {
        await using var scene = await RoomScene.Start(chromium);
        await scene.Page.FillAsync("#composer", "one");
        await scene.Page.PressAsync("#composer", "Shift+Enter");
        await scene.Page.Keyboard.TypeAsync("two");
        await scene.Page.PressAsync("#composer", "Enter");

        await Eventually.Holds(async () => (await scene.Texts()).Length == 1, "the message");
        (await scene.Texts()).ShouldBe(["one\ntwo"]);
    }

    /// <summary>An input method, by the browser's own protocol.</summary>
    private sealed class InputMethod(ICDPSession browser)
    {
        public static async Task<InputMethod> Attach(IPage page) => new(await page.Context.NewCDPSessionAsync(page));

        /// <summary>Composes a syllable and commits it.</summary>
        public async Task Write(string[] steps)
        {
            await Compose(steps);
            await Commit(steps[^1]);
        }

        public async Task Compose(string[] steps)
        {
            foreach (var step in steps)
            {
                await browser.SendAsync("Input.imeSetComposition", new Dictionary<string, object>
                {
                    ["text"] = step,
                    ["selectionStart"] = step.Length,
                    ["selectionEnd"] = step.Length,
                });
            }
        }

        public async Task Commit(string syllable) =>
            await browser.SendAsync("Input.insertText", new Dictionary<string, object> { ["text"] = syllable });

        /// <summary>What a browser sends while an input method has the key.</summary>
        public Task EnterWhileComposing() => Key("Enter", 229);

        public Task Enter() => Key("Enter", 13);

        private async Task Key(string key, int code)
        {
            foreach (var type in new[] { "rawKeyDown", "keyUp" })
            {
                await browser.SendAsync("Input.dispatchKeyEvent", new Dictionary<string, object>
                {
                    ["type"] = type,
                    ["key"] = key,
                    ["code"] = key,
                    ["windowsVirtualKeyCode"] = code,
                });
            }
        }
    }
}
