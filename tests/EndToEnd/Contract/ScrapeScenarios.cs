using System.Net.Http.Headers;
using System.Text;
using BigTech.Tests.EndToEnd.Telemetry;

namespace BigTech.Tests.EndToEnd.Contract;

/// <summary>What a process shows stays small, whatever it is used for: a scrape comes every few seconds and is kept for weeks.</summary>
public sealed class ScrapeScenarios
{
    private const int MaxBytes = 200 * 1024;

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/openmetrics-text")]
    public async Task After_every_operation_a_scrape_has_at_most_200_KB(string format)
    {
        // Requests that are traced are exemplars of what they took, which OpenMetrics can carry.
        await using var traces = await TraceCollector.Start();
        await using var personas = new Personas
        {
            Settings = [("Telemetry__OtlpEndpoint", traces.Address), ("Telemetry__SampleRatio", "1")],
        };
        await personas.InitializeAsync();
        var operations =
            from line in AuthorizationTable.Lines
            let outcome = line.Outcomes.First(outcome => outcome.Key != Relation.Admin)
            group (line, outcome.Key) by line.Shape into same
            select same.First();

        (await RequestCatalogRun.All(personas.Server, operations, async (operation, run) =>
        {
            var scenario = await personas.Prepare(operation.line, operation.Key);
            await run.Send(scenario.Request(operation.line));
            return null;
        })).ShouldBeEmpty();

        var shown = await personas.Server.Metrics();
        shown.Values("http_server_request_duration_seconds_count", "http_route").Distinct().Count()
            .ShouldBeGreaterThan(60, "it was traffic on everything");
        var scrape = await Scrape(personas.Server, format);
        scrape.Contains("trace_id=", StringComparison.Ordinal).ShouldBe(format != "text/plain");
        Encoding.UTF8.GetByteCount(scrape).ShouldBeLessThanOrEqualTo(MaxBytes, Largest(scrape));
    }

    private static async Task<string> Scrape(ServerProcess server, string format)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(format));
        using var answer = await http.GetAsync(new Uri(server.Url("metrics"), "/metrics"), TestContext.Current.CancellationToken);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(format);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The families that take the most of it, for the message of a failure.</summary>
    private static string Largest(string scrape) => string.Join(", ",
        from line in scrape.Split('\n')
        where line.Length > 0 && line[0] != '#'
        group line.Length + 1 by line.Split('{', ' ')[0] into family
        orderby family.Sum() descending
        select $"{family.Key} {family.Sum()}");
}
