using Xunit.v3;

namespace BigTech.Tests.EndToEnd;

/// <summary>Scenarios of the <see cref="SharedServer"/>: the tests run them against one process and against separate services.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ScenariosAttribute : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Suite", "Scenarios")];
}

/// <summary>Scenarios of a <see cref="Cluster.Cluster"/> and its faults: a suite of its own, <c>./test.sh faults</c>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class FaultsAttribute : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Suite", "Faults")];
}

/// <summary>A scenario that applies to one process only, and the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OneProcessAttribute(string because) : Attribute, ITraitAttribute
{
    public string Because => because;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Topology", "OneProcess")];
}
