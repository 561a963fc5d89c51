using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment;

public sealed class WorkflowSchemaTests
{
    [Fact]
    public async Task Every_workflow_keeps_to_the_schema()
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, ".github", "workflows"));

        files.Length.ShouldBeGreaterThan(2);
        foreach (var file in files) (await NpmCheckers.Workflow(file)).ShouldSucceed();
    }

    [Fact]
    public async Task A_planted_fault_is_caught()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder[".github/workflows"]);
        var file = folder[".github/workflows/ci.yaml"];
        var workflow = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, ".github", "workflows", "ci.yaml"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            file, workflow.Replace("runs-on:", "run-on:", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        (await NpmCheckers.Workflow(file)).ShouldFail().ShouldContain("run-on");
    }
}
