using BigTech.Tests.Browser;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace BigTech.Tests.Browser;

/// <summary>The one browser of all tests; each test has a context of its own, with its own cookies.</summary>
public sealed class Chromium : IAsyncLifetime
{
    // Whatever the system has: none is downloaded.
    private static readonly string[] Places =
        ["/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/chromium-browser", "/usr/local/bin/chromium"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        var program = Places.FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"A Chromium is needed at one of: {string.Join(", ", Places)}.");
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program,
            // The account of a container may not open the sandbox, and has no graphics.
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        });
    }

    /// <summary>A page of a new browser profile.</summary>
    /// <param name="address">What it shows.</param>
    /// <param name="withPolicy">Whether the page's policy is in force. It forbids conditions, which are evaluated as text.</param>
    public async Task<IPage> Open(string address, bool withPolicy = false)
    {
        var context = await NewProfile(new() { BypassCSP = !withPolicy });
        var page = await context.NewPageAsync();
        await page.GotoAsync(address);
        return page;
    }

    /// <summary>A new browser profile, with its own cookies and storage.</summary>
    public async Task<IBrowserContext> NewProfile(BrowserNewContextOptions options)
    {
        var context = await (_browser ?? throw new InvalidOperationException("Not started.")).NewContextAsync(options);
        context.SetDefaultTimeout((float)Patience.Limit.TotalMilliseconds);
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
