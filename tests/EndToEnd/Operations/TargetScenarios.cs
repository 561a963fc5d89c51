using BigTech.Tests.Testing;

namespace BigTech.Tests.EndToEnd.Operations;

/// <summary>The command line's roles, and the requirements of a process with some of them.</summary>
public sealed class TargetScenarios
{
    [Theory]
    [InlineData("chatter", "'chatter'")]
    [InlineData("chat,all", "'all'")]
    [InlineData("chat,", "''")]
    public async Task An_unknown_role_is_one_clear_line(string target, string named)
    {
        var ended = await ServerProcess.RunToEnd(["--target", target]);

        ended.ExitCode.ShouldBe(2);
        ended.Stderr.Trim().Split('\n').ShouldHaveSingleItem().ShouldContain(named);
        ended.Stderr.ShouldContain("notification");
    }

    [Fact]
    public async Task A_url_of_a_role_that_the_process_does_not_take_is_one_clear_line()
    {
        var ended = await ServerProcess.RunToEnd(["--target", "chat", "--urls", "user=http://127.0.0.1:0"]);

        ended.ExitCode.ShouldBe(2);
        ended.Stderr.Trim().Split('\n').ShouldHaveSingleItem().ShouldContain("'user' is not a role of this process");
    }

    [Theory]
    [InlineData("chat", "Kafka:BootstrapServers")]
    [InlineData("user,friend", "Kafka:BootstrapServers")]
    [InlineData("gateway", "Services:Chat")]
    public async Task What_a_role_needs_and_lacks_is_one_clear_line(string target, string setting)
    {
        using var data = new TemporaryFolder();
        var ended = await ServerProcess.RunToEnd(
            ["--target", target, "--data-dir", data.Path, "--urls", $"{target.Split(',')[0]}=http://127.0.0.1:0"]);

        ended.ExitCode.ShouldBe(2);
        ended.Stderr.Trim().Split('\n').ShouldHaveSingleItem().ShouldContain(setting);
    }

    [Fact]
    public async Task A_gateway_without_a_secret_of_the_services_does_not_start()
    {
        var nowhere = Loopback.UnusedAddress().ToString();
        var ended = await ServerProcess.RunToEnd(
            ["--target", "gateway", "--urls", "gateway=http://127.0.0.1:0"], null, ("Services__Users", nowhere),
            ("Services__Friends", nowhere), ("Services__Chat", nowhere), ("Services__Notifications", nowhere));

        ended.ExitCode.ShouldBe(2);
        ended.Stderr.Trim().Split('\n').ShouldHaveSingleItem().ShouldContain("Services:Secret");
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("notification")]
    public async Task A_service_with_the_secret_of_gateways_alone_does_not_start(string role)
    {
        using var data = new TemporaryFolder();
        var nowhere = Loopback.UnusedAddress();
        var ended = await ServerProcess.RunToEnd(
            ["--target", role, "--data-dir", data.Path, "--urls", $"{role}=http://127.0.0.1:0"], null,
            ("Kafka__BootstrapServers", nowhere.Authority), ("Redis__Configuration", nowhere.Authority), ("Services__Users", $"{nowhere}"),
            ("Services__Friends", $"{nowhere}"), ("Services__Chat", $"{nowhere}"),
            ("Services__GatewaySecret", "a-secret-of-gateways-that-is-long-enough"));

        ended.ExitCode.ShouldBe(2);
        ended.Stderr.Trim().Split('\n').ShouldHaveSingleItem().ShouldContain("Services:Secret must be set");
    }

    [Theory]
    [InlineData("Services__Users", "chat:8005")]
    [InlineData("Services__Users", ",")]
    [InlineData("Services__Secret", "short")]
    [InlineData("Services__GatewaySecret", "short")]
    [InlineData("Gateway__AllowedOrigins", "chat.example.com")]
    [InlineData("Gateway__TrustedProxies", "nginx")]
    [InlineData("Gateway__AnonymousPerMinute", "-1")]
    public async Task A_wrong_setting_of_the_door_is_one_clear_line(string name, string value)
    {
        using var data = new TemporaryFolder();
        var ended = await ServerProcess.RunToEnd(
            ["--data-dir", data.Path, "--urls", ServerProcess.FreePorts()], null, (name, value));

        ended.ExitCode.ShouldBe(2);
        ended.Stderr.Trim().Split('\n').ShouldHaveSingleItem().ShouldContain(name.Split("__")[1]);
    }
}
