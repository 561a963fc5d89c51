using System.Text.Json;
using BigTech.Tests.EndToEnd;

namespace BigTech.Tests.Deployment.TypeScript;

/// <summary>The package of the TypeScript client, in a program that has nothing else.</summary>
public sealed class NpmPackageTests
{
    [Fact]
    public async Task A_program_with_nothing_but_the_package_sends_a_message()
    {
        using var folder = new TemporaryFolder();
        (await Tool.Run("build/pack-npm.sh", folder["packages"])).ShouldSucceed();
        var package = Directory.GetFiles(folder["packages"]).ShouldHaveSingleItem();
        await using var server = await ServerProcess.Start();
        WriteProgram(folder.Path);

        (await Tool.Run("npm", "install", package, "--prefix", folder.Path, "--no-audit", "--no-fund", "--silent")).ShouldSucceed();
        var run = await Tool.Run("node", folder["program.mjs"], $"{server.Url()}api/");

        run.ShouldSucceed().ShouldBe("ann: hello (1)\n");
        await ShouldHaveOnlyWhatItNeeds(package);
        await ShouldDescribeItself(folder["node_modules/@bigtech/chat-client/package.json"]);
    }

    private static void WriteProgram(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "package.json"), """{ "private": true }""");
        File.WriteAllText(Path.Combine(folder, "program.mjs"), """
            import { ChatClient, MessageOutbox } from "@bigtech/chat-client";

            async function register(username) {
              const chat = new ChatClient(process.argv[2]);
              await chat.account.register({ email: `${username}@example.com`, username, password: "correct-horse-9" });
              await chat.account.signIn(`${username}@example.com`, "correct-horse-9");
              return chat;
            }

            const ann = await register("ann");
            const bob = await register("bob");
            const room = await ann.rooms.openDirect(bob.session.userId);
            const outbox = new MessageOutbox(ann);
            await outbox.add(room.id, "hello").sent;
            for await (const event of bob.streams.followRoom(room.id)) {
              if (event.type !== "snapshot.room") continue;
              const [message] = event.page.messages;
              console.log(`${message.username}: ${message.content} (${message.seq})`);
              break;
            }
            """);
    }

    private static async Task ShouldHaveOnlyWhatItNeeds(string package)
    {
        var files = (await Tool.Run("tar", "-tzf", package)).ShouldSucceed().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var built = files.Where(file => file.StartsWith("package/dist/", StringComparison.Ordinal)).ToList();
        built.ShouldContain("package/dist/index.js");
        built.ShouldContain("package/dist/index.d.ts");
        built.ShouldAllBe(file => file.EndsWith(".js") || file.EndsWith(".d.ts"));
        files.Except(built).ShouldBe(["package/LICENSE", "package/README.md", "package/package.json"], ignoreOrder: true);
    }

    private static async Task ShouldDescribeItself(string file)
    {
        using var description = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        var package = description.RootElement;
        package.GetProperty("version").GetString().ShouldBe((await Tool.Run("build/version.sh")).ShouldSucceed().Trim());
        package.GetProperty("license").GetString().ShouldBe("MIT");
        package.GetProperty("dependencies").EnumerateObject().Select(dependency => dependency.Name).ShouldBe(["eventsource-parser"]);
    }
}
