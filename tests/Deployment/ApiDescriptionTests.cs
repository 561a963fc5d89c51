using System.Text.Json.Nodes;
using BigTech.Tests.EndToEnd;

namespace BigTech.Tests.Deployment;

/// <summary>What linters say of the description of the API: generators of clients stumble over what they find.</summary>
public sealed class ApiDescriptionTests
{
    [Fact]
    public async Task Linters_find_nothing_in_the_description()
    {
        await using var server = await ServerProcess.Start();
        var description = (await server.Anonymous.Get("/openapi.json")).ShouldBe(200).Text;

        var (redocly, spectral) = await Lint(description);
        JsonNode.Parse(redocly.ShouldSucceed())!["totals"]!.ToJsonString().ShouldBe("{\"errors\":0,\"warnings\":0,\"ignored\":0}");
        spectral.ShouldSucceed();

        var planted = JsonNode.Parse(description)!;
        planted["paths"]!["/friends"]!["get"]!["security"] = new JsonArray(new JsonObject { ["unknown"] = new JsonArray() });
        (redocly, spectral) = await Lint(planted.ToJsonString());
        redocly.ShouldFail().ShouldContain("security-defined");
        spectral.ShouldFail().ShouldContain("oas3-operation-security-defined");

        planted = JsonNode.Parse(description)!;
        planted["components"]!["examples"]!["RoomView"]!["value"]!["members"]![0]!["user_id"] = "minji_kim";
        (redocly, spectral) = await Lint(planted.ToJsonString());
        redocly.ShouldSucceed().ShouldContain("no-invalid-media-type-examples");
        spectral.ShouldFail().ShouldContain("oas3-valid-media-example");
    }

    [Fact]
    public async Task The_description_of_events_is_valid_on_every_port()
    {
        await using var server = await ServerProcess.Start();
        using var folder = new TemporaryFolder();
        var texts = new HashSet<string>();
        foreach (var role in ServerProcess.Roles)
        {
            texts.Add((await server.Anonymous.On(role).Get("/asyncapi.json")).ShouldBe(200).Text);
            texts.Add((await server.Anonymous.On(role).Get("/api/asyncapi.json")).ShouldBe(200).Text);
        }
        var text = texts.ShouldHaveSingleItem();
        File.WriteAllText(folder["valid.json"], text);
        File.WriteAllText(folder["planted.json"], text.Replace("\"action\": \"send\"", "\"action\": \"shout\""));

        (await NpmCheckers.AsyncApi(folder["valid.json"])).ShouldBeEmpty();
        (await NpmCheckers.AsyncApi(folder["planted.json"])).ShouldNotBeEmpty();
        (await server.Anonymous.Get("/openapi.json")).Json.GetProperty("info").GetProperty("description").GetString()!
            .ShouldContain("(../asyncapi.json)");
    }

    [Fact]
    public async Task Every_error_has_its_form_and_those_that_pass_say_when()
    {
        await using var server = await ServerProcess.Start();
        var description = (await server.Anonymous.Get("/openapi.json")).ShouldBe(200).Json;
        var answers =
            from path in description.GetProperty("paths").EnumerateObject()
            where !path.Name.StartsWith("/health", StringComparison.Ordinal)
            from operation in path.Value.EnumerateObject()
            from answer in operation.Value.GetProperty("responses").EnumerateObject()
            where answer.Name is ['4' or '5', ..]
            select (Name: $"{operation.Name} {path.Name} {answer.Name}", Value: DescribedApi.Resolve(description, answer.Value));

        answers.ShouldNotBeEmpty();
        foreach (var (name, answer) in answers)
        {
            answer.GetProperty("content").GetProperty("application/problem+json").TryGetProperty("examples", out _).ShouldBeTrue(name);
            string[] expected = name[^3..] switch
            {
                "429" => ["Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"],
                "503" => ["Retry-After"],
                _ => [],
            };
            var headers = answer.TryGetProperty("headers", out var found) ? found.EnumerateObject().Select(header => header.Name) : [];
            headers.ShouldBe(expected, name);
        }
    }

    private static async Task<(ToolResult Redocly, ToolResult Spectral)> Lint(string description)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["openapi.json"], description, TestContext.Current.CancellationToken);
        return (await NpmCheckers.Redocly(folder["openapi.json"]), await NpmCheckers.Spectral(folder["openapi.json"]));
    }
}
