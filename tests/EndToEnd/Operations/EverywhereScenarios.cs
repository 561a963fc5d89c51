using System.Text.Json;
using System.Text.RegularExpressions;

namespace BigTech.Tests.EndToEnd.Operations;

[Scenarios]
public sealed partial class EverywhereScenarios(SharedServer server)
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];
    private static readonly string[] TypeWords = ["type", "$ref", "oneOf", "anyOf"];

    [Theory]
    [InlineData("user", "User Service")]
    [InlineData("friend", "Friend Service")]
    [InlineData("chat", "Chat Service")]
    [InlineData("notification", "Notification Service")]
    [InlineData("gateway", "API Gateway")]
    public async Task Every_port_reports_its_health_under_its_own_name(string role, string service)
    {
        foreach (var port in server.Ports(role))
        {
            foreach (var path in new[] { "/health", "/api/health" })
            {
                var answer = (await port.Get(path)).ShouldBe(200);
                answer.ContentType.ShouldNotBeNull().MediaType.ShouldBe("application/json");
                answer.Json.GetProperty("status").GetString().ShouldBe("healthy");
                answer.Json.GetProperty("service").GetString().ShouldBe(service);
            }
            foreach (var path in new[] { "/health/live", "/health/ready", "/api/health/live", "/api/health/ready" })
                (await port.Get(path)).ShouldBe(200);
        }
    }

    [Fact]
    public async Task Every_port_describes_events_and_streams()
    {
        foreach (var port in ServerProcess.Roles.SelectMany(server.Ports))
        {
            var answer = (await port.Get("/asyncapi.json")).ShouldBe(200);
            answer.Json.GetProperty("asyncapi").GetString().ShouldBe("3.0.0");
            (await port.Get("/api/asyncapi.json")).ShouldBe(200).Text.ShouldBe(answer.Text);
        }
    }

    [Theory]
    [InlineData("user", "/profile/me")]
    [InlineData("user", "/auth/sessions")]
    [InlineData("user", "/.well-known/jwks.json")]
    [InlineData("friend", "/friends")]
    [InlineData("chat", "/chat-rooms")]
    [InlineData("notification", "/notifications")]
    public async Task A_service_and_the_gateway_answer_its_paths_bare_and_under_api(string role, string path)
    {
        var user = await server.NewUser();

        foreach (var port in server.Ports(role).Append(server.Anonymous))
        {
            (await port.With(user.Tokens.AccessToken).Get(path)).ShouldBe(200);
            (await port.With(user.Tokens.AccessToken).Get($"/api{path}")).ShouldBe(200);
        }
    }

    [Theory]
    [InlineData("/health", 200)]
    [InlineData("/health/live", 200)]
    [InlineData("/openapi.json", 200)]
    [InlineData("/docs/index.html", 200)]
    [InlineData("/profile/me", 200)]
    [InlineData("/users/999999999", 404)]
    [InlineData("/messages/stream", 405)]
    public async Task The_door_answers_HEAD_where_it_answers_GET_and_opens_no_stream_for_it(string path, int status)
    {
        var user = await server.NewUser();

        (await user.Api.Send(HttpMethod.Head, path, body: null)).ShouldBe(status).Text.ShouldBeEmpty();
    }

    [Fact]
    public async Task HEAD_makes_no_room()
    {
        var users = await server.NewUsers(2);

        (await users[0].Api.Send(HttpMethod.Head, $"/chat-rooms/check/{users[1].Id}", body: null)).ShouldBe(405);

        (await users[0].Api.Get("/chat-rooms")).Json.GetProperty("total_count").GetInt64().ShouldBe(0);
    }

    [Fact]
    [OneProcess("Separate services answer what is theirs.")]
    public async Task Every_port_answers_every_path_bare_and_under_api()
    {
        var user = await server.NewUser();

        foreach (var role in ServerProcess.Roles)
        {
            foreach (var path in new[] { "/profile/me", "/chat-rooms", "/auth/sessions", "/.well-known/jwks.json" })
            {
                (await user.Api.On(role).Get(path)).ShouldBe(200);
                (await user.Api.On(role).Get($"/api{path}")).ShouldBe(200);
            }
        }
    }

    [Fact]
    public async Task The_description_says_of_every_value_what_it_is_and_requires_nothing_that_may_be_left_out()
    {
        var schemas = (await Description()).GetProperty("components").GetProperty("schemas").EnumerateObject().ToList();

        var untyped = from schema in schemas
                      where schema.Value.TryGetProperty("properties", out _)
                      from property in schema.Value.GetProperty("properties").EnumerateObject()
                      where !TypeWords.Any(word => property.Value.TryGetProperty(word, out _))
                      select $"{schema.Name}.{property.Name}";
        untyped.ShouldBeEmpty();
        var message = schemas.Single(schema => schema.Name == "SendMessageRequest").Value;
        message.GetProperty("required").EnumerateArray().Select(name => name.GetString()).ShouldBe(["content"]);
        message.GetProperty("properties").EnumerateObject().Count().ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task The_description_of_the_API_is_sound_and_complete()
    {
        var document = await Description();

        document.GetProperty("openapi").GetString().ShouldNotBeNull().ShouldStartWith("3.");
        document.GetProperty("info").GetProperty("title").GetString().ShouldNotBeNullOrWhiteSpace();
        document.GetProperty("components").GetProperty("securitySchemes").EnumerateObject()
            .ShouldContain(scheme => scheme.Value.GetProperty("scheme").GetString() == "bearer");
        var operations = Operations(document);
        operations.Select(operation => operation.Operation.GetProperty("operationId").GetString()).ShouldBeUnique();
        document.GetProperty("paths").EnumerateObject().Select(path => PathParameter().Replace(path.Name, "{}"))
            .ShouldBeUnique("paths that differ only in the names of their parameters are the same");
        foreach (var (method, path, operation) in operations)
        {
            operation.GetProperty("responses").EnumerateObject().ShouldNotBeEmpty($"{method} {path}");
            foreach (Match parameter in PathParameter().Matches(path))
                ParameterNames(operation).ShouldContain(parameter.Groups[1].Value, $"{method} {path}");
        }
        References(document).ShouldAllBe(reference => Resolves(document, reference));
    }

    [Fact]
    public async Task Every_JSON_body_has_an_example_that_names_only_what_it_may_hold()
    {
        var document = await Description();

        var schemas = Operations(document)
            .Where(operation => operation.Operation.TryGetProperty("requestBody",
                out var body) && body.GetProperty("content").TryGetProperty("application/json", out _))
            .Select(operation => (Of: $"{operation.Method} {operation.Path}", Schema: BodySchema(document, operation.Operation))).ToList();

        schemas.Count.ShouldBeGreaterThan(15);
        foreach (var (of, schema) in schemas)
        {
            schema.TryGetProperty("examples", out var examples).ShouldBeTrue($"{of} has no example");
            var example = examples.EnumerateArray().First();
            var allowed = schema.GetProperty("properties").EnumerateObject().Select(property => property.Name).ToList();
            example.EnumerateObject().ShouldNotBeEmpty(of);
            example.EnumerateObject().ShouldAllBe(property => allowed.Contains(property.Name), of);
        }
    }

    [Theory]
    [InlineData("/docs")]
    [InlineData("/api/docs")]
    public async Task The_documentation_is_a_page_that_loads_its_parts_from_here(string path)
    {
        var answer = await Follow(path);

        answer.ShouldBe(200).ContentType.ShouldNotBeNull().MediaType.ShouldBe("text/html");
        answer.Text.ShouldContain("swagger", Case.Insensitive);
        answer.Text.ShouldNotMatch("(src|href)=\"https?://");
    }

    [Fact]
    public async Task Metrics_are_Prometheus_text_with_the_families_that_operators_need()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await using var stream = await bob.Stream(room);

        var streams = 0.0;
        foreach (var port in server.Ports("chat"))
        {
            // A replica counts only its own requests.
            (await port.With(ann.Tokens.AccessToken).Post($"/messages/{room}", new { content = "counted" })).ShouldBe(201);
            var answer = (await port.Server.Scrape()).ShouldBe(200);
            answer.ContentType.ShouldNotBeNull().MediaType.ShouldBe("text/plain");
            var metrics = PrometheusText.Parse(answer.Text);
            metrics.Types["http_server_request_duration_seconds"].ShouldBe("histogram");
            metrics.Sum("http_server_request_duration_seconds_count").ShouldBeGreaterThan(0);
            foreach (var family in new[] { "messages", "outbox", "lag", "batch" })
                metrics.Types.Keys.ShouldContain(name => name.Contains(family, StringComparison.Ordinal), family);
            streams += metrics.Sum("bigtech_streams_open");
        }

        streams.ShouldBeGreaterThanOrEqualTo(1);
    }

    [Fact]
    [OneProcess("It counts to the last message, on a server of its own.")]
    public async Task Messages_and_streams_are_counted()
    {
        await using var own = await ServerProcess.Start();
        var (ann, bob, room) = await own.TwoInARoom();
        var before = await own.Metrics();
        var streams = new List<SseClient> { await bob.Stream(room), await bob.StreamOfAllRooms() };
        await ann.SendMany(room, 25, index => $"{index}");

        var during = await own.Metrics();
        foreach (var stream in streams)
            await stream.DisposeAsync();

        during.Sum("bigtech_streams_open").ShouldBe(before.Sum("bigtech_streams_open") + 2);
        var counter = during.Types.Keys.Single(name => MessageCounter().IsMatch(name));
        during.Sum(counter).ShouldBe(before.Sum(counter) + 25);
        await own.SeesNoStreams();
    }

    [Fact]
    public async Task The_description_is_not_sent_again_to_who_has_it()
    {
        var first = (await server.Anonymous.Get("/openapi.json")).ShouldBe(200);
        using var again = new HttpRequestMessage(HttpMethod.Get, server.Anonymous.Url("/openapi.json"));
        again.Headers.IfNoneMatch.Add(first.Headers.ETag.ShouldNotBeNull());

        (await server.Anonymous.Send(again)).ShouldBe(304).Text.ShouldBeEmpty();
        first.Headers.CacheControl.ShouldNotBeNull().MaxAge.ShouldNotBeNull();
    }

    [Fact]
    public async Task Metrics_have_an_address_of_their_own_which_answers_nothing_else()
    {
        var user = await server.NewUser();

        foreach (var port in server.Ports("user").Append(server.Anonymous))
        {
            (await port.Get("/metrics")).ShouldBeProblem(404, "not_found");
            (await port.Get("/api/metrics")).ShouldBeProblem(404, "not_found");
        }
        var metrics = server.Anonymous.Server.MetricsPort.With(user.Tokens.AccessToken);
        (await metrics.Get("/metrics")).ShouldBe(200);
        (await metrics.Send(HttpMethod.Head, "/metrics", body: null)).ShouldBe(200);
        foreach (var path in new[] { "/", "/health", "/openapi.json", "/docs/index.html", "/profile/me", "/metrics/x", "/api/metrics" })
        {
            (await metrics.Get(path)).ShouldBe(404);
        }
        (await metrics.Post("/metrics")).ShouldBe(404);
    }

    private static List<(string Method, string Path, JsonElement Operation)> Operations(JsonElement document)
    {
        var operations = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()
            .Where(entry => Methods.Contains(entry.Name))
            .Select(entry => (entry.Name, path.Name, entry.Value))).ToList();
        operations.Count.ShouldBeGreaterThan(25);
        return operations;
    }

    private static JsonElement BodySchema(JsonElement document, JsonElement operation)
    {
        var schema = operation.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema");
        if (!schema.TryGetProperty("$ref", out var reference)) return schema;
        return document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]);
    }

    private static IEnumerable<string?> ParameterNames(JsonElement operation) =>
        Parameters(operation).Select(parameter => parameter.GetProperty("name").GetString());

    private static List<JsonElement> Parameters(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters) ? [.. parameters.EnumerateArray()] : [];

    private static List<string> References(JsonElement document) =>
        [.. Reference().Matches(document.GetRawText()).Select(match => match.Groups[1].Value)];

    private static bool Resolves(JsonElement document, string reference)
    {
        var at = document;
        foreach (var step in reference.TrimStart('#', '/').Split('/'))
        {
            if (!at.TryGetProperty(step, out at))
                return false;
        }
        return true;
    }

    private async Task<Answer> Follow(string path)
    {
        var answer = await server.Anonymous.Get(path);
        return answer.Status is 301 or 302 or 307 or 308
            ? await server.Anonymous.Get(new Uri(server.Anonymous.Url(path), answer.Headers.Location.ShouldNotBeNull()).PathAndQuery)
            : answer;
    }

    private async Task<JsonElement> Description() => (await server.Anonymous.Get("/openapi.json")).ShouldBe(200).Json;

    [GeneratedRegex(@"\{(\w+)[^}]*\}")]
    private static partial Regex PathParameter();

    [GeneratedRegex("\"\\$ref\"\\s*:\\s*\"([^\"]+)\"")]
    private static partial Regex Reference();

    [GeneratedRegex("^bigtech.*messages.*sent.*total$")]
    private static partial Regex MessageCounter();
}
