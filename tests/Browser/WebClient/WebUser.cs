using System.Collections.Concurrent;
using BigTech.Tests.EndToEnd;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BigTech.Tests.Browser.WebClient;

/// <summary>A user in front of the web client, in a browser of their own. What a page must never do is asked at the end.</summary>
internal sealed class WebUser : IAsyncDisposable
{
    public const string Password = "horse-battery-7";

    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly Uri _server;

    private WebUser(IBrowserContext profile, Uri server)
    {
        (Profile, _server) = (profile, server);
        profile.Console += (_, message) =>
        {
            if (message.Type is "error" && !IsOutage(message.Text)) _complaints.Enqueue($"console: {message.Text}");
        };
        // What cannot be undone is asked for.
        profile.Dialog += (_, dialog) => dialog.AcceptAsync();
        profile.WebError += (_, error) => _complaints.Enqueue($"error: {error.Error}");
        profile.Request += (_, request) =>
        {
            if (new Uri(request.Url) is { Scheme: "http" or "https" } url && url.Authority != _server.Authority)
                _complaints.Enqueue($"another host: {request.Url}");
        };
    }

    public IBrowserContext Profile { get; }

    public IPage Page { get; private set; } = null!;

    public string Email { get; private set; } = "";

    public string Name { get; private set; } = "";

    /// <summary>Opens the client.</summary>
    public static async Task<WebUser> Open(Chromium chromium, ServerProcess server, BrowserNewContextOptions? options = null)
    {
        options ??= new();
        options.Locale ??= "en-US";
        var user = new WebUser(await chromium.NewProfile(options), server.Url());
        user.Page = await user.Profile.NewPageAsync();
        await user.Page.GotoAsync(server.Url().ToString());
        return user;
    }

    /// <summary>Opens the client as a user who has an account.</summary>
    public static async Task<WebUser> SignIn(
        Chromium chromium, ServerProcess server, User account, BrowserNewContextOptions? options = null)
    {
        var user = await Open(chromium, server, options);
        await user.FillSignIn(account.Account.Email, account.Password);
        await user.See("#new-room");
        return user;
    }

    /// <summary>Creates an account in the form.</summary>
    public async Task SignUp(string name)
    {
        (Name, Email) = (name, $"{name}@example.org");
        await Page.ClickAsync("#switch");
        await Page.FillAsync("#email", Email);
        await Page.FillAsync("#username", name);
        await Page.FillAsync("#password", Password);
        await Page.ClickAsync("form button.primary");
        await See("#new-room");
    }

    public async Task FillSignIn(string email, string password)
    {
        await Page.FillAsync("#email", email);
        await Page.FillAsync("#password", password);
        await Page.ClickAsync("form button.primary");
    }

    /// <summary>Goes to a part of the client by its link.</summary>
    public Task Go(string address) => Page.ClickAsync($".rail a[href='{address}']");

    /// <summary>Opens a room from the list.</summary>
    public async Task OpenRoom(string name)
    {
        await Page.ClickAsync($"a.room:has-text('{name}')");
        await See("textarea#composer");
    }

    /// <summary>Writes a message and sends it with Enter.</summary>
    public async Task Send(string text)
    {
        await Page.FillAsync("#composer", text);
        await Page.PressAsync("#composer", "Enter");
    }

    /// <summary>The row of a message.</summary>
    public ILocator Message(string text) => Page.Locator("article.message", new() { HasText = text });

    public Task See(string selector) => Expect(Page.Locator(selector).First).ToBeVisibleAsync(Patiently);

    public static Task See(ILocator locator) => Expect(locator).ToBeVisibleAsync(Patiently);

    public static Task NotSee(ILocator locator) => Expect(locator).ToHaveCountAsync(0, new() { Timeout = PatientMilliseconds });

    /// <summary>Fails if a page has logged an error, or has asked another host.</summary>
    public void ShouldHaveNoComplaints() => _complaints.ShouldBeEmpty();

    public async ValueTask DisposeAsync() => await Profile.DisposeAsync();

    public static float PatientMilliseconds => (float)Patience.Limit.TotalMilliseconds;

    private static LocatorAssertionsToBeVisibleOptions Patiently => new() { Timeout = PatientMilliseconds };

    /// <summary>The browser itself logs each answer of 4xx and 5xx, and each lost connection.</summary>
    private static bool IsOutage(string text) => text.StartsWith("Failed to load resource", StringComparison.Ordinal);
}
