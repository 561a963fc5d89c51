using System.Text.Json;
using System.Text.RegularExpressions;
using BigTech.Tests.Deployment.Compose;
using BigTech.Tests.EndToEnd;
using BigTech.Tests.Testing;
using Microsoft.Data.Sqlite;

namespace BigTech.Tests.Deployment.Observability;

/// <summary>
/// What the collectors of logs do with real lines of the server, and what searches find then: stages and queries are read from their files
/// and done here.
/// </summary>
public sealed partial class LogPipelineTests(ServerLines lines) : IClassFixture<ServerLines>
{
    private const string Container = "bigtech-bigtech-chat";
    private const string Access = "BigTech.Access";
    private static readonly string Folder = Path.Combine(Repository.Root, "deploy", "observability");

    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations", "observability.md"));

    /// <summary>Every value that the label has in separate services.</summary>
    private static readonly string[] Services =
        ["bigtech-chat", "chat-service", "friend-service", "gateway", "notification-service", "user-service"];

    /// <summary>
    /// Of the founding documents, which search for "user_id=123" as text. All lines here are of one process: its service takes the place of
    /// the names.
    /// </summary>
    private static readonly string[] FoundingQueries =
    [
        "{service=\"user-service\"}",
        "{service=\"chat-service\"} |= \"error\"",
        "{service=\"chat-service\"} | json",
        "{service=\"chat-service\"} | json | user_id=123",
        "{service=~\".+\"} |= \"trace_id\"",
    ];

    private static readonly AlloyPipeline Alloy = new(AlloyFiles("docker.alloy"));

    private static readonly AlloyPipeline AlloyOfPods = new(AlloyFiles("kubernetes.alloy"));

    private static readonly FilebeatPipeline Filebeat = new(File.ReadAllText(Path.Combine(Folder, "elastic", "filebeat.yml")));

    private List<LokiEntry> Entries => [.. lines.All.Select(line => Alloy.Process($"/{Container}", line)!)];

    private List<LokiEntry> EntriesOfPods =>
        [.. lines.All.Select(line => AlloyOfPods.Process(Pod("bigtech-chat-0", "gateway", "server"), line)!)];

    private List<Dictionary<string, JsonElement>> Documents =>
        [.. lines.All.Select(line => Filebeat.Process(Container, Written(line))!)];

    [Fact]
    public void Loki_gets_few_labels_the_ids_and_the_time_of_each_line()
    {
        Alloy.Stages.ShouldBe(["json", "timestamp", "labels", "structured_metadata", "label_keep"]);
        Alloy.Missing.ShouldBeEmpty();
        var entries = Entries;

        // Each label value is a stream of its own, and each line needs both.
        entries.ShouldAllBe(entry => entry.Labels.Count == 2);
        entries.Select(entry => entry.Labels["service"]).Distinct().ShouldBe(["bigtech-chat"]);
        entries.Select(entry => entry.Labels["level"]).Distinct().ShouldBe(["info", "warning", "error"], ignoreOrder: true);
        entries.SelectMany(entry => entry.Metadata.Keys).Distinct()
            .ShouldBe(["trace_id", "request_id", "user_id", "room_id"], ignoreOrder: true);
        foreach (var entry in entries)
        {
            var line = JsonSerializer.Deserialize<JsonElement>(entry.Line);
            entry.Time.ShouldBe(line.GetProperty("time").GetDateTimeOffset());
            foreach (var (name, value) in entry.Metadata.Concat(entry.Labels)) line.GetProperty(name).ToString().ShouldBe(value);
        }
    }

    [Fact]
    public void Loki_gets_lines_that_are_no_JSON_as_they_are_and_none_of_other_containers()
    {
        var entry = Alloy.Process("/bigtech-mysql", "2026-11-30 [Note] ready for connections")!;

        entry.Labels.ShouldBe(new Dictionary<string, string> { ["service"] = "bigtech-mysql" });
        (entry.Time, entry.Metadata.Count, entry.Line).ShouldBe((null, 0, "2026-11-30 [Note] ready for connections"));
        Alloy.Process("/another", lines.All[0]).ShouldBeNull();
        Alloy.Process("/my-bigtech-chat", lines.All[0]).ShouldBeNull();
    }

    [Fact]
    public void Loki_gets_the_same_of_pods_and_the_pod()
    {
        AlloyOfPods.Missing.ShouldBeEmpty();
        var (entries, ofPods) = (Entries, EntriesOfPods);

        ofPods.Select(entry => (entry.Line, entry.Time)).ShouldBe(entries.Select(entry => (entry.Line, entry.Time)));
        foreach (var (entry, ofPod) in entries.Zip(ofPods))
        {
            ofPod.Labels.ShouldBe(entry.Labels, ignoreOrder: true);
            ofPod.Metadata.ShouldBe([.. entry.Metadata, KeyValuePair.Create("pod", "bigtech-chat-0")], ignoreOrder: true);
        }
    }

    [Theory]
    [InlineData("mysql", "mysql", "bigtech-mysql")]
    [InlineData("", "user-operator", "bigtech-user-operator")]
    public void Lines_of_engines_in_pods_have_the_name_of_their_component_or_container(string component, string container, string service)
    {
        var entry = AlloyOfPods.Process(Pod("mysql-0", component, container), "2026-11-30 [Note] ready for connections")!;

        entry.Labels.ShouldBe(new Dictionary<string, string> { ["service"] = service });
        entry.Metadata.ShouldBe(new Dictionary<string, string> { ["pod"] = "mysql-0" });
    }

    [Fact]
    public void A_stage_that_is_not_known_is_caught()
    {
        var text = AlloyFiles("docker.alloy");
        Should.Throw<NotSupportedException>(() =>
            new AlloyPipeline(text.Replace("stage.timestamp {", "stage.template {", StringComparison.Ordinal)).Process("/bigtech-a", "{}"));
        new AlloyPipeline(text.Replace("[loki.write.loki.receiver]", "[loki.write.other.receiver]", StringComparison.Ordinal)).Missing
            .ShouldBe(["loki.write.other"]);
    }

    [Fact]
    public void Elasticsearch_gets_the_line_of_a_request_with_the_names_of_its_schema()
    {
        var send = Documents.First(document =>
            Is(document, "http.request.method", "POST") && Is(document, "bigtech.route", "/messages/{id:long}")
            && Is(document, "http.response.status_code", "201"));

        send["log.logger"].GetString().ShouldBe(Access);
        send["log.level"].GetString().ShouldBe("info");
        send["service.name"].GetString().ShouldBe("bigtech-chat");
        send["container.name"].GetString().ShouldBe(Container);
        send["http.response.status_code"].ValueKind.ShouldBe(JsonValueKind.Number);
        send["http.response.ms"].ValueKind.ShouldBe(JsonValueKind.Number);
        send["message"].GetString()!.ShouldStartWith("POST /messages/{id:long} 201");
        string[] others = ["trace.id", "span.id", "http.request.id", "user.id", "@timestamp", "bigtech.room_id"];
        others.Except(send.Keys).ShouldBeEmpty();
    }

    [Fact]
    public void Elasticsearch_gets_the_end_of_a_stream_and_an_error_with_its_stack()
    {
        var documents = Documents;

        var stream = documents.First(document => Is(document, "bigtech.stream", "room") && Is(document, "bigtech.events", "1"));
        stream["log.logger"].GetString().ShouldBe(Access);
        stream.Keys.ShouldContain("user.id");
        var error = documents.First(document => Is(document, "log.level", "error"));
        error["error.stack_trace"].GetString()!.ShouldContain("SqliteException");
        error["error.stack_trace"].GetString()!.ShouldContain("   at BigTech.");
        string[] ids = ["trace.id", "http.request.id", "log.logger", "bigtech.event_id"];
        ids.Except(error.Keys).ShouldBeEmpty();
    }

    [Fact]
    public void Elasticsearch_gets_nothing_twice_and_nothing_under_its_old_name()
    {
        var file = Yaml.Parse(File.ReadAllText(Path.Combine(Folder, "elastic", "filebeat.yml")));
        var renamed = (
            from processor in Yaml.List(file, "processors")
            from field in Yaml.List(Yaml.Map(processor, "rename"), "fields")
            select (From: Yaml.Text(field, "from")!, To: Yaml.Text(field, "to")!)).ToList();
        var documents = Documents;

        renamed.Count.ShouldBeGreaterThan(10);
        foreach (var (from, to) in renamed)
        {
            documents.Exists(document => document.ContainsKey(to)).ShouldBeTrue($"{from} is in no line");
            documents.ShouldAllBe(document => !document.ContainsKey(from));
        }
        documents.ShouldAllBe(document => document.ContainsKey("message") && document.ContainsKey("@timestamp"));
        documents.ShouldAllBe(document => !document.ContainsKey("bigtech.time"));
        var engine = Filebeat.Process("bigtech-mysql", Written("a line of an engine"))!;
        (engine["message"].GetString(), engine.Count).ShouldBe(("a line of an engine", 2));
        Filebeat.Process("another", Written(lines.All[0])).ShouldBeNull();
        JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(Folder, "elastic", "ilm.json")))
            .GetProperty("policy").GetProperty("phases").GetProperty("delete").GetProperty("min_age").GetString().ShouldBe("7d");
    }

    [Fact]
    public void Kibana_shows_the_index_of_the_lines()
    {
        var view = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(Folder, "elastic", "data-view.json")))
            .GetProperty("data_view");
        var filebeat = Yaml.Parse(File.ReadAllText(Path.Combine(Folder, "elastic", "filebeat.yml")));
        var init = ComposeFile.Read("compose.logging.yaml").Services.Single(one => one.Name == "bigtech-kibana-init");

        view.GetProperty("title").GetString().ShouldBe(Yaml.Text(Yaml.Map(filebeat, "setup.template"), "pattern"));
        Documents.ShouldAllBe(document => document.ContainsKey(view.GetProperty("timeFieldName").GetString()!));
        init.List("entrypoint").Last().ShouldContain($"\"data_view_id\":\"{view.GetProperty("id").GetString()}\"");
        init.List("volumes").ShouldContain(mount => mount.StartsWith("../observability/elastic/data-view.json:", StringComparison.Ordinal));
    }

    /// <summary>Each finds lines once the examples in it are ids of real ones.</summary>
    [Fact]
    public void Every_search_of_the_founding_documents_and_of_the_docs_finds_lines()
    {
        string[] recipes =
            [.. FoundingQueries, .. LogQlBlock().Match(Page).Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)];

        recipes.Length.ShouldBeGreaterThan(10);
        foreach (var recipe in recipes)
        {
            LogQl.Find(OfTheLines(recipe), Entries).ShouldNotBeEmpty(recipe);
            LogQl.Find(OfTheLines(recipe), EntriesOfPods).ShouldNotBeEmpty(recipe);
        }
        LogQl.Find("{service=~\".+\"} | json | no_such_field = 1", Entries).ShouldBeEmpty();
    }

    [Fact]
    public void Every_search_for_Kibana_finds_documents()
    {
        var queries = KqlRow().Matches(Page).Select(match => match.Groups[1].Value).ToList();
        var documents = Documents;

        queries.Count.ShouldBeGreaterThan(3);
        foreach (var query in queries)
        {
            Kql.Fields(query).Where(field => !documents.Exists(document => document.ContainsKey(field))).ShouldBeEmpty(query);
            Kql.Find(OfTheLines(query), documents).ShouldNotBeEmpty(query);
        }
    }

    /// <summary>A search with the service, the user, the room and the trace of the lines in place of its examples.</summary>
    private string OfTheLines(string query)
    {
        foreach (Match service in ServiceName().Matches(query)) Services.ShouldContain(service.Groups[1].Value);
        return TraceId().Replace(Example().Replace(ServiceName().Replace(query, match => match.Value.Replace(
                match.Groups[1].Value, "bigtech-chat", StringComparison.Ordinal)),
            match => $"{match.Groups[1].Value}{(match.Value.StartsWith("room", StringComparison.Ordinal) ? lines.Room : lines.User)}"),
            lines.Trace);
    }

    /// <summary>What Alloy reads there: all files of a folder.</summary>
    private static string AlloyFiles(string source) =>
        string.Concat(new[] { source, "lines.alloy" }.Select(file => File.ReadAllText(Path.Combine(Folder, "alloy", file))));

    private static Dictionary<string, string> Pod(string name, string component, string container) => new()
    {
        ["__meta_kubernetes_pod_name"] = name,
        ["__meta_kubernetes_pod_label_app_kubernetes_io_component"] = component,
        ["__meta_kubernetes_pod_container_name"] = container,
    };

    private static bool Is(Dictionary<string, JsonElement> document, string field, string value) =>
        document.TryGetValue(field, out var found) && found.ToString() == value;

    /// <summary>A line as Docker writes it into the file of its container.</summary>
    private static string Written(string line) =>
        JsonSerializer.Serialize(new { log = $"{line}\n", stream = "stdout", time = DateTimeOffset.UnixEpoch });

    [GeneratedRegex("```logql\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex LogQlBlock();

    [GeneratedRegex(@"^\| [^|`]+ \| `([a-z.]+(?:: | >= )[^`]+)` \|$", RegexOptions.Multiline)]
    private static partial Regex KqlRow();

    [GeneratedRegex("service(?:=|\\.name: )\"([\\w-]+)\"")]
    private static partial Regex ServiceName();

    [GeneratedRegex(@"((?:user_id|room_id|user\.id)(?: ?= ?|: ))\d+")]
    private static partial Regex Example();

    [GeneratedRegex("0af7651916cd43dd8448eb211c80319c")]
    private static partial Regex TraceId();
}

/// <summary>The lines of a server that was used, refused some requests, and failed in others.</summary>
public sealed class ServerLines : IAsyncLifetime
{
    private const int StreamsPerUser = 10;

    public IReadOnlyList<string> All { get; private set; } = [];

    /// <summary>A user with lines of their own; the room and the trace of another request.</summary>
    public long User { get; private set; }

    public long Room { get; private set; }

    public string Trace { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        await using var server = await ServerProcess.Start(("Streams__MaxPerUser", $"{StreamsPerUser}"));
        await using (var traffic = await Traffic.Start(server))
        {
            await traffic.Repeat();
            await traffic.OpenTooManyStreams(server, StreamsPerUser);
        }
        await EndAndFail(server);
        server.Terminate();
        await server.Ended();
        All = [.. server.Output.Split('\n').Where(line => line.StartsWith('{'))];
        All.Count.ShouldBeGreaterThan(30);
        Trace = All.Select(line => JsonSerializer.Deserialize<JsonElement>(line)).First(line => line.TryGetProperty("trace_id", out _))
            .GetProperty("trace_id").GetString()!;
    }

    public ValueTask DisposeAsync() => default;

    /// <summary>A stream ends. Then a table goes: a send is an unexpected error, 500, and a read 503.</summary>
    private async Task EndAndFail(ServerProcess server)
    {
        var (ann, bob, room) = await server.TwoInARoom();
        (User, Room) = (ann.Id, room);
        await using (var stream = await bob.Stream(room))
        {
            await ann.Send(room, "Seen");
            await stream.WaitForCreated(1);
        }
        await using var store = new SqliteConnection($"Data Source={server.Data["chat.db"]};Pooling=False");
        await store.OpenAsync();
        await using var drop = store.CreateCommand();
        drop.CommandText = "PRAGMA foreign_keys = OFF; DROP TABLE messages";
        await drop.ExecuteNonQueryAsync();
        (await ann.TrySend(room, "Lost")).ShouldBe(500);
        (await ann.Api.Get($"/messages/{room}")).ShouldBe(503);
    }
}
