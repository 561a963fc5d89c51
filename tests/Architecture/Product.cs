using Mono.Cecil;

namespace BigTech.Tests.Architecture;

/// <summary>The product's assemblies beside the tests, found by their properties, so that a new context is checked at once.</summary>
internal static class Product
{
    private const string ProductName = "BigTech Chat";

    /// <summary>Every assembly of the product except the tests.</summary>
    public static IReadOnlyList<AssemblyDefinition> Assemblies { get; } = Load();

    public static AssemblyDefinition Contracts => Assemblies.Single(assembly => assembly.Name.Name == "Contracts");

    /// <summary>The SDK: it runs in the programs of others.</summary>
    public static AssemblyDefinition Client => Assemblies.Single(assembly => assembly.Name.Name == "BigTech.Chat.Client");

    /// <summary>The building blocks: what every context may use.</summary>
    public static IReadOnlyList<AssemblyDefinition> BuildingBlocks { get; } = [.. Load().Where(IsBuildingBlock)];

    public static IReadOnlySet<string> BuildingBlockNames { get; } = BuildingBlocks.Select(assembly => assembly.Name.Name).ToHashSet();

    /// <summary>The bounded contexts: they reference the contracts, and have a module or a domain.</summary>
    public static IReadOnlyList<AssemblyDefinition> Contexts { get; } = [.. Load().Where(IsContext)];

    /// <summary>The test assembly itself, which holds the planted violations.</summary>
    public static AssemblyDefinition Tests { get; } = AssemblyDefinition.ReadAssembly(typeof(Product).Assembly.Location);

    public static IReadOnlySet<string> Names { get; } = Assemblies.Select(assembly => assembly.Name.Name).ToHashSet();

    /// <summary>Assemblies that come with the runtime.</summary>
    public static IReadOnlySet<string> Framework { get; } = new[] { typeof(object), typeof(Microsoft.AspNetCore.Builder.WebApplication) }
        .SelectMany(type => Directory.GetFiles(Path.GetDirectoryName(type.Assembly.Location)!, "*.dll"))
        .Select(file => Path.GetFileNameWithoutExtension(file))
        .ToHashSet();

    private static bool IsContext(AssemblyDefinition assembly) =>
        assembly.MainModule.AssemblyReferences.Any(reference => reference.Name == "Contracts")
        && assembly.Name.Name != "Server"
        && assembly.MainModule.Types.Any(type => IsModule(type) || Rules.IsDomain(type));

    private static bool IsBuildingBlock(AssemblyDefinition assembly) =>
        assembly.MainModule.Types.Any(type => type.Namespace.StartsWith("BigTech.BuildingBlocks.", StringComparison.Ordinal));

    private static bool IsModule(TypeDefinition type) => type.IsPublic && type.Name.EndsWith("Module", StringComparison.Ordinal);

    private static List<AssemblyDefinition> Load()
    {
        var found = new List<AssemblyDefinition>();
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory, "*.dll"))
        {
            if (Path.GetFileName(file) == Path.GetFileName(typeof(Product).Assembly.Location)) continue;
            if (TryRead(file) is { } assembly && IsOurs(assembly)) found.Add(assembly);
        }
        return found;
    }

    private static bool IsOurs(AssemblyDefinition assembly) => assembly.CustomAttributes.Any(attribute =>
        attribute.AttributeType.Name == "AssemblyProductAttribute" && attribute.ConstructorArguments[0].Value is ProductName);

    private static AssemblyDefinition? TryRead(string file)
    {
        try
        {
            return AssemblyDefinition.ReadAssembly(file);
        }
        catch (BadImageFormatException)
        {
            // A native library.
            return null;
        }
    }
}
