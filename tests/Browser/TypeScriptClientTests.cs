using BigTech.Tests.Deployment.TypeScript;
using BigTech.Tests.EndToEnd;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.FileProviders;
using Microsoft.Playwright;

namespace BigTech.Tests.Browser;

/// <summary>
/// The TypeScript client in a real browser, on a page of another origin, as it is built: modules and an import map, no bundle.
/// </summary>
public sealed class TypeScriptClientTests(Chromium chromium)
{
    private const string Page = """
        <!doctype html><title>a page</title>
        <script type="importmap">
          { "imports": { "@bigtech/chat-client": "/client/index.js", "eventsource-parser": "/parser/index.js" } }
        </script>
        """;

    private const string Begin = """
        async ([address, email, password, room]) => {
          const { ChatClient, MessageOutbox } = await import("@bigtech/chat-client");
          const chat = new ChatClient(address, { maxReconnectDelay: 200 });
          await chat.account.signIn(email, password);
          Object.assign(window, { chat, room, outbox: new MessageOutbox(chat), seen: [], messages: [] });
          (async () => {
            for await (const event of chat.streams.followRoom(room)) {
              seen.push(event.type);
              if (event.type === "message.created") messages.push(event.data.message.content);
            }
          })();
        }
        """;

    [Fact]
    public async Task It_talks_and_listens_and_calls_no_other_host()
    {
        await using var origin = await Origin();
        await using var server = await Server(origin);
        var (ann, bob, room) = await server.TwoInARoom();
        var page = await chromium.Open(origin.SameSite);
        var hosts = new HashSet<string>();
        page.Request += (_, request) => hosts.Add(new Uri(request.Url).Authority);
        await Start(page, server, bob, room);

        await ann.Send(room, "from ann");
        await page.WaitForFunctionAsync("messages.includes('from ann')");
        await page.EvaluateAsync("() => outbox.add(room, 'from bob').sent");
        await page.WaitForFunctionAsync("messages.includes('from bob')");
        var refusal = await page.EvaluateAsync<string[]>(
            """() => chat.rooms.get(1e9).catch(error => [error.constructor.name, `${error.status}`, error.code])""");

        (await ann.History(room)).Messages.Select(message => message.Content).ShouldBe(["from bob", "from ann"]);
        refusal.ShouldBe(["ChatApiError", "404", "room_not_found"]);
        hosts.ShouldBe([server.Url().Authority, new Uri(origin.SameSite).Authority], ignoreOrder: true);
    }

    [Fact]
    public async Task It_goes_on_after_a_restart_of_the_server_and_while_the_browser_was_offline()
    {
        await using var origin = await Origin();
        await using var server = await Server(origin);
        var (ann, bob, room) = await server.TwoInARoom();
        var page = await chromium.Open(origin.SameSite);
        await Start(page, server, bob, room);
        await ann.Send(room, "one");
        await page.WaitForFunctionAsync("messages.length === 1");

        await server.Kill9();
        await page.WaitForFunctionAsync("seen.includes('interrupted')");
        await page.EvaluateAsync("() => { outbox.add(room, 'two'); }");
        await server.Restart();
        await page.WaitForFunctionAsync("messages.length === 2");

        await page.Context.SetOfflineAsync(true);
        await page.EvaluateAsync("() => { outbox.add(room, 'four'); }");
        await ann.Send(room, "three");
        await page.Context.SetOfflineAsync(false);
        await page.EvaluateAsync("() => outbox.retryNow()");
        await page.WaitForFunctionAsync("messages.length === 4");

        (await page.EvaluateAsync<string[]>("() => messages")).ShouldBe(["one", "two", "three", "four"]);
        (await page.EvaluateAsync<int>("() => seen.filter(type => type === 'snapshot.room').length")).ShouldBe(1);
    }

    private static async Task<OtherOrigin> Origin()
    {
        var package = await TypeScriptPackage.Folder;
        return await OtherOrigin.Start(Page, app =>
        {
            Serve("/client", Path.Combine(package, "dist"));
            Serve("/parser", Path.Combine(package, "node_modules", "eventsource-parser", "dist"));

            void Serve(string path, string folder) => app.UseStaticFiles(
                new StaticFileOptions { RequestPath = path, FileProvider = new PhysicalFileProvider(folder) });
        });
    }

    private static Task<ServerProcess> Server(OtherOrigin origin) =>
        ServerProcess.StartOnKeptPorts(("Gateway__AllowedOrigins", origin.SameSite));

    private static async Task Start(IPage page, ServerProcess server, User user, long room)
    {
        await page.EvaluateAsync(Begin, new object[] { $"{server.Url()}api/", user.Account.Email, user.Password, room });
        await page.WaitForFunctionAsync("seen.includes('ready')");
    }
}
