using System.Security.Cryptography;
using BigTech.Tests.Deployment.Observability;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment;

public sealed class ReleaseScriptTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ReleaseScriptTests()
    {
        Directory.CreateDirectory(_folder["build"]);
        File.Copy(Path.Combine(Repository.Root, "build", "version.sh"), _folder["build/version.sh"]);
        File.WriteAllText(_folder["Directory.Build.props"], "<Project>\n<Version>1.2.3</Version>\n</Project>");
        File.WriteAllText(_folder["CHANGELOG.md"], """
            # Changelog

            ## [Unreleased]

            - later

            ## [1.2.3] - 2026-11-30

            - **Rooms** have windows.

            ## [1.2.2] - 2026-11-01

            - older
            """);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_version_is_that_of_the_sources() => (await Version()).ShouldSucceed().ShouldBe("1.2.3\n");

    [Fact]
    public async Task The_notes_of_a_release_are_its_section_of_the_changelog() =>
        (await Version("--notes")).ShouldSucceed().Trim().ShouldBe("- **Rooms** have windows.");

    [Fact]
    public async Task A_tag_is_the_version_and_has_a_dated_section()
    {
        (await Version("v1.2.3")).ShouldSucceed();
        (await Version("v1.2.4")).ShouldFail().ShouldContain("The tag is v1.2.4");
        var changelog = File.ReadAllText(_folder["CHANGELOG.md"]);
        foreach (var date in new[] { "soon", "2026-11-31th", "2026-13-01", "2026-11-32", "30-11-2026" })
        {
            File.WriteAllText(_folder["CHANGELOG.md"], changelog.Replace("2026-11-30", date));
            (await Version("v1.2.3")).ShouldFail().ShouldContain("no section");
        }
    }

    /// <summary>
    /// What the guide to a release asks for: the section Unreleased gets the version and the date, and an empty one stays above.
    /// </summary>
    [Fact]
    public async Task The_changelog_itself_is_released_by_giving_it_a_version_and_a_date()
    {
        var text = File.ReadAllText(Changelog.Path);
        var released = text.Replace("## [Unreleased]", "## [Unreleased]\n\n## [1.2.3] - 2026-11-30");
        File.WriteAllText(_folder["CHANGELOG.md"], released);

        (await Version("v1.2.3")).ShouldSucceed();
        (await Version("--notes")).ShouldSucceed().Trim().ShouldNotBeEmpty();
        Changelog.Faults(released, "1.2.3").ShouldBeEmpty();
    }

    /// <summary>Nothing is built for a tag whose version has no dated section.</summary>
    [Fact]
    public void The_workflow_asks_for_the_section_before_it_makes_anything()
    {
        var jobs = Yaml.Map(Yaml.Parse(File.ReadAllText(Path.Combine(Repository.Root, ".github", "workflows", "release.yaml"))), "jobs");

        Yaml.List(Yaml.Map(jobs, "version"), "steps").Select(step => Yaml.Text(step, "run"))
            .ShouldContain("build/version.sh \"$GITHUB_REF_NAME\"");
        foreach (var job in (string[])["programs", "packages"]) Yaml.Text(Yaml.Map(jobs, job), "needs").ShouldBe("version");
        Yaml.List(Yaml.Map(jobs, "release"), "needs").ShouldContain("programs");
        Yaml.List(Yaml.Map(jobs, "release"), "needs").ShouldContain("packages");
    }

    [Fact]
    public async Task The_script_works_on_the_sources_themselves() =>
        (await Tool.Run("build/version.sh")).ShouldSucceed().ShouldMatch(@"^\d+\.\d+\.\d+(-[\w.]+)?\n$");

    [Fact]
    public async Task A_release_has_its_files_and_notes_and_can_be_made_again()
    {
        MakeArtifacts();

        (await Release()).ShouldSucceed();
        File.WriteAllText(_folder["exists"], "");
        (await Release()).ShouldSucceed();

        var calls = File.ReadAllLines(_folder["calls"]).Where(call => !call.StartsWith("release view", StringComparison.Ordinal)).ToList();
        calls[0].ShouldStartWith("release create v1.2.3 artifacts/publish/server.tar.gz ");
        calls[0].ShouldEndWith(" --verify-tag --title v1.2.3 --notes-file - --latest");
        calls[1].ShouldStartWith("release upload v1.2.3 artifacts/publish/server.tar.gz ");
        calls[1].ShouldEndWith(" --clobber");
        foreach (var call in calls.Take(2))
        {
            call.ShouldContain(" artifacts/packages/client.nupkg ");
            call.ShouldContain(" artifacts/npm/client.tgz ");
            call.ShouldContain(" artifacts/sbom/server.cdx.json ");
        }
        File.ReadAllText(_folder["notes"]).Trim().ShouldBe("- **Rooms** have windows.");
    }

    [Fact]
    public async Task A_damaged_file_is_not_released()
    {
        MakeArtifacts();
        File.WriteAllText(_folder["artifacts/publish/server.tar.gz"], "other bytes");

        (await Release()).ShouldFail().ShouldContain("FAILED");

        File.Exists(_folder["calls"]).ShouldBeFalse();
    }

    private void MakeArtifacts()
    {
        File.Copy(Path.Combine(Repository.Root, "build", "release.sh"), _folder["build/release.sh"]);
        foreach (var file in new[] { "publish/server.tar.gz", "sbom/server.cdx.json", "packages/client.nupkg", "npm/client.tgz" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[$"artifacts/{file}"])!);
            File.WriteAllText(_folder[$"artifacts/{file}"], file);
        }
        var hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_folder["artifacts/publish/server.tar.gz"])));
        File.WriteAllText(_folder["artifacts/publish/server.tar.gz.sha256"], $"{hash}  server.tar.gz\n");
        File.WriteAllText(_folder["gh"], $$"""
            #!/usr/bin/env bash
            echo "$*" >>'{{_folder["calls"]}}'
            case $2 in
              view) [ -e '{{_folder["exists"]}}' ] ;;
              create) cat >'{{_folder["notes"]}}' ;;
            esac

            """);
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException("It needs bash.");
        File.SetUnixFileMode(_folder["gh"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private Task<ToolResult> Release() => Tool.Run(
        _folder["build/release.sh"], ["v1.2.3"],
        [("PATH", $"{_folder.Path}:{Environment.GetEnvironmentVariable("PATH")}"), ("NUGET_API_KEY", ""), ("NPM_TOKEN", "")]);

    private Task<ToolResult> Version(params string[] arguments) => Tool.Run(_folder["build/version.sh"], arguments);
}
