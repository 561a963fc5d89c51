namespace BigTech.Tests.EndToEnd.Operations;

/// <summary>The command <c>health</c>, by which a container without a shell is watched.</summary>
public sealed class HealthCommandScenarios
{
    [Fact]
    public async Task A_server_that_is_ready_is_0_without_a_word()
    {
        await using var server = await ServerProcess.Start();

        foreach (var url in new[] { server.Url(), new Uri(server.Url(), "/health/live") })
        {
            // The command waits 5 s at most, in which a busy machine may not come to answer.
            await Eventually.Holds(
                async () =>
                {
                    var finished = await ServerProcess.RunToEnd(["health", "--url", $"{url}"]);
                    return finished.ExitCode == 0 && finished.Stdout + finished.Stderr == "";
                },
                $"{url} is healthy");
        }

        var other = await ServerProcess.RunToEnd(["health", "--url", $"{new Uri(server.Url(), "/nowhere")}"]);
        other.ExitCode.ShouldBe(1);
        other.Stderr.ShouldContain("404");
    }

    [Fact]
    public async Task It_asks_where_the_server_of_the_same_settings_listens_and_makes_no_folder()
    {
        using var folder = new TemporaryFolder();

        var finished = await ServerProcess.RunToEnd(["health", "--urls", "user=http://0.0.0.0:1"], folder.Path);

        finished.ExitCode.ShouldBe(1);
        finished.Stderr.ShouldStartWith("http://127.0.0.1:1/health/ready could not be asked");
        Directory.EnumerateFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("ftp://127.0.0.1")]
    public async Task What_is_no_address_is_named(string url)
    {
        var finished = await ServerProcess.RunToEnd(["health", "--url", url]);

        finished.ExitCode.ShouldBe(2);
        finished.Stderr.ShouldContain(url);
    }
}
