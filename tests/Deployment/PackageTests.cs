using System.IO.Compression;
using System.Xml.Linq;
using BigTech.Tests.EndToEnd;

namespace BigTech.Tests.Deployment;

/// <summary>The package of the .NET client, in a program that has nothing else.</summary>
public sealed class PackageTests
{
    [Fact]
    public async Task A_program_with_nothing_but_the_package_sends_a_message()
    {
        using var folder = new TemporaryFolder();
        (await Tool.Run("build/pack.sh", folder["packages"])).ShouldSucceed();
        var package = Directory.GetFiles(folder["packages"], "*.nupkg").ShouldHaveSingleItem();
        await using var server = await ServerProcess.Start();
        WriteProgram(folder.Path, (await Tool.Run("build/version.sh")).ShouldSucceed().Trim());

        var run = await Tool.Run("sh", "-c", $"cd '{folder.Path}' && dotnet run -- {server.Url()}api/");

        run.ShouldSucceed().ShouldEndWith("ann: hello (1)\n");
        await ShouldDescribeItself(package);
    }

    private static void WriteProgram(string folder, string version)
    {
        // A cache of its own: the one of the machine keeps a package of the same version.
        File.WriteAllText(Path.Combine(folder, "nuget.config"), """
            <configuration>
              <config><add key="globalPackagesFolder" value="cache" /></config>
              <packageSources><clear /><add key="packed" value="packages" /></packageSources>
            </configuration>
            """);
        File.WriteAllText(Path.Combine(folder, "Sample.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <UseAppHost>false</UseAppHost>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="BigTech.Chat.Client" Version="{version}" /></ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(folder, "Program.cs"), """
            using BigTech.Chat.Client;

            async Task<ChatClient> Register(string name)
            {
                var chat = new ChatClient(new Uri(args[0]));
                await chat.Account.Register(new Registration($"{name}@example.com", name, "correct-horse-9"));
                await chat.Account.SignIn($"{name}@example.com", "correct-horse-9");
                return chat;
            }

            using var ann = await Register("ann");
            using var bob = await Register("bob");
            var room = await ann.Rooms.OpenDirect(bob.Session.UserId);
            await using var outbox = new MessageOutbox(ann);
            await outbox.Add(room.Id, "hello").Sent;
            await foreach (var change in bob.Streams.FollowRoom(room.Id))
            {
                if (change is not RoomSnapshot snapshot) continue;
                var message = snapshot.Page.Messages[0];
                Console.WriteLine($"{message.Username}: {message.Content} ({message.Seq})");
                break;
            }
            """);
    }

    private static async Task ShouldDescribeItself(string package)
    {
        await using var packed = await ZipFile.OpenReadAsync(package, TestContext.Current.CancellationToken);
        packed.Entries.Select(entry => entry.FullName).ShouldContain("README.md");
        packed.Entries.Select(entry => entry.FullName).ShouldContain("lib/net10.0/BigTech.Chat.Client.xml");
        await using var description = await packed.GetEntry("BigTech.Chat.Client.nuspec")!.OpenAsync(TestContext.Current.CancellationToken);
        var metadata = XDocument.Load(description).Root!.Elements().Single();
        var values = metadata.Elements().ToLookup(element => element.Name.LocalName, element => element.Value);
        values["license"].ShouldBe(["MIT"]);
        values["description"].ShouldHaveSingleItem().ShouldNotBeEmpty();
        metadata.Descendants().Where(element => element.Name.LocalName == "dependency").ShouldBeEmpty();
    }
}
