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
        File.WriteAllText(_folder["CHANGELOG.md"], File.ReadAllText(_folder["CHANGELOG.md"]).Replace("2026-11-30", "soon"));
        (await Version("v1.2.3")).ShouldFail().ShouldContain("no section");
    }

    [Fact]
    public async Task The_script_works_on_the_sources_themselves() =>
        (await Tool.Run("build/version.sh")).ShouldSucceed().ShouldMatch(@"^\d+\.\d+\.\d+\n$");

    private Task<ToolResult> Version(params string[] arguments) => Tool.Run(_folder["build/version.sh"], arguments);
}
