using System.Text.RegularExpressions;

namespace BigTech.Tests.Architecture;

public sealed partial class WorkflowTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, ".github", "workflows");

    [Fact]
    public void Every_script_that_a_workflow_runs_is_in_the_repository_and_may_be_run()
    {
        var scripts = Directory.GetFiles(Folder, "*.yaml").SelectMany(file => ScriptsIn(File.ReadAllText(file))).ToList();

        scripts.ShouldContain("test.sh");
        scripts.ShouldContain("build/audit-packages.sh");
        scripts.Where(script => !MayBeRun(Path.Combine(Repository.Root, script))).ShouldBeEmpty();
    }

    [Fact]
    public void Every_job_has_a_limit_of_time_and_every_workflow_only_the_rights_that_it_needs()
    {
        foreach (var file in Directory.GetFiles(Folder, "*.yaml"))
        {
            var lines = File.ReadAllLines(file);
            lines.Count(line => line.StartsWith("    timeout-minutes: ", StringComparison.Ordinal))
                .ShouldBe(lines.Count(line => line.StartsWith("    runs-on: ", StringComparison.Ordinal)), file);
            // What a job may do more, it names itself.
            string.Join('\n', lines).ShouldContain("\npermissions:\n  contents: read\n\n", customMessage: file);
        }
    }

    /// <summary>What leaves the repository: an image, a deployment, a release.</summary>
    [Theory]
    [InlineData("cd.yaml", "image")]
    [InlineData("cd.yaml", "staging")]
    [InlineData("cd.yaml", "production")]
    [InlineData("release.yaml", "release")]
    public void Nothing_is_given_out_before_the_tests_have_passed(string file, string job)
    {
        var workflow = File.ReadAllText(Path.Combine(Folder, file));

        workflow.ShouldContain("\n  tests:\n    uses: ./.github/workflows/ci.yaml\n");
        NeedsOf(workflow, job).ShouldContain("tests");
        NeedsOf(workflow.Replace("needs: tests", "", StringComparison.Ordinal).Replace("[tests, ", "[", StringComparison.Ordinal), job)
            .ShouldNotContain("tests");
    }

    [Fact]
    public void A_planted_missing_script_is_caught()
    {
        ScriptsIn("      - run: ./build/nowhere.sh --fast").ShouldBe(["build/nowhere.sh"]);
        MayBeRun(Path.Combine(Repository.Root, "build/nowhere.sh")).ShouldBeFalse();
        MayBeRun(Path.Combine(Repository.Root, "README.md")).ShouldBeFalse();
    }

    /// <summary>The jobs that a job waits for, directly or through others.</summary>
    private static IEnumerable<string> NeedsOf(string workflow, string job)
    {
        var lines = workflow.Split('\n').SkipWhile(line => line != $"  {job}:").Skip(1)
            .TakeWhile(line => line is "" or [' ', ' ', ' ', ..]);
        var needs = lines.Where(line => line.StartsWith("    needs: ", StringComparison.Ordinal))
            .SelectMany(line => line["    needs: ".Length..].Trim('[', ']').Split(", ")).ToList();
        return needs.Concat(needs.SelectMany(need => NeedsOf(workflow, need)));
    }

    private static IEnumerable<string> ScriptsIn(string workflow) => Script().Matches(workflow).Select(match => match.Groups[1].Value);

    private static bool MayBeRun(string path) =>
        File.Exists(path) && (OperatingSystem.IsWindows() || File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute));

    [GeneratedRegex(@"(?<![\w/.])(?:\./)?((?:[\w-]+/)*[\w-]+\.sh)\b")]
    private static partial Regex Script();
}
