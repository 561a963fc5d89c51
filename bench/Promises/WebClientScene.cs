using System.Diagnostics;
using BigTech.Load;
using Microsoft.Playwright;

namespace BigTech.Promises;

/// <summary>A published server, Chromium, and two users with a 1:1 room: Ann calls the API, Bob looks at the web client.</summary>
internal sealed class WebClientScene : IAsyncDisposable
{
    private static readonly string[] Browsers =
        ["/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/chromium-browser", "/usr/local/bin/chromium"];

    private static readonly string[] Arguments =
        ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--enable-precise-memory-info"];

    private readonly Workspace _workspace = new();
    private readonly string _program;
    private ServerProcess? _server;
    private ChatSetup? _setup;
    private IPlaywright? _playwright;

    private WebClientScene(string program) => _program = program;

    public IBrowser Browser { get; private set; } = null!;

    public Account Ann { get; private set; } = null!;

    public Account Bob { get; private set; } = null!;

    public long Room { get; private set; }

    public Uri Address => _server!.Address;

    public static async Task<WebClientScene> Start(CancellationToken cancellation)
    {
        var program = Browsers.FirstOrDefault(File.Exists) ?? throw new LoadException($"no Chromium at {string.Join(", ", Browsers)}");
        var scene = new WebClientScene(program);
        try
        {
            var server = Path.Combine(scene._workspace.Root, "server");
            await Publish(server, cancellation);
            scene._server = await ServerProcess.Start(
                Path.Combine(server, "Server.dll"), scene._workspace.NewDataFolder(),
                RequestLimits.NeverReached(("BIGTECH_Users__PasswordIterations", "1000")), cancellation);
            scene._setup = new ChatSetup(scene.Address);
            var accounts = await scene._setup.CreateAccounts(2, cancellation);
            (scene.Ann, scene.Bob) = (accounts[0], accounts[1]);
            scene.Room = (await scene._setup.CreateDirectRooms(accounts, cancellation))[0];
            scene._playwright = await Playwright.CreateAsync();
            scene.Browser = await scene._playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = program,
                Args = Arguments,
            });
            return scene;
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    /// <summary>The folder of a new profile.</summary>
    public string NewProfile() => _workspace.NewDataFolder();

    /// <summary>Starts a browser on a profile that is kept on the disk.</summary>
    public Task<IBrowserContext> OpenBrowser(string profile) => _playwright!.Chromium.LaunchPersistentContextAsync(
        profile, new BrowserTypeLaunchPersistentContextOptions { ExecutablePath = _program, Args = Arguments });

    /// <summary>Opens the room as Bob, in a new profile.</summary>
    public async Task<IPage> OpenRoom()
    {
        var page = await (await Browser.NewContextAsync(new() { Locale = "en-US" })).NewPageAsync();
        await page.GotoAsync(Address.ToString());
        await page.FillAsync("#email", Bob.Email);
        await page.FillAsync("#password", ChatSetup.Password);
        await page.ClickAsync("form button.primary");
        await page.ClickAsync("a.room");
        await page.WaitForSelectorAsync("textarea#composer");
        return page;
    }

    /// <summary>Lets Ann write so many messages a second until the work is done, or so many in all.</summary>
    /// <returns>How many she has written.</returns>
    public async Task<int> Write(int perSecond, int count, CancellationToken cancellation)
    {
        using var caller = new Caller(Address, Ann);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / perSecond));
        var written = 0;
        try
        {
            for (; written < count; written++)
            {
                await timer.WaitForNextTickAsync(cancellation);
                await Write(caller, written, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Enough.
        }
        return written;
    }

    /// <summary>Lets Ann write as fast as the server takes it.</summary>
    public async Task Fill(int count, CancellationToken cancellation)
    {
        using var caller = new Caller(Address, Ann);
        await Parallel.ForAsync(
            0, count, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellation },
            async (number, stop) => await Write(caller, number, stop));
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null) await Browser.DisposeAsync();
        _playwright?.Dispose();
        _setup?.Dispose();
        if (_server is not null) await _server.DisposeAsync();
        _workspace.Dispose();
    }

    private Task Write(Caller caller, int number, CancellationToken cancellation) => caller.Does(
        HttpMethod.Post, $"/messages/{Room}", new { content = $"Message {number}: 안녕하세요, how are you?" }, cancellation);

    /// <summary>What is built and not published serves the client untrimmed and as it is not shipped.</summary>
    private static async Task Publish(string folder, CancellationToken cancellation)
    {
        var root = Workspace.RepositoryRoot ?? throw new LoadException("the sources are needed, to publish the server");
        using var publish = Process.Start(new ProcessStartInfo(
            "dotnet",
            ["publish", "src/Server", "-c", "Release", "--artifacts-path", "artifacts/build-publish", "--output", folder, "-v", "quiet"])
        {
            WorkingDirectory = root,
            RedirectStandardOutput = true,
        })!;
        var output = await publish.StandardOutput.ReadToEndAsync(cancellation);
        await publish.WaitForExitAsync(cancellation);
        if (publish.ExitCode != 0) throw new LoadException($"dotnet publish failed: {output}");
    }
}
