using System.Text.RegularExpressions;

namespace BigTech.Tests.Architecture;

/// <summary>
/// An endpoint is a method <c>Handle</c> of its use case, so that a route leads to a file of the same name. Read from the source, because
/// the compiled route tables contain only delegates.
/// </summary>
public sealed partial class HandlerNameTests
{
    [Fact]
    public void Every_endpoint_names_a_method_that_begins_with_Handle()
    {
        var texts = SourceFiles.All
            .Where(file => file.StartsWith("src/", StringComparison.Ordinal))
            .ToDictionary(file => file, SourceFiles.TextOf);

        texts.Values.Sum(text => Mapping().Count(text)).ShouldBeGreaterThan(70);
        texts.SelectMany(file => Violations(file.Value).Select(mapping => $"{file.Key}: {mapping}")).ShouldBeEmpty();
    }

    [Fact]
    public void The_rule_finds_planted_handlers_of_other_names() =>
        Violations("""
            rooms.MapGet("", ListRooms.Handle).Describe("ListRooms", "My rooms", 422);
            rooms.MapGet("/live", HandleLive);
            rooms.MapPost(Links.Path, Links.Create)
                .Describe("CreateLink", "Create a link", 400);
            rooms.MapPut("/{id:long}", (long id) => Handle(id));
            """).ShouldBe(["MapPost(Links.Path, Links.Create)", "MapPut(\"/{id:long}\", (long id) => Handle(id))"]);

    private static IEnumerable<string> Violations(string text) =>
        Mapping().Matches(text).Select(match => match.Value).Where(mapping => !NamedHandler().IsMatch(mapping))
            .Select(mapping => mapping.Split('\n')[0]);

    [GeneratedRegex(@"\bMap(Get|Post|Put|Patch|Delete)\([^;]*")]
    private static partial Regex Mapping();

    [GeneratedRegex("""^\w+\(\s*("[^"]*"|[\w.]+),\s*(\w+\.)?Handle\w*\)""")]
    private static partial Regex NamedHandler();
}
