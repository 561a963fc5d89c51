using System.Text.RegularExpressions;
using BigTech.Tests.EndToEnd;

namespace BigTech.Tests.Deployment;

/// <summary>What the docs say to paste, pasted.</summary>
public sealed class DocsCommandTests
{
    [Theory]
    [InlineData("README.md", "## A first conversation")]
    [InlineData("README.ko.md", "## 첫 대화")]
    public async Task The_first_conversation_brings_each_message_once(string page, string heading)
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.Start();
        var block = DocumentedCommands.Under(page, heading).ShouldHaveSingleItem();

        var output = (await DocumentedCommands.Run(
            $"set +e\n{block.Replace("API=http://localhost:8000/api", "", StringComparison.Ordinal)}", folder.Path, Api(server))).Output;

        var events = Regex.Matches(output, @"^event: (\S+)$", RegexOptions.Multiline).Select(match => match.Groups[1].Value);
        events.ShouldBe(["ready", "message.created", "ready", "message.created"], output);
        // The answer to the sender, and the event.
        Regex.Count(output, "\"seq\":1,").ShouldBe(2, output);
    }

    [Theory]
    [InlineData("docs/guide/README.md", "# Learning guide")]
    [InlineData("docs/guide/README.ko.md", "# 학습 안내서")]
    public async Task The_exercises_of_the_guide_have_the_answers_that_it_gives(string page, string heading)
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.Start();
        var commands = string.Join('\n', DocumentedCommands.Under(page, heading));

        var output = (await DocumentedCommands.Run(
            commands, folder.Path, Api(server), ("DATA", server.Data.Path),
            ("METRICS", server.Url("metrics").GetLeftPart(UriPartial.Authority)))).ShouldSucceed();

        // Sent twice, stored once: the two answers. The notification may have that seq too, without a version.
        Regex.Count(output, "\"seq\":1,\"version\":1,").ShouldBe(2, output);
        output.ShouldContain("\"code\":\"invalid\"");
        output.ShouldContain("\"code\":\"room_not_found\"");
        output.ShouldContain("\"status\":401");
        output.ShouldContain("\"resumed\":true");
        output.ShouldContain("event: reset");
        output.ShouldContain("message.events|bigtech.chat.MessageSent.v1");
        output.ShouldContain("\"kind\":\"message\"");
        output.ShouldContain("bigtech_chat_messages_sent_total");
        output.ShouldContain("bigtech_store_commit_duration_seconds_sum");
    }

    [Fact]
    public async Task A_scrape_is_measured()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.Start();
        var block = DocumentedCommands.Under("docs/operations/observability.md", "## Prometheus").ShouldHaveSingleItem();

        (await DocumentedCommands.Run(block, folder.Path, ("METRICS", server.Url("metrics").GetLeftPart(UriPartial.Authority))))
            .ShouldSucceed().ShouldMatch(@"^median [\d.]+ ms, longest [\d.]+ ms, \d{4,} bytes\n$");
    }

    private static (string, string) Api(ServerProcess server) => ("API", server.Url().GetLeftPart(UriPartial.Authority) + "/api");
}
