using System.Globalization;
using System.Text.Json;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment.Observability;

/// <summary>A series of an answer of Prometheus, with its value now.</summary>
internal sealed record Sample(IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>
/// A real Prometheus with the configuration and the rules of the repository. Only the intervals, the targets and the addresses differ.
/// </summary>
internal sealed class PrometheusServer : IDisposable
{
    /// <summary>Where the links to runbooks begin.</summary>
    public const string Runbooks = "https://git.example.com/chat/blob/main";

    private readonly TemporaryFolder _folder = new();
    private readonly WatchedProgram _program;
    private readonly HttpClient _http;

    /// <param name="targets">The jobs and the addresses of their processes.</param>
    /// <param name="change">Further changes of the configuration and the rules.</param>
    /// <param name="options">Further options of the program.</param>
    public PrometheusServer(
        IEnumerable<(string Job, string Address)> targets, Func<string, string>? change = null, params IEnumerable<string> options)
    {
        var port = Loopback.FreePort();
        var address = $"127.0.0.1:{port}";
        foreach (var file in (string[])["prometheus.yml", .. Directory.GetFiles(Path.Combine(Rules.Folder, "rules"), "*.yml")])
        {
            var name = Path.GetRelativePath(Rules.Folder, Path.Combine(Rules.Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
            var text = File.ReadAllText(Path.Combine(Rules.Folder, name)).Replace("interval: 15s", "interval: 1s", StringComparison.Ordinal)
                .Replace("scrape_timeout: 10s", "scrape_timeout: 1s", StringComparison.Ordinal)
                .Replace("localhost:9090", address, StringComparison.Ordinal);
            File.WriteAllText(_folder[name], change?.Invoke(text) ?? text);
        }
        Directory.CreateDirectory(_folder["targets"]);
        File.WriteAllLines(
            Path.Combine(_folder["targets"], "test.yml"),
            targets.Select(target => $"- {{targets: ['{target.Address}'], labels: {{job: {target.Job}}}}}"));
        _http = new HttpClient { BaseAddress = new Uri($"http://{address}/api/v1/") };
        _program = new WatchedProgram(
            "Server is ready to receive web requests", "env",
            [
                $"RUNBOOKS_URL={Runbooks}", "prometheus", "--enable-feature=expand-external-labels,exemplar-storage",
                $"--config.file={_folder["prometheus.yml"]}", $"--storage.tsdb.path={_folder["data"]}", $"--web.listen-address={address}",
                .. options,
            ]);
    }

    /// <summary>The series that a query gives now.</summary>
    /// <exception cref="ShouldAssertException">Prometheus does not accept it.</exception>
    public async Task<IReadOnlyList<Sample>> Query(string expression)
    {
        var data = await Get($"query?query={Uri.EscapeDataString(expression)}");
        return data.GetProperty("resultType").GetString() == "scalar"
            ? [new Sample(new Dictionary<string, string>(), ValueOf(data.GetProperty("result")))]
            : [.. data.GetProperty("result").EnumerateArray().Select(series => new Sample(
                series.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!),
                ValueOf(series.GetProperty("value"))))];
    }

    /// <summary>The values that a label has among some series.</summary>
    public async Task<IReadOnlyList<string>> LabelValues(string label, string series) =>
        [.. (await Get($"label/{label}/values?match[]={Uri.EscapeDataString(series)}")).EnumerateArray()
            .Select(value => value.GetString()!)];

    /// <summary>A page of its site.</summary>
    public Task<string> Page(string path) => _http.GetStringAsync(new Uri(path, UriKind.Relative));

    /// <summary>The names of all labels.</summary>
    public async Task<IReadOnlyList<string>> Labels() =>
        [.. (await Get("labels")).EnumerateArray().Select(name => name.GetString()!)];

    /// <summary>The traces that it keeps as examples of a metric.</summary>
    public async Task<IReadOnlyList<string>> Exemplars(string metric) =>
    [
        .. from series in (await Get($"query_exemplars?query={metric}&start={Ago(1)}&end={Ago(0)}")).EnumerateArray()
           from exemplar in series.GetProperty("exemplars").EnumerateArray()
           select exemplar.GetProperty("labels").GetProperty("trace_id").GetString()!,
    ];

    /// <summary>What its rules came to: a rule that failed says why.</summary>
    public async Task<IReadOnlyList<(string Name, string Error)>> RuleErrors() =>
    [
        .. from @group in (await Get("rules")).GetProperty("groups").EnumerateArray()
           from rule in @group.GetProperty("rules").EnumerateArray()
           where rule.TryGetProperty("lastError", out var error) && error.GetString() is { Length: > 0 }
           select (rule.GetProperty("name").GetString()!, rule.GetProperty("lastError").GetString()!),
    ];

    public void Dispose()
    {
        _program.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }

    private static long Ago(int hours) => DateTimeOffset.UtcNow.AddHours(-hours).ToUnixTimeSeconds() + 1;

    private static double ValueOf(JsonElement value) =>
        value[1].GetString() switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            var number => double.Parse(number!, CultureInfo.InvariantCulture),
        };

    private async Task<JsonElement> Get(string path)
    {
        using var response = await _http.GetAsync(path, TestContext.Current.CancellationToken);
        var answer = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());
        answer.GetProperty("status").GetString().ShouldBe("success", $"{Uri.UnescapeDataString(path)}\n{answer}");
        return answer.GetProperty("data");
    }
}
