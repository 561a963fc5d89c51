namespace BigTech.Tests.Deployment;

public sealed class ScriptTests
{
    [Fact]
    public async Task Scripts_have_no_warnings()
    {
        var files = (await Tool.Run("git", "ls-files", "*.sh", ".githooks/*")).ShouldSucceed().Split('\n')
            .Where(file => file.Length > 0).ToList();

        files.ShouldContain("test.sh");
        (await Tool.Run("shellcheck", ["--severity=warning", .. files])).ShouldSucceed();
    }

    [Fact]
    public async Task A_planted_fault_is_caught()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["planted.sh"], "#!/bin/bash\ncd $1\nrm -r *\n", TestContext.Current.CancellationToken);

        (await Tool.Run("shellcheck", "--severity=warning", folder["planted.sh"])).ShouldFail().ShouldContain("SC2164");
    }
}
