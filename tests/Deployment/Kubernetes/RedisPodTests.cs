using System.Text;
using BigTech.Tests.Testing;
using k8s.Models;

namespace BigTech.Tests.Deployment.Kubernetes;

/// <summary>The command of the Redis pod, run by a real Redis.</summary>
public sealed class RedisPodTests
{
    private const string Password = "a-password-that-no-argument-shows";

    [Fact]
    public async Task The_pod_asks_for_its_password_and_shows_it_to_no_list_of_processes()
    {
        var small = await Rendered.Overlay("small");
        var pod = small.Workloads.Single(one => one.Name == "redis").Main;
        var settings = small.Of<V1ConfigMap>().Single(one => one.Data.ContainsKey("redis.conf")).Data["redis.conf"];
        using var folder = new TemporaryFolder();
        var port = $"{Loopback.FreePort()}";
        var cancellation = TestContext.Current.CancellationToken;
        await File.WriteAllTextAsync(folder["redis.conf"], $"{settings}port {port}\nbind 127.0.0.1\ndir {folder.Path}\n", cancellation);
        await File.WriteAllTextAsync(folder["password"], $"{Password}\n", cancellation);
        pod.Command.Take(2).ShouldBe(["sh", "-c"]);
        var script = pod.Command[2].Replace("/etc/redis/redis.conf", folder["redis.conf"]);

        using var redis = new WatchedProgram(
            "Ready to accept connections", "sh", "-c", $"read -r REDISCLI_AUTH <{folder["password"]}; export REDISCLI_AUTH\n{script}");

        Arguments().Where(one => one.Contains(Password, StringComparison.Ordinal)).ShouldBeEmpty();
        (await Tool.Run("redis-cli", "-p", port, "ping")).Output.ShouldContain("NOAUTH");
        // The probe, with the variable of the pod.
        string[] probe = [.. pod.ReadinessProbe.Exec.Command];
        (await Tool.Run(probe[0], ["-p", port, .. probe[1..]], [("REDISCLI_AUTH", Password)])).Output.Trim().ShouldBe("PONG");
        pod.Env.ShouldContain(one => one.Name == "REDISCLI_AUTH");
        (await Tool.Run("redis-cli", ["-p", port, "config", "get", "maxmemory-policy"], [("REDISCLI_AUTH", Password)]))
            .Output.ShouldContain("noeviction");
    }

    private static IEnumerable<string> Arguments()
    {
        foreach (var process in Directory.GetDirectories("/proc").Where(one => int.TryParse(Path.GetFileName(one), out _)))
        {
            string text;
            try
            {
                text = File.ReadAllText(Path.Combine(process, "cmdline"), Encoding.UTF8);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                continue;
            }
            yield return text;
        }
    }
}
