using System.Text.RegularExpressions;
using BigTech.Tests.EndToEnd;
using k8s.Models;

namespace BigTech.Tests.Deployment.Kubernetes;

/// <summary>What autoscalers ask for, a scrape of the program shows.</summary>
public sealed partial class MetricsTests
{
    [Fact]
    public async Task A_scrape_shows_what_autoscalers_ask_for()
    {
        var asked = new List<string>();
        foreach (var name in Rendered.Overlays) asked.AddRange(Asked(await Rendered.Overlay(name)));
        asked.ShouldContain("""bigtech_events_consumer_lag{group="notifications",topic="message.events"}""");
        asked.ShouldContain("bigtech_streams_open");

        await using var server = await ServerProcess.Start();
        var (_, bob, room) = await server.TwoInARoom();
        await using var stream = await bob.Stream(room);
        // The lag appears after some seconds.
        await Eventually.Holds(
            async () =>
            {
                var lines = (await server.Scrape()).ShouldBe(200).Text.Split('\n');
                return asked.All(one => lines.Any(line => Shows(line, one)));
            },
            string.Join(", ", asked));
    }

    [Theory]
    [InlineData("bigtech_streams_closed", false)]
    [InlineData("bigtech_streams_open", true)]
    [InlineData("""bigtech_events_consumer_lag{group="notification"}""", false)]
    [InlineData("""bigtech_events_consumer_lag{topic="message.events",group="notifications"}""", true)]
    public void A_planted_unknown_metric_is_caught(string asked, bool isShown)
    {
        string[] lines =
        [
            """bigtech_streams_open{kind="room"} 1""",
            """bigtech_events_consumer_lag{group="notifications",topic="message.events"} 0""",
        ];

        lines.Any(line => Shows(line, asked)).ShouldBe(isShown);
    }

    private static IEnumerable<string> Asked(Rendered rendered) =>
        rendered.Of<V2HorizontalPodAutoscaler>().SelectMany(one => one.Spec.Metrics).Select(one => one.Pods?.Metric.Name).OfType<string>()
            .Concat(rendered.OfKind("ScaledObject").SelectMany(one => ObjectRules.Values(one.Spec, "triggers", "metadata", "query"))
                .SelectMany(query => Metric().Matches(query).Select(match => match.Value)))
            // The job is what the scrape is called.
            .Select(one => one.Replace("""{job="chat-service"}""", "")).Distinct();

    private static bool Shows(string line, string asked)
    {
        var parts = asked.TrimEnd('}').Split('{');
        var name = line.Split('{', ' ')[0];
        return name == parts[0] && (parts.Length == 1 || parts[1].Split(',').All(label => line.Contains(label, StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"bigtech_[a-z_]+(\{[^}]*\})?")]
    private static partial Regex Metric();
}
