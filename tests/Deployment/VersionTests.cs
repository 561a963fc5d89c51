using System.Text.RegularExpressions;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment;

/// <summary>The version of the sources stands in many files, which people and clusters take an image or a package by.</summary>
public sealed class VersionTests
{
    /// <summary>Where it stands; the group is the version.</summary>
    private static readonly (string File, string Pattern, int Count)[] Places =
    [
        ("Directory.Build.props", "<Version>(.+)</Version>", 1),
        ("deploy/docker/Dockerfile", "^ARG VERSION=(.+)$", 1),
        ("deploy/compose/compose.yaml", @"bigtech-chat:(\d[\w.-]*)\}", 1),
        ("deploy/compose/compose.msa.yaml", @"bigtech-chat:(\d[\w.-]*)\}", 1),
        ("deploy/compose/.env.example", @"bigtech-chat:(\d[\w-]*(?:\.[\w-]+)*)", 2),
        ("deploy/kubernetes/overlays/single/kustomization.yaml", "newTag: (.+)$", 1),
        ("deploy/kubernetes/overlays/small/kustomization.yaml", "newTag: (.+)$", 1),
        ("deploy/kubernetes/overlays/production/kustomization.yaml", "newTag: (.+)$", 1),
        ("deploy/helm/bigtech-chat/Chart.yaml", "^(?:version|appVersion): (.+)$", 2),
        ("clients/typescript/package.json", "^  \"version\": \"(.+)\"", 1),
        ("clients/typescript/package-lock.json", "\"name\": \"@bigtech/chat-client\",\\s+\"version\": \"(.+)\"", 2),
        ("src/Server/packages.lock.json", @"""Core"": ""\[(.+), \)""", 1),
        ("docs/operations/compose.md", @"bigtech-chat:(\d[\w.-]*)", 1),
        ("docs/operations/README.md", @"BigTech Chat (\d[\w.-]*)\+", 1),
        ("docs/operations/kubernetes.md", @"newTag: ([\w.-]+)", 1),
    ];

    [Fact]
    public async Task Every_file_has_the_version_of_the_sources() =>
        Others(Repository.Root, (await Tool.Run("build/version.sh")).ShouldSucceed().Trim()).ShouldBeEmpty();

    [Theory]
    [InlineData("2.13.4")]
    [InlineData("2.0.0-rc.1")]
    public async Task The_next_version_is_written_to_every_file_by_one_command(string next)
    {
        using var folder = new TemporaryFolder();
        await Copy(folder);
        var former = (await Tool.Run("build/version.sh")).ShouldSucceed().Trim();

        (await Tool.Run(folder["build/set-version.sh"], next)).ShouldSucceed();

        Others(folder.Path, next).ShouldBeEmpty();
        (await Tool.Run(folder["build/version.sh"])).ShouldSucceed().Trim().ShouldBe(next);
        // Nothing that names an image, a tag or a project of ours keeps the former one.
        var left = new Regex($@"(bigtech-chat:|newTag: |""(Core|Contracts|BigTech\.Chat\.Client)"": ""\[){Regex.Escape(former)}\b");
        var unrelated = folder["tests/Deployment/DeployScriptTests.cs"];
        Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories)
            .Where(file => file != unrelated && left.IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetRelativePath(folder.Path, file)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("v1.2.3")]
    [InlineData("1.2")]
    [InlineData("1.2.3+4")]
    public async Task What_is_no_version_is_not_written(string text)
    {
        using var folder = new TemporaryFolder();
        await Copy(folder);

        (await Tool.Run(folder["build/set-version.sh"], text)).ShouldFail().ShouldContain("Usage:");

        Others(folder.Path, (await Tool.Run("build/version.sh")).ShouldSucceed().Trim()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_with_another_version_is_caught()
    {
        using var folder = new TemporaryFolder();
        await Copy(folder);
        var version = (await Tool.Run("build/version.sh")).ShouldSucceed().Trim();
        var chart = folder["deploy/helm/bigtech-chat/Chart.yaml"];
        await File.WriteAllTextAsync(
            chart, (await File.ReadAllTextAsync(chart, Ct)).Replace($"appVersion: {version}", "appVersion: 9.9.9"), Ct);

        Others(folder.Path, version).ShouldBe(["deploy/helm/bigtech-chat/Chart.yaml: 9.9.9"]);
        (await Tool.Run(folder["build/set-version.sh"], "2.0.0")).ShouldSucceed();
        Others(folder.Path, "2.0.0").ShouldBe(["deploy/helm/bigtech-chat/Chart.yaml: 9.9.9"]);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static IEnumerable<string> Others(string root, string version)
    {
        foreach (var (file, pattern, count) in Places)
        {
            var found = Regex.Matches(File.ReadAllText(Path.Combine(root, file)), pattern, RegexOptions.Multiline)
                .Select(match => match.Groups[1].Value).ToList();
            if (found.Count < count) yield return $"{file}: {found.Count} of {count}";
            foreach (var other in found.Where(one => one != version)) yield return $"{file}: {other}";
        }
    }

    /// <summary>What is shipped and what ships it; tests and releases of before keep their versions.</summary>
    private static async Task Copy(TemporaryFolder folder)
    {
        var files = (await Tool.Run(
            "git", "ls-files", "Directory.Build.props", "build/*version.sh", "deploy", "clients/typescript/package*.json",
            "docs/operations", "*.csproj", "*packages.lock.json", "tests/Deployment/*Tests.cs", "tests/Deployment/Kubernetes/Rendered.cs"))
            .ShouldSucceed().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[file])!);
            File.Copy(Path.Combine(Repository.Root, file), folder[file]);
        }
    }
}
