using System.Net.Http.Json;
using System.Text.Json;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment.Observability;

/// <summary>A real Alertmanager with the configuration of the repository, which waits for less and calls the test.</summary>
internal sealed class AlertmanagerServer : IDisposable
{
    public static readonly string ConfigurationFile =
        Path.Combine(Repository.Root, "deploy", "observability", "alertmanager", "alertmanager.yml");

    private readonly TemporaryFolder _folder = new();
    private readonly WatchedProgram _program;

    public AlertmanagerServer(string receiver)
    {
        Directory.CreateDirectory(_folder["secrets"]);
        File.WriteAllText(_folder["secrets/slack_url"], $"{receiver}slack");
        File.WriteAllText(_folder["secrets/webhook_token"], "the-token");
        File.WriteAllText(_folder["alertmanager.yml"], File.ReadAllText(ConfigurationFile)
            .Replace("http://alert-receiver:8080/", receiver, StringComparison.Ordinal)
            .Replace("/etc/alertmanager/", $"{_folder.Path}/", StringComparison.Ordinal)
            .Replace("group_wait: 10s", "group_wait: 1s", StringComparison.Ordinal)
            .Replace("group_wait: 30s", "group_wait: 1s", StringComparison.Ordinal));
        Address = $"127.0.0.1:{Loopback.FreePort()}";
        _program = new WatchedProgram(
            "Listening on", "prometheus-alertmanager", $"--config.file={_folder["alertmanager.yml"]}",
            $"--storage.path={_folder["data"]}", $"--web.listen-address={Address}", "--cluster.listen-address=");
    }

    public string Address { get; }

    /// <summary>Takes alerts as Prometheus sends them: the labels of each.</summary>
    public async Task Take(params IEnumerable<IReadOnlyDictionary<string, string>> alerts)
    {
        using var http = new HttpClient();
        var body = alerts.Select(labels => new { labels });
        (await http.PostAsJsonAsync(new Uri($"http://{Address}/api/v2/alerts"), body)).EnsureSuccessStatusCode();
    }

    /// <summary>The alerts that are held back, as name and instance.</summary>
    public async Task<IReadOnlyList<string>> Suppressed()
    {
        using var http = new HttpClient();
        var alerts = await http.GetFromJsonAsync<JsonElement>(new Uri($"http://{Address}/api/v2/alerts?active=false"));
        return
        [
            .. from alert in alerts.EnumerateArray()
               let labels = alert.GetProperty("labels")
               select $"{labels.GetProperty("alertname").GetString()} {labels.GetProperty("instance").GetString()}",
        ];
    }

    public Task Knows(string alert, string state) => Eventually.Holds(
        async () =>
        {
            using var http = new HttpClient();
            var text = await http.GetStringAsync(new Uri($"http://{Address}/api/v2/alerts?filter=alertname={alert}"));
            return text.Contains($"\"state\":\"{state}\"", StringComparison.Ordinal);
        },
        $"{alert} is {state}", Patience.Long);

    public void Dispose()
    {
        _program.Dispose();
        _folder.Dispose();
    }
}
