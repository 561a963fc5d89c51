namespace BigTech.Tests.Deployment;

/// <summary><c>build/deploy.sh</c> with a kubectl that writes down what it is asked.</summary>
public sealed class DeployScriptTests : IDisposable
{
    private const string Image = "ghcr.io/example/bigtech-chat@sha256:0123";

    private const string Kubectl = """
        #!/usr/bin/env bash
        echo "$*" >>"$CALLS"
        case $1 in
          kustomize) printf 'kind: Deployment\nspec: {image: x}\n      image: %s\n' "${NAMED:-ghcr.io/OWNER/bigtech-chat:0.1.0}" ;;
          apply) cp "$3" "$CALLS.applied" ;;
          get)
            printf 'StatefulSet mysql 1 mysql:8.4.6\nDeployment gateway 4 %s\n' "$IMAGE"
            [ -e "$CALLS.applied" ] && printf 'Deployment chat-service 8 %s\n' "$IMAGE" || echo 'Deployment chat-service 7 former'
            ;;
          rollout) [ "$2 $3" != "status ${FAILS:-}" ] ;;
        esac
        """;

    private readonly TemporaryFolder _folder = new();

    public DeployScriptTests()
    {
        File.WriteAllText(_folder["kubectl"], Kubectl + "\n");
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException("It needs bash.");
        File.SetUnixFileMode(_folder["kubectl"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_image_is_applied_by_its_digest_and_every_rollout_is_awaited()
    {
        (await Deploy("small", Image)).ShouldSucceed();

        File.ReadAllText(_folder["calls.applied"]).ShouldContain($"      image: {Image}\n");
        File.ReadAllText(_folder["calls.applied"]).ShouldNotContain("OWNER");
        Calls.Where(call => call.StartsWith("rollout", StringComparison.Ordinal)).ShouldBe([
            "rollout status deployment/chat-service --namespace bigtech-chat --timeout 10m",
            "rollout status deployment/gateway --namespace bigtech-chat --timeout 10m",
        ]);
    }

    [Theory]
    [InlineData("registry.example.com/team/bigtech-chat:1.2.3")]
    [InlineData("registry.example.com:5000/bigtech-chat@sha256:4567")]
    [InlineData("bigtech-chat")]
    public async Task An_overlay_may_name_a_registry_of_its_own(string named)
    {
        (await Deploy("small", Image, ("NAMED", named))).ShouldSucceed();

        File.ReadAllText(_folder["calls.applied"]).ShouldContain($"      image: {Image}\n");
    }

    [Fact]
    public async Task An_overlay_without_the_product_is_not_applied() =>
        (await Deploy("small", Image, ("NAMED", "example/other-bigtech-chat-web:1"))).ShouldFail().ShouldContain("names no image");

    [Fact]
    public async Task A_rollout_that_fails_is_undone_with_what_changed_and_fails_the_script()
    {
        (await Deploy("small", Image, ("FAILS", "deployment/chat-service"))).ShouldFail().ShouldContain("did not come up");

        // Neither the engines nor the gateway, which had this image before.
        Calls.Where(call => call.StartsWith("rollout undo", StringComparison.Ordinal))
            .ShouldBe(["rollout undo deployment/chat-service --namespace bigtech-chat"]);
    }

    [Theory]
    [InlineData("nowhere", Image, "no overlay 'nowhere'")]
    [InlineData("small", "ghcr.io/example/bigtech-chat:latest", "names no digest")]
    public async Task What_is_not_certain_is_not_applied(string overlay, string image, string reason)
    {
        (await Deploy(overlay, image)).ShouldFail().ShouldContain(reason);

        File.Exists(_folder["calls"]).ShouldBeFalse();
    }

    private string[] Calls => File.ReadAllLines(_folder["calls"]);

    private Task<ToolResult> Deploy(string overlay, string image, params (string, string)[] more) => Tool.Run(
        "build/deploy.sh", [overlay, image],
        [("PATH", $"{_folder.Path}:{Environment.GetEnvironmentVariable("PATH")}"), ("CALLS", _folder["calls"]), ("IMAGE", image), .. more]);
}
