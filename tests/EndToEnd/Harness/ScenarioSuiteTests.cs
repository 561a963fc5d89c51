using System.Reflection;

namespace BigTech.Tests.EndToEnd;

/// <summary>Suites select by attribute, so every class that uses the shared server or a cluster must have one.</summary>
public sealed class ScenarioSuiteTests
{
    [Fact]
    public void Classes_that_use_the_shared_server_belong_to_the_scenarios()
    {
        var users = TestsThatUse(typeof(SharedServer));

        users.Count.ShouldBeGreaterThan(25);
        users.Where(type => type.GetCustomAttribute<ScenariosAttribute>() is null).ShouldBeEmpty();
    }

    [Fact]
    public void Classes_that_use_a_cluster_belong_to_the_faults()
    {
        var users = TestsThatUse(typeof(Cluster.Cluster));

        users.ShouldNotBeEmpty();
        users.Where(type => type.GetCustomAttribute<FaultsAttribute>() is null).ShouldBeEmpty();
    }

    private static List<Type> TestsThatUse(Type fixture) =>
        [.. typeof(ScenarioSuiteTests).Assembly.GetTypes().Where(IsOfTests).Where(type => Uses(type, fixture))];

    private static bool IsOfTests(Type type) => type.GetMethods().Any(method => method.GetCustomAttribute<FactAttribute>() is not null);

    /// <summary>Directly, or through a fixture of its own.</summary>
    private static bool Uses(Type type, Type fixture) => type.GetConstructors()
        .SelectMany(constructor => constructor.GetParameters())
        .Select(parameter => parameter.ParameterType)
        .Any(needed => needed == fixture || (needed.Assembly == type.Assembly && Uses(needed, fixture)));
}
