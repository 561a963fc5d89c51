using System.Text.Json;
using System.Text.RegularExpressions;
using BigTech.Tests.Testing;

namespace BigTech.Tests.EndToEnd.Contract;

/// <summary>Client authors generate code from the description: answers that it omits are not handled.</summary>
[Collection(nameof(ContractCollection))]
public sealed partial class DescriptionScenarios(Personas personas)
{
    [Fact]
    public void Operations_with_a_body_describe_the_refusals_of_a_wrong_one() =>
        ShouldAllDescribe(personas.Operations.Where(operation => operation.HasBody), 400, 408, 413, 415, 422);

    [Fact]
    public void Operations_with_a_query_describe_the_refusal_of_a_wrong_one() =>
        ShouldAllDescribe(personas.Operations.Where(operation => operation.Parameters.Any(IsOfAQuery)), 422);

    [Fact]
    public void Operations_that_write_describe_the_refusal_of_a_store_that_cannot_take_it() =>
        ShouldAllDescribe(personas.Operations.Where(operation => operation.Method != "GET" && operation.Path != "/users/batch"), 503);

    [Fact]
    public void Every_property_and_every_parameter_is_described()
    {
        var properties = Properties().ToList();
        properties.Count.ShouldBeGreaterThan(200);
        var parameters = Parameters().ToList();
        parameters.Count.ShouldBeGreaterThan(80);

        var missing = properties.Concat(parameters).Where(part => !IsDescribed(part.Schema))
            .Select(part => $"{part.Owner} {part.Name} has no description: add a doc comment to the property, or DescribeParameter(...)");
        string.Join('\n', missing).ShouldBeEmpty();
    }

    [Fact]
    public void Closed_sets_are_enums()
    {
        // The name of an event is a set of one.
        var sets = Properties().Where(part => part.Name != "event" && part.Schema.TryGetProperty("enum", out _))
            .Select(part => $"{part.Owner}.{part.Name}: {string.Join(' ', Bounds.Of(part.Schema).Values.Order(StringComparer.Ordinal))}");

        sets.Order(StringComparer.Ordinal).ShouldBe(
        [
            "ChangePrivacyRequest.who_may_add_to_groups: everyone friends",
            "ChangePrivacyRequest.who_may_message: everyone friends",
            "ChangeRoleRequest.role: admin member owner",
            "CreateRoomRequest.room_type: direct group",
            "FriendshipView.status: accepted cancelled ended pending rejected",
            "HealthAnswer.status: degraded healthy stopping unhealthy",
            "MemberEvent.change: joined left role",
            "MemberEvent.role: admin member owner",
            "MemberView.role: admin member owner",
            "MessageView.message_type: file image system text",
            "NotificationView.kind: friend_accepted friend_request group_invite mention message system",
            "PrivacyView.who_may_add_to_groups: everyone friends",
            "PrivacyView.who_may_message: everyone friends",
            "ReactionChanged.change: added removed",
            "RequestAction.action: accept reject",
            "RoomInfo.room_type: direct group",
            "RoomView.room_type: direct group",
            "SendMessageRequest.message_type: file image text",
            "SignInResponse.token_type: bearer",
            "TokenResponse.token_type: bearer",
        ]);
    }

    [Fact]
    public void Optional_fields_of_a_closed_set_may_be_null_and_required_ones_may_not()
    {
        var properties = Properties().ToDictionary(part => $"{part.Owner}.{part.Name}", part => part.Schema);

        properties["SendMessageRequest.message_type"].GetRawText().ShouldContain("null");
        properties["ChangeRoleRequest.role"].GetRawText().ShouldNotContain("null");
    }

    [Fact]
    public void Required_fields_of_requests_are_not_null()
    {
        var requests = Schemas().FindAll(schema => schema.Value.TryGetProperty("examples", out _));
        requests.Count.ShouldBeGreaterThan(15);

        var nullable = from schema in requests
                       where schema.Value.TryGetProperty("required", out _)
                       from name in schema.Value.GetProperty("required").EnumerateArray().Select(name => name.GetString()!)
                       let property = schema.Value.GetProperty("properties").GetProperty(name)
                       where property.GetRawText().Contains("null", StringComparison.Ordinal)
                       select $"{schema.Name}.{name}: {property}";
        string.Join('\n', nullable).ShouldBeEmpty();
    }

    [Fact]
    public void Every_code_of_the_product_is_described()
    {
        var described = personas.Description.GetProperty("components").GetProperty("examples").EnumerateObject()
            .Select(example => example.Name).ToHashSet();
        var thrown = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => ThrownCode().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).ToHashSet();

        thrown.Count.ShouldBeGreaterThan(50);
        // One for a path without an operation; one for the command of an operator.
        thrown.Except(described).ShouldBe(["not_found", "bus_unavailable"], ignoreOrder: true);
    }

    [Fact]
    public void Every_answer_and_every_request_has_an_example()
    {
        var answers = from path in personas.Description.GetProperty("paths").EnumerateObject()
                      from operation in path.Value.EnumerateObject()
                      from answer in operation.Value.GetProperty("responses").EnumerateObject()
                      where DescribedApi.Resolve(personas.Description, answer.Value).TryGetProperty("content", out _)
                      from media in DescribedApi.Resolve(personas.Description, answer.Value).GetProperty("content").EnumerateObject()
                      select ($"{operation.Name} {path.Name} {answer.Name}", HasExample: media.Value.TryGetProperty("examples", out _));
        var bodies = from path in personas.Description.GetProperty("paths").EnumerateObject()
                     from operation in path.Value.EnumerateObject()
                     where operation.Value.TryGetProperty("requestBody", out _)
                     from media in operation.Value.GetProperty("requestBody").GetProperty("content").EnumerateObject()
                     let schema = DescribedApi.Resolve(personas.Description, media.Value.GetProperty("schema"))
                     select ($"{operation.Name} {path.Name} body", HasExample: schema.TryGetProperty("examples", out _));

        var all = answers.Concat(bodies).ToList();
        all.Count.ShouldBeGreaterThan(500);
        all.Where(one => !one.HasExample).ShouldBeEmpty();
    }

    [Fact]
    public void Examples_say_what_a_server_would_say()
    {
        var texts = personas.Description.GetProperty("components").GetProperty("examples").EnumerateObject()
            .SelectMany(example => TextsOf(example.Name, example.Value.GetProperty("value"))).ToList();

        texts.Count.ShouldBeGreaterThan(500);
        string.Join('\n', texts.Where(text => text.Value == text.Property)
            .Select(text => $"{text.Path} has no value: add one to the ExampleValues of its context")).ShouldBeEmpty();
    }

    [Fact]
    public void Streams_are_unions_of_their_events()
    {
        var streams = personas.Operations.Where(operation => operation.IsStream).ToList();
        streams.Count.ShouldBe(5);
        foreach (var stream in streams)
        {
            var content = personas.Description.GetProperty("paths").GetProperty(stream.Path).GetProperty("get").GetProperty("responses")
                .GetProperty("200").GetProperty("content").GetProperty("text/event-stream");
            var union = DescribedApi.Resolve(personas.Description, content.GetProperty("schema"));
            var names = union.GetProperty("oneOf").EnumerateArray().Select(one => DescribedApi.Resolve(personas.Description, one)
                .GetProperty("properties").GetProperty("event").GetProperty("enum")[0].GetString());
            names.ShouldBe(union.GetProperty("discriminator").GetProperty("mapping").EnumerateObject().Select(one => one.Name));
            names.TakeLast(4).ShouldBe(["ready", "reset", "heartbeat", "unavailable"]);
            names.Count().ShouldBeGreaterThan(4);
        }
    }

    [Fact]
    public void Ids_of_rooms_and_messages_have_their_names()
    {
        var named = personas.Operations.Where(operation => operation.Path.StartsWith("/chat-rooms/{", StringComparison.Ordinal)
            || operation.Path.StartsWith("/messages/", StringComparison.Ordinal)).ToList();

        named.Count.ShouldBeGreaterThan(20);
        // One path of two kinds of ids, which OpenAPI tells apart by its shape alone.
        named.Where(operation => operation.Path.Contains("{id}", StringComparison.Ordinal)).Select(operation => operation.Path).Distinct()
            .ShouldBe(["/messages/{id}"]);
    }

    [Fact]
    public void Limits_of_requests_are_described()
    {
        var properties = Properties().ToDictionary(part => $"{part.Owner}.{part.Name}", part => Bounds.Of(part.Schema));

        properties["SendMessageRequest.content"].ShouldSatisfyAllConditions(
            content => content.MinLength.ShouldBe(1), content => content.MaxLength.ShouldBe(4000));
        properties["RegisterRequest.username"].ShouldSatisfyAllConditions(
            name => name.MinLength.ShouldBe(3), name => name.MaxLength.ShouldBe(50), name => name.Pattern.ShouldNotBeNull());
        properties["MarkReadRequest.message_ids"].ShouldSatisfyAllConditions(
            ids => ids.MinItems.ShouldBe(1), ids => ids.MaxItems.ShouldBe(1000));
        properties["UserResponse.id"].Minimum.ShouldBe(1);
        var limits = personas.Operations.SelectMany(operation => operation.Parameters).Where(parameter => parameter.Name == "limit");
        limits.ShouldAllBe(limit => limit.Bounds.Minimum == 1 && limit.Bounds.Maximum == 100);
    }

    private static IEnumerable<(string Path, string Property, string? Value)> TextsOf(string path, JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject().SelectMany(property => TextsOf($"{path}.{property.Name}", property.Value)),
            JsonValueKind.Array => value.EnumerateArray().SelectMany(item => TextsOf(path, item)),
            JsonValueKind.String => [(path, path.Split('.')[^1], value.GetString())],
            _ => [],
        };

    [GeneratedRegex("AppError\\.(?:BadRequest|Unauthorized|Forbidden|NotFound|Conflict|TooMany|Unavailable)\\(\\s*\"([a-z_]+)\"")]
    private static partial Regex ThrownCode();

    private List<JsonProperty> Schemas() =>
        [.. personas.Description.GetProperty("components").GetProperty("schemas").EnumerateObject()];

    private IEnumerable<(string Owner, string Name, JsonElement Schema)> Properties() =>
        from schema in Schemas()
        where schema.Value.TryGetProperty("properties", out _)
        from property in schema.Value.GetProperty("properties").EnumerateObject()
        select (schema.Name, property.Name, property.Value);

    private IEnumerable<(string Owner, string Name, JsonElement Schema)> Parameters() =>
        from path in personas.Description.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        where operation.Value.TryGetProperty("parameters", out _)
        from parameter in operation.Value.GetProperty("parameters").EnumerateArray()
        select ($"{operation.Name} {path.Name}", parameter.GetProperty("name").GetString()!, parameter);

    private static bool IsDescribed(JsonElement part) =>
        part.TryGetProperty("description", out var text) && !string.IsNullOrWhiteSpace(text.GetString());

    // An invalid ticket is 401, and an invalid event id is a reset.
    private static bool IsOfAQuery(Parameter parameter) => parameter is { In: "query", Name: not ("ticket" or "last_event_id") };

    private static void ShouldAllDescribe(IEnumerable<Operation> operations, params int[] statuses)
    {
        var asked = operations.ToList();
        asked.ShouldNotBeEmpty();
        var missing = from operation in asked
                      from status in statuses.Except(operation.Statuses)
                      select $"{operation} describes no {status}: add it to the route's Describe(...)";
        string.Join('\n', missing).ShouldBeEmpty();
    }
}
