using System.Globalization;
using System.Text.RegularExpressions;
using BigTech.Contracts;
using BigTech.Contracts.Json;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace BigTech.Tests.Architecture;

/// <summary>The rules of the design. Each returns the violations of its subjects, so that the tests can pass planted ones.</summary>
internal static partial class Rules
{
    private static readonly string[] ForeignToADomain =
        ["BigTech.BuildingBlocks", "Microsoft.AspNetCore", "Microsoft.Extensions", "Microsoft.Data", "System.Data", "System.Text.Json",
            "System.Net.Http", "Dapper", "MongoDB"];

    // Functions of a text and nothing else: a domain decides by them what a name is.
    private static readonly string[] RulesOfTexts =
        ["BigTech.BuildingBlocks.Core.DisplayText", "BigTech.BuildingBlocks.Core.TextValidation"];

    private const string Module = "Module";

    /// <summary>The layers of a context from the inside out; those of one level do not use each other.</summary>
    private static readonly string[][] Layers =
    [
        [""], ["Domain"], ["Messages", "Views"], ["Storage"], ["Mailing", "Passwords", "Presence", "Streaming"], ["Features", "Consumers"],
        ["Jobs", "Remote"], [Module],
    ];

    private static readonly string[] OuterParts = ["Storage", "Features", "Consumers", "Streaming"];

    public static bool IsDomain(TypeDefinition type) => Segments(NamespaceOf(type)).Contains("Domain");

    public static bool IsStorage(TypeDefinition type) => Segments(NamespaceOf(type)).Contains("Storage");

    public static bool IsMailing(TypeDefinition type) => Segments(NamespaceOf(type)).Contains("Mailing");

    /// <summary>
    /// A context may use only the contracts, the read models, the building blocks, the framework and <paramref name="packages"/>.
    /// </summary>
    public static List<string> ForeignAssemblies(
        AssemblyDefinition assembly, IEnumerable<TypeDefinition> types, params IReadOnlyCollection<string> packages) =>
        Violations(types, reference => AssemblyOf(reference) is var name && name != assembly.Name.Name
            && name is not ("Contracts" or "ReadModels") && !Product.BuildingBlockNames.Contains(name) && !Product.Framework.Contains(name)
                && !packages.Contains(name));

    /// <summary>The module is the only public type of a context.</summary>
    public static List<string> PublicTypes(IEnumerable<TypeDefinition> types) =>
        [.. types
            .Where(type => type.IsPublic && !(type.Name.EndsWith("Module", StringComparison.Ordinal) && type.IsAbstract && type.IsSealed))
            .Select(type => type.FullName)];

    /// <summary>A domain depends neither on HTTP, SQL or JSON, nor on the parts of its own context that do.</summary>
    public static List<string> ImpureDomain(IEnumerable<TypeDefinition> types) => Violations(types.Where(IsDomain), reference =>
        (ForeignToADomain.Any(root => IsWithin(NamespaceOf(reference), root)) && !RulesOfTexts.Contains(reference.FullName))
        || (!Product.Framework.Contains(AssemblyOf(reference)) && Segments(NamespaceOf(reference)).Intersect(OuterParts).Any()));

    /// <summary>No type of the product may be mentioned.</summary>
    public static List<string> OwnAssemblies(AssemblyDefinition assembly) =>
        [.. assembly.MainModule.AssemblyReferences.Where(reference => Product.Names.Contains(reference.Name))
            .Select(reference => $"{assembly.Name.Name} -> {reference.Name}")];

    /// <summary>Neither a context nor a contract of one context may be mentioned.</summary>
    public static List<string> KnownContexts(IEnumerable<TypeDefinition> types) => Violations(types, reference =>
        Product.Contexts.Any(context => context.Name.Name == AssemblyOf(reference))
        || (AssemblyOf(reference) == "Contracts" && NamespaceOf(reference) is not ("BigTech.Contracts" or "BigTech.Contracts.Json")));

    /// <summary>The technology of an outer layer may not be mentioned: its root namespaces.</summary>
    public static List<string> Mentions(IEnumerable<TypeDefinition> types, params IReadOnlyCollection<string> roots) =>
        Violations(types, reference => roots.Any(root => IsWithin(NamespaceOf(reference), root)));

    /// <summary>No two namespaces of the product depend on each other, directly or through others.</summary>
    public static List<string> NamespaceCycles(IEnumerable<TypeDefinition> types)
    {
        var uses = types.GroupBy(NamespaceOf).ToDictionary(
            group => group.Key,
            group => group.SelectMany(References.Of).Select(NamespaceOf).Where(used => used != group.Key).ToHashSet());
        return [.. uses.Keys.Select(start => CycleFrom(start, uses)).OfType<List<string>>().Select(cycle => string.Join(" -> ", cycle))];
    }

    /// <summary>The shortest way from a namespace back to itself, written only at its first name by the alphabet.</summary>
    private static List<string>? CycleFrom(string start, Dictionary<string, HashSet<string>> uses)
    {
        var queue = new Queue<List<string>>([[start]]);
        var seen = new HashSet<string>();
        while (queue.TryDequeue(out var path))
        {
            foreach (var next in uses[path[^1]].Where(uses.ContainsKey).Order())
            {
                if (next == start) return path.TrueForAll(name => string.CompareOrdinal(name, start) >= 0) ? [.. path, start] : null;
                if (seen.Add(next)) queue.Enqueue([.. path, next]);
            }
        }
        return null;
    }

    /// <summary>
    /// A type of a context uses its own layer and those further in. Types beside the module, such as options, are innermost; the module is
    /// outermost.
    /// </summary>
    public static List<string> LayerViolations(IEnumerable<TypeDefinition> types) =>
        [.. types.Where(type => LevelOf(type) is null).Select(type => $"{type.FullName} is in no layer"),
            .. types.Where(type => LevelOf(type) is not null).SelectMany(type => References.Of(type)
                .Where(
                    reference => ContextOf(reference) == ContextOf(type) && LayerOf(reference) != LayerOf(type)
                        && LevelOf(reference) >= LevelOf(type))
                .Select(reference => $"{type.FullName} -> {reference.FullName}"))];

    private static int? LevelOf(TypeReference type) =>
        Array.FindIndex(Layers, level => level.Contains(LayerOf(type))) is >= 0 and var level ? level : null;

    private static string LayerOf(TypeReference type) =>
        Segments(NamespaceOf(type)) is [_, _, var layer, ..] ? layer : IsModule(type) ? Module : "";

    private static string ContextOf(TypeReference type) => string.Join('.', Segments(NamespaceOf(type)).Take(2));

    private static bool IsModule(TypeReference type)
    {
        while (type.DeclaringType is { } outer) type = outer;
        return type.Name.EndsWith(Module, StringComparison.Ordinal);
    }

    /// <summary>SQL is in the storage of a context, and in presence, which has all of its own parts.</summary>
    public static List<string> SqlOutsideStorage(IEnumerable<TypeDefinition> types) =>
        [.. from type in types.Where(type => !IsStorage(type) && !Segments(NamespaceOf(type)).Contains("Presence")).SelectMany(WithNested)
            from method in type.Methods.Where(method => method.HasBody)
            from instruction in method.Body.Instructions
            where instruction.Operand is string text && Sql().IsMatch(text)
            select $"{type.FullName}.{method.Name}"];

    /// <summary>Every HTTP client takes its handler from the one class that handles proxies, redirects and the service secret.</summary>
    public static List<string> HttpOfTheirOwn(IEnumerable<TypeDefinition> types) =>
        [.. from type in types.Where(type => type.Name != "ServiceConnections").SelectMany(WithNested)
            from method in type.Methods.Where(method => method.HasBody)
            from instruction in method.Body.Instructions.Where(instruction => instruction.OpCode == OpCodes.Newobj)
            let made = (MethodReference)instruction.Operand
            where made.DeclaringType.Name is "SocketsHttpHandler" or "HttpClientHandler"
                || (made.DeclaringType.Name == "HttpClient" && made.Parameters.Count == 0)
            select $"{type.FullName} -> {made.DeclaringType.Name}"];

    /// <summary>Migrations are named <c>NNNN_what.sql</c> and numbered 1, 2, 3 …, per engine.</summary>
    public static List<string> MigrationGaps(IEnumerable<string> resources)
    {
        var names = resources.Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).ToList();
        var violations = names.Where(name => !MigrationName().IsMatch(name)).Select(name => $"{name} is not named NNNN_what.sql").ToList();
        foreach (
            var engine in names.Select(
                name => MigrationName().Match(name)).Where(match => match.Success).GroupBy(match => match.Groups[1].Value))
        {
            var numbers = engine.Select(match => int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)).Order().ToList();
            if (!numbers.SequenceEqual(Enumerable.Range(1, numbers.Count)))
            {
                violations.Add($"numbers{engine.Key} are {string.Join(", ", numbers)}");
            }
        }
        return violations;
    }

    /// <summary>An integration event has a versioned wire name of its own, a topic, a JSON form and a golden file.</summary>
    public static List<string> UnfitEvents(IEnumerable<Type> types, string goldenFiles)
    {
        var violations = new List<string>();
        var names = new HashSet<string>();
        foreach (var type in types)
        {
            var (wireName, topic) = (
                StaticText(type, nameof(IIntegrationEvent.WireName)), StaticText(type, nameof(IIntegrationEvent.Topic)));
            if (!WireName().IsMatch(wireName)) violations.Add($"{type.Name}: {wireName} is not bigtech.<context>.<Name>.v<N>");
            if (!names.Add(wireName)) violations.Add($"{type.Name}: {wireName} is taken");
            if (Topics.All.All(known => known.Name != topic)) violations.Add($"{type.Name}: {topic} is not a topic");
            if (!HasJson(type)) violations.Add($"{type.Name}: is not in EventJson");
            if (!File.Exists(Path.Combine(goldenFiles, $"{wireName}.json"))) violations.Add($"{type.Name}: has no golden file");
        }
        return violations;
    }

    private static IEnumerable<TypeDefinition> WithNested(TypeDefinition type) => type.NestedTypes.SelectMany(WithNested).Prepend(type);

    private static bool HasJson(Type type)
    {
        try
        {
            return EventJson.Wire.GetTypeInfo(type) is not null;
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }

    private static string StaticText(Type type, string property) => (string)type.GetProperty(property)!.GetValue(null)!;

    private static List<string> Violations(IEnumerable<TypeDefinition> types, Func<TypeReference, bool> isForbidden) =>
        [.. types.SelectMany(
            type => References.Of(type).Where(isForbidden).Select(reference => $"{type.FullName} -> {reference.FullName}"))];

    private static string AssemblyOf(TypeReference type) => type.Scope switch
    {
        AssemblyNameReference reference => reference.Name,
        ModuleDefinition module => module.Assembly.Name.Name,
        var scope => scope.Name,
    };

    private static string NamespaceOf(TypeReference type)
    {
        while (type.DeclaringType is { } outer) type = outer;
        return type.Namespace;
    }

    private static string[] Segments(string text) => text.Split('.');

    private static bool IsWithin(string name, string root) => name == root || name.StartsWith(root + ".", StringComparison.Ordinal);

    [GeneratedRegex(@"\.Migrations((?:\.[A-Z][A-Za-z]+)?)\.(\d{4})_[a-z0-9_]+\.sql$")]
    private static partial Regex MigrationName();

    [GeneratedRegex(@"\b(SELECT\s|INSERT INTO\s|UPDATE \w+ SET\s|DELETE FROM\s)")]
    private static partial Regex Sql();

    [GeneratedRegex(@"^bigtech\.[a-z]+\.[A-Z][A-Za-z]*\.v[1-9][0-9]*$")]
    private static partial Regex WireName();
}
