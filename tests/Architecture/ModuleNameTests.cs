using System.Text.RegularExpressions;

namespace BigTech.Tests.Architecture;

/// <summary>
/// A module composes its context: only the server and other modules name it. Read from the source, because a constant of a module leaves no
/// trace in the compiled code.
/// </summary>
public sealed partial class ModuleNameTests
{
    [Fact]
    public void No_part_of_a_context_names_its_module()
    {
        var parts = SourceFiles.All.Where(file => file.StartsWith("src/", StringComparison.Ordinal) && !MayNameModules(file)).ToList();

        parts.Count.ShouldBeGreaterThan(300);
        SourceFiles.All.ShouldContain(file => file.EndsWith("/UsersModule.cs", StringComparison.Ordinal));
        parts.SelectMany(file => Violations(SourceFiles.TextOf(file)).Select(name => $"{file}: {name}")).ShouldBeEmpty();
    }

    [Fact]
    public void The_rule_finds_a_planted_constant() =>
        Violations("class Rows([FromKeyedServices(UsersModule.StoreName)] Store store);").ShouldBe(["UsersModule.StoreName"]);

    private static bool MayNameModules(string file) =>
        file.StartsWith("src/Server/", StringComparison.Ordinal) || file.EndsWith("Module.cs", StringComparison.Ordinal);

    private static IEnumerable<string> Violations(string text) => ModuleMember().Matches(text).Select(match => match.Value);

    [GeneratedRegex(@"\b[A-Z]\w*Module\.[A-Z]\w*")]
    private static partial Regex ModuleMember();
}
