using BigTech.Tests.EndToEnd;
using Microsoft.Playwright;

namespace BigTech.Tests.Browser;

/// <summary>The page of the API: who opens a stream there sees its events.</summary>
public sealed class ApiPageTests(Chromium chromium)
{
    private const string Operation = "#operations-Messages-StreamAllRooms";

    [Fact]
    public async Task A_stream_shows_its_events_until_it_is_stopped()
    {
        await using var server = await ServerProcess.Start();
        var (ann, bob, room) = await server.TwoInARoom();
        var page = await chromium.Open($"{server.Url()}docs/index.html", withPolicy: true);
        var problems = Problems(page);
        await SignIn(page, bob);

        await Execute(page);
        await page.Locator("#live li b", new() { HasTextString = "ready" }).WaitForAsync();
        await ann.Send(room, "안녕 <b>not bold</b>");

        var shown = page.Locator("#live li", new() { HasTextString = "message.created" });
        (await shown.Locator("pre").InnerTextAsync()).ShouldContain("\"content\": \"안녕 <b>not bold</b>\"");
        (await page.Locator($"{Operation} .responses-wrapper .loading").CountAsync()).ShouldBe(0, "no endless LOADING");
        (await page.Locator($"{Operation} .live-responses-table").InnerTextAsync()).ShouldContain("The stream is open.");

        await page.GetByRole(AriaRole.Button, new() { Name = "Stop", Exact = true }).ClickAsync();
        await page.Locator("#live output", new() { HasTextString = "Stopped." }).WaitForAsync();
        await Eventually.Holds(async () => (await server.Metrics()).Sum("bigtech_streams_open") == 0, "the stream is closed");
        problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refused_stream_shows_the_refusal()
    {
        await using var server = await ServerProcess.Start();
        var page = await chromium.Open($"{server.Url()}docs/index.html", withPolicy: true);

        await Execute(page);

        await page.Locator($"{Operation} .live-responses-table", new() { HasTextString = "not_signed_in" }).WaitForAsync();
        (await page.Locator("#live").CountAsync()).ShouldBe(0);
    }

    /// <summary>By the dialogue of the page, which sends the password form.</summary>
    private static async Task SignIn(IPage page, User user)
    {
        await page.Locator(".auth-wrapper .authorize").First.ClickAsync();
        await page.Locator("#oauth_username").FillAsync(user.Account.Email);
        await page.Locator("#oauth_password").FillAsync(user.Password);
        await page.Locator(".auth-container", new() { Has = page.Locator("#oauth_username") }).Locator("button.authorize").ClickAsync();
        await page.Locator(".auth-container", new() { HasTextString = "Authorized" }).First.WaitForAsync();
        await page.Locator(".btn-done").First.ClickAsync();
    }

    private static async Task Execute(IPage page)
    {
        var operation = page.Locator(Operation);
        await operation.Locator(".opblock-summary-control").ClickAsync();
        await operation.Locator(".try-out__btn").ClickAsync();
        await operation.Locator(".execute").ClickAsync();
    }

    private static List<string> Problems(IPage page)
    {
        var problems = new List<string>();
        page.PageError += (_, error) => problems.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error") problems.Add(message.Text);
        };
        return problems;
    }
}
