using System.Reflection;
using Xunit.v3;

namespace BigTech.Tests.Integration;

/// <summary>
/// Tests that need MariaDB, Redis, or a server of Kafka's or MongoDB's protocol: <c>./test.sh engines</c> runs these, and <c>./test.sh
/// fast</c> all others.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class EnginesAttribute : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Suite", "Engines")];
}

/// <summary>
/// A test without the attribute fails in the fast suite when it starts an engine. The check of names finds such tests earlier, without
/// running them.
/// </summary>
public sealed class SuiteTests
{
    private static readonly string[] Engines = ["MariaDb", "Redis", "Mongo", "Kafka"];

    [Fact]
    public void Tests_that_are_named_after_an_engine_are_in_its_suite()
    {
        var named = typeof(SuiteTests).Assembly.GetTypes()
            .Where(type => !type.IsAbstract && NamesAnEngine(type.Name) && HasTests(type)).ToList();

        named.Count.ShouldBeGreaterThan(20);
        named.Where(
            type => type != typeof(Events.KafkaOptionsTests) && !type.IsDefined(typeof(EnginesAttribute), inherit: true)).ShouldBeEmpty();
    }

    private static bool NamesAnEngine(string name) => Engines.Any(engine => name.Contains(engine, StringComparison.Ordinal));

    private static bool HasTests(Type type) => type.GetMethods().Any(method => method.GetCustomAttribute<FactAttribute>() is not null);
}
