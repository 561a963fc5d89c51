using BigTech.Tests.Testing;
using k8s.Models;

namespace BigTech.Tests.Deployment.Kubernetes;

/// <summary>What member.js does in the members of MongoDB, against a small model of a replica set.</summary>
public sealed class MongoMemberTests
{
    private static readonly string Model = Path.Combine(Repository.Root, "tests", "Deployment", "Kubernetes", "mongodb-member.mjs");

    [Theory]
    [InlineData("a first start and a second one")]
    [InlineData("an initiation that fails at first")]
    [InlineData("an end in the middle of it")]
    [InlineData("a fault that stays")]
    [InlineData("a lost volume")]
    [InlineData("a password that is only in the Secret")]
    [InlineData("an account from before")]
    public async Task The_set_becomes_complete_and_stays_so(string scenario)
    {
        using var folder = new TemporaryFolder();
        var map = (await Rendered.Overlay("small")).Of<V1ConfigMap>().Single(one => one.Data.ContainsKey("member.js"));
        await File.WriteAllTextAsync(folder["member.js"], map.Data["member.js"], TestContext.Current.CancellationToken);

        (await Tool.Run("node", Model, folder["member.js"], scenario)).ShouldSucceed();
    }

    /// <summary>A start that hung would keep the pod from its probes.</summary>
    [Fact]
    public async Task The_script_has_an_end()
    {
        var small = await Rendered.Overlay("small");
        var pod = small.Workloads.Single(one => one.Name == "mongodb");
        pod.Main.Lifecycle.PostStart.Exec.Command.ShouldBe(["bash", "/scripts/member.sh"]);

        using var folder = new TemporaryFolder();
        var script = small.Of<V1ConfigMap>().Single(one => one.Data.ContainsKey("member.sh")).Data["member.sh"];
        script.ShouldContain("timeout 280 ");
        // A shell of MongoDB that never reaches the server.
        await File.WriteAllTextAsync(folder["mongosh"], "#!/bin/sh\nexit 1\n", TestContext.Current.CancellationToken);
        (await Tool.Run("chmod", "+x", folder["mongosh"])).ShouldSucceed();
        await File.WriteAllTextAsync(
            folder["member.sh"], script.Replace("timeout 280 ", "timeout 1 ").Replace("/proc/1/fd/1", folder["log"]),
            TestContext.Current.CancellationToken);

        var path = $"{folder.Path}:{Environment.GetEnvironmentVariable("PATH")}";
        (await Tool.Run("bash", [folder["member.sh"]], [("PATH", path)])).ExitCode.ShouldBe(124);
    }
}
