using System.Reflection;

namespace BigTech.Tests.EndToEnd;

/// <summary>The second run takes what is marked, so whatever uses the shared server must be.</summary>
public sealed class ScenarioSuiteTests
{
    [Fact]
    public void Whoever_uses_the_shared_server_belongs_to_the_scenarios()
    {
        var users = typeof(ScenarioSuiteTests).Assembly.GetTypes().Where(IsOfTests).Where(UsesTheSharedServer).ToList();

        users.Count.ShouldBeGreaterThan(25);
        users.Where(type => type.GetCustomAttribute<ScenariosAttribute>() is null).ShouldBeEmpty();
    }

    private static bool IsOfTests(Type type) => type.GetMethods().Any(method => method.GetCustomAttribute<FactAttribute>() is not null);

    /// <summary>By itself or through a fixture of its own.</summary>
    private static bool UsesTheSharedServer(Type type) => type.GetConstructors()
        .SelectMany(constructor => constructor.GetParameters())
        .Select(parameter => parameter.ParameterType)
        .Any(needed => needed == typeof(SharedServer) || (needed.Assembly == type.Assembly && UsesTheSharedServer(needed)));
}
