using System.Text.RegularExpressions;

namespace BigTech.Tests.Architecture;

/// <summary>
/// Methods have no suffix <c>Async</c>, except those that the framework names and those beside a method of the same name that waits.
/// </summary>
public sealed partial class AsyncNameTests
{
    private static readonly string[] NamedByTheFramework =
    [
        "BindAsync", "CheckHealthAsync", "CompleteAsync", "DisposeAsync", "ExecuteAsync", "InitializeAsync", "InvokeAsync",
        "ResolveDestinationsAsync", "SendFileAsync", "StartAsync", "StopAsync",
    ];

    [Fact]
    public void No_method_has_the_suffix_without_a_reason()
    {
        var files = SourceFiles.All.Where(file => !file.EndsWith("/AsyncNameTests.cs", StringComparison.Ordinal)).ToList();

        files.Count.ShouldBeGreaterThan(600);
        files.SelectMany(file => Violations(SourceFiles.TextOf(file)).Select(name => $"{file}: {name}")).ShouldBeEmpty();
    }

    [Fact]
    public void The_rule_finds_a_planted_suffix()
    {
        Violations("    public async Task<int> CountAsync(long id)").ShouldBe(["CountAsync"]);
        Violations("    private static ValueTask SendAsync<T>(T one) => default;").ShouldBe(["SendAsync"]);
        Violations("    public override Task SendAsync(int one) => Task.CompletedTask;").ShouldBeEmpty();
        Violations(
            "    private static void Send(int one) { }\n    private static Task SendAsync(int one) => Task.CompletedTask;").ShouldBeEmpty();
        Violations("    public ValueTask DisposeAsync() => default;").ShouldBeEmpty();
        Violations("        await client.SendAsync(one);").ShouldBeEmpty();
    }

    private static IEnumerable<string> Violations(string text) =>
        from found in Declared().Matches(text)
        let name = found.Groups["name"].Value
        where !found.Value.Contains(" override ", StringComparison.Ordinal) && !NamedByTheFramework.Contains(name)
        where !Regex.IsMatch(
            text, $@"^ +(public|private|internal|protected)[^=;(\n]* {name[..^"Async".Length]}(<\w+>)?\(", RegexOptions.Multiline)
        select name;

    [GeneratedRegex(@"^ +(public|private|internal|protected)[^=;(\n]* (?<name>\w+Async)(<\w+>)?\(", RegexOptions.Multiline)]
    private static partial Regex Declared();
}
