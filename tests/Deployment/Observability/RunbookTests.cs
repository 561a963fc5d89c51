using BigTech.Tests.Deployment.Compose;

namespace BigTech.Tests.Deployment.Observability;

/// <summary>The links of alerts lead somewhere without a setting.</summary>
public sealed class RunbookTests
{
    private const string Flag = "--web.user-assets=";

    [Fact]
    public async Task Prometheus_of_compose_serves_the_runbooks_that_its_alerts_link_to()
    {
        var service = ComposeFile.Read("compose.monitoring.yaml").Services.Single(one => one.Name == "bigtech-prometheus");
        var assets = service.List("command").Single(word => word.StartsWith(Flag, StringComparison.Ordinal))[Flag.Length..];
        var mount = service.List("volumes").Single(one => one.Contains($":{assets}/", StringComparison.Ordinal)).Split(':');
        var link = new Uri(ComposeFile.Fill(service.Environment["RUNBOOKS_URL"], new Dictionary<string, string>())
            + Rules.Alerts[0].Annotations["runbook_url"].Replace("{{ $externalLabels.runbooks }}", "", StringComparison.Ordinal));
        service.List("ports").ShouldContain(port => port.EndsWith($":{link.Port}", StringComparison.Ordinal));

        // What is mounted there, in a folder of the same form.
        using var folder = new TemporaryFolder();
        Directory.CreateSymbolicLink(folder[mount[1][(assets.Length + 1)..]], ComposeFile.FullPath(mount[0]));
        using var prometheus = new PrometheusServer([], options: [$"{Flag}{folder.Path}"]);

        (await prometheus.Page(link.AbsolutePath)).ShouldContain($"## {Rules.Alerts[0].Name}\n");
        link.Fragment.ShouldBe($"#{Rules.Alerts[0].Name.ToLowerInvariant()}");
    }
}
