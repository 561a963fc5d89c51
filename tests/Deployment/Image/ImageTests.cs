using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment.Image;

/// <summary>The image by the Dockerfile, and the same without an engine.</summary>
[Collection(nameof(Publishing))]
public sealed partial class ImageTests
{
    /// <summary>Both instructions are as the format has them; the checker is older.</summary>
    private static readonly Dictionary<string, string> Argued = new()
    {
        ["FROM"] = "Base Image Missing Tag: it takes the option --platform for the name of the image, which has a tag.",
        ["HEALTHCHECK"] = "Invalid Argument Format: it does not know the options of the instruction.",
    };

    private static readonly string Dockerfile = Path.Combine(Repository.Root, "deploy", "docker", "Dockerfile");

    [Fact]
    public async Task A_checker_finds_nothing_in_the_Dockerfile_but_what_it_does_not_know() =>
        (await NpmCheckers.Dockerfile(Dockerfile)).ShouldBe(
            Argued.Select(one => $"{one.Key}: {one.Value.Split(':')[0]}"), ignoreOrder: true);

    [Fact]
    public async Task A_planted_fault_of_a_Dockerfile_is_caught()
    {
        using var folder = new TemporaryFolder();
        var text = await File.ReadAllTextAsync(Dockerfile, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            folder["Dockerfile"], $"{text}RUN apt-get install curl\n", TestContext.Current.CancellationToken);

        (await NpmCheckers.Dockerfile(folder["Dockerfile"])).Count.ShouldBeGreaterThan(Argued.Count);
    }

    [Fact]
    public async Task The_image_without_an_engine_is_that_of_the_Dockerfile()
    {
        using var folder = new TemporaryFolder();
        using var registry = new BaseImageRegistry();
        (await Tool.Run(
            "build/container.sh", [folder["image.tar"], $"-p:ContainerBaseImage={registry.Image}"],
            [("DOTNET_CONTAINER_INSECURE_REGISTRIES", registry.Address)])).ShouldSucceed();

        var image = await Archive.Read(folder["image.tar"]);
        var made = image.Configuration.GetProperty("config");
        var stage = (await LastStage()).ToLookup(line => line.Split(' ')[0], line => line[(line.IndexOf(' ') + 1)..]);
        made.GetProperty("User").GetString().ShouldBe(stage["USER"].Single());
        made.GetProperty("WorkingDir").GetString().ShouldBe($"{stage["WORKDIR"].Single()}/");
        Names(made, "ExposedPorts").ShouldBe(stage["EXPOSE"].Single().Split(' ').Select(port => $"{port}/tcp"), ignoreOrder: true);
        Texts(made, "Entrypoint").Select(Path.GetFileName)
            .ShouldBe(JsonSerializer.Deserialize<string[]>(stage["ENTRYPOINT"].Single())!);
        Texts(made, "Env").Where(one => one != "OF_THE_BASE=yes").ShouldBe(Pairs(stage["ENV"].Single()), ignoreOrder: true);
        // The arguments of the builder are the version and the commit.
        var labels = made.GetProperty("Labels").EnumerateObject().Select(one => $"{one.Name}={one.Value.GetString()}").ToList();
        Pairs(stage["LABEL"].Single()).Where(label => !label.Contains('$')).Except(labels).ShouldBeEmpty();
        Pairs(stage["LABEL"].Single()).Select(NameOf).Except(labels.Select(NameOf)).ShouldBeEmpty();
        image.Files.ShouldContain("app/Server.dll");

        // The one property that the test has to change.
        (await Tool.Run("dotnet", "msbuild", "src/Server/Server.csproj", "-getProperty:ContainerBaseImage")).ShouldSucceed().Trim()
            .ShouldBe(stage["FROM"].Single());
    }

    private static string NameOf(string pair) => pair[..pair.IndexOf('=')];

    private static IEnumerable<string> Names(JsonElement parent, string name) =>
        parent.GetProperty(name).EnumerateObject().Select(one => one.Name);

    private static IEnumerable<string> Texts(JsonElement parent, string name) =>
        parent.GetProperty(name).EnumerateArray().Select(one => one.GetString()!);

    private static IEnumerable<string> Pairs(string text) => Pair().Matches(text).Select(match => match.Value.Replace("\"", ""));

    /// <summary>The instructions of the last stage, a line each, with the version of .NET.</summary>
    private static async Task<IEnumerable<string>> LastStage()
    {
        var text = await File.ReadAllTextAsync(Dockerfile, TestContext.Current.CancellationToken);
        var version = DotNetVersion().Match(text).Groups[1].Value;
        return Continued().Replace(text[(text.LastIndexOf("\nFROM ", StringComparison.Ordinal) + 1)..], " ")
            .Replace("${DOTNET_VERSION}", version, StringComparison.Ordinal).Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#');
    }

    [GeneratedRegex("([\\w.]+)=(\"[^\"]*\"|\\S+)")]
    private static partial Regex Pair();

    [GeneratedRegex(@"^ARG DOTNET_VERSION=(\S+)$", RegexOptions.Multiline)]
    private static partial Regex DotNetVersion();

    [GeneratedRegex(@"\s*\\\n\s*")]
    private static partial Regex Continued();

    /// <summary>What an archive of one image in the form of the OCI holds.</summary>
    private sealed record Archive(JsonElement Configuration, IReadOnlyList<string> Files)
    {
        public static async Task<Archive> Read(string file)
        {
            var entries = new Dictionary<string, byte[]>();
            using (var tar = new TarReader(File.OpenRead(file)))
            {
                while (await tar.GetNextEntryAsync(copyData: true) is { } entry)
                {
                    using var content = new MemoryStream();
                    if (entry.DataStream is { } data) await data.CopyToAsync(content);
                    entries[entry.Name] = content.ToArray();
                }
            }
            var index = JsonSerializer.Deserialize<JsonElement>(entries["index.json"]);
            var manifest = JsonSerializer.Deserialize<JsonElement>(Blob(index.GetProperty("manifests")[0]));
            var files = new List<string>();
            foreach (var layer in manifest.GetProperty("layers").EnumerateArray())
            {
                await using var unpacked = new GZipStream(new MemoryStream(Blob(layer)), CompressionMode.Decompress);
                using var tar = new TarReader(unpacked);
                while (await tar.GetNextEntryAsync() is { } entry) files.Add(entry.Name.TrimStart('/'));
            }
            return new Archive(JsonSerializer.Deserialize<JsonElement>(Blob(manifest.GetProperty("config"))), files);

            byte[] Blob(JsonElement described) =>
                entries[$"blobs/{described.GetProperty("digest").GetString()!.Replace(':', '/')}"];
        }
    }
}

/// <summary>Publishing writes into the folders of the projects: one after the other.</summary>
[CollectionDefinition(nameof(Publishing))]
public sealed class Publishing;
