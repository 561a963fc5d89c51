using BigTech.Tests.EndToEnd;
using Microsoft.Playwright;

namespace BigTech.Tests.Browser.WebClient;

/// <summary>A server with Ann, who calls the API, and Bob in front of the web client, in their 1:1 room.</summary>
internal sealed class RoomScene : IAsyncDisposable
{
    private RoomScene()
    {
    }

    public required ServerProcess Server { get; init; }

    public User Ann { get; private set; } = null!;

    public User BobAccount { get; private set; } = null!;

    public WebUser Bob { get; private set; } = null!;

    public long Room { get; private set; }

    public IPage Page => Bob.Page;

    /// <param name="messages">How many messages Ann has written before Bob looks.</param>
    public static async Task<RoomScene> Start(
        Chromium chromium, int messages = 0, BrowserNewContextOptions? options = null, params (string Name, string Value)[] settings)
    {
        var scene = new RoomScene { Server = await ServerProcess.StartOnKeptPorts(settings) };
        try
        {
            (scene.Ann, scene.BobAccount, scene.Room) = await scene.Server.TwoInARoom();
            for (var number = 1; number <= messages; number++) await scene.Ann.Send(scene.Room, $"message {number}.");
            scene.Bob = await WebUser.SignIn(chromium, scene.Server, scene.BobAccount, options);
            await scene.Page.ClickAsync("a.room");
            await scene.Bob.See("textarea#composer");
            return scene;
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    /// <summary>The texts of the room as the server has them, oldest first.</summary>
    public async Task<string[]> Texts() =>
        [.. (await Ann.History(Room)).Messages.Select(message => message.Content ?? "").Reverse()];

    public async ValueTask DisposeAsync()
    {
        if (Bob is not null) await Bob.DisposeAsync();
        await Server.DisposeAsync();
    }
}
