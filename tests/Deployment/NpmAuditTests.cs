using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment;

/// <summary>The audit of the packages that the TypeScript client brings, with an npm that says what a test wants.</summary>
public sealed class NpmAuditTests : IDisposable
{
    private const string None = """{"auditReportVersion": 2, "metadata": {"vulnerabilities": {"total": 0}}}""";
    private const string Some = """{"auditReportVersion": 2, "metadata": {"vulnerabilities": {"total": 2}}}""";
    private const string Refused = """{"message": "405 Method Not Allowed", "statusCode": 405}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Some, None, 0)]
    [InlineData(Some, Some, 1)]
    [InlineData(None, None, 4)]
    [InlineData(Refused, Refused, 4)]
    [InlineData(Some, Refused, 4)]
    [InlineData("", "", 4)]
    public async Task A_registry_that_says_nothing_is_not_one_that_finds_nothing(string known, string client, int code)
    {
        var result = await Audit(known, client);

        result.ExitCode.ShouldBe(code, result.Error);
        if (code == 0) result.Output.ShouldContain("No package of the TypeScript client");
        if (code == 1) result.Error.ShouldContain("\"total\": 2");
        if (code == 4) result.Error.ShouldContain("not checked");
    }

    [Fact]
    public async Task What_users_of_the_client_do_not_get_is_not_asked_for()
    {
        (await Audit(Some, None)).ShouldSucceed();

        var calls = await File.ReadAllLinesAsync(_folder["calls"], TestContext.Current.CancellationToken);
        calls.ShouldBe(
            ["known: audit --omit=dev --package-lock-only --json", "typescript: audit --omit=dev --package-lock-only --json"]);
    }

    /// <summary>CI runs the one script: it must not forget what the other has found.</summary>
    [Fact]
    public void The_audit_of_all_packages_ends_with_what_npm_has_found()
    {
        var script = File.ReadAllText(Path.Combine(Repository.Root, "build", "audit-packages.sh"));

        script.ShouldContain("build/audit-npm.sh || npm=$?");
        script.TrimEnd().ShouldEndWith("exit \"$npm\"");
    }

    private async Task<ToolResult> Audit(string known, string client)
    {
        await File.WriteAllTextAsync(
            _folder["npm"],
            $$"""
            #!/usr/bin/env bash
            folder=$(basename "$PWD")
            echo "$folder: $*" >>'{{_folder["calls"]}}'
            if [ "$folder" = known ]; then cat '{{_folder["known"]}}'; else cat '{{_folder["client"]}}'; fi
            exit 1

            """,
            TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder["known"], known, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder["client"], client, TestContext.Current.CancellationToken);
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException("It needs bash.");
        File.SetUnixFileMode(_folder["npm"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return await Tool.Run("build/audit-npm.sh", [], [("PATH", $"{_folder.Path}:{Environment.GetEnvironmentVariable("PATH")}")]);
    }
}
