using System.Reflection;
using BigTech.Server;

namespace BigTech.Tests.Deployment;

/// <summary>What the program takes from its environment, read from the program itself.</summary>
internal static class KnownSettings
{
    private const string Prefix = "BIGTECH_";
    private const string Suffix = "Options";

    /// <summary>The environment variables of the command line's options.</summary>
    private static readonly string[] Options = ["DATA_DIR", "URLS", "TARGET", "LOG_LEVEL"];

    /// <summary>Former settings, which end the start and name their successor.</summary>
    private static readonly string[] Former = ["Chat__CachedRooms"];

    /// <summary>Every environment variable that the program reads, such as <c>BIGTECH_Chat__SendsPerMinute</c>.</summary>
    public static IReadOnlySet<string> Variables { get; } =
        Options.Concat(Sections()).Except(Former).Select(name => Prefix + name).ToHashSet(StringComparer.Ordinal);

    /// <summary>The names among these that are meant for the program and that it does not know.</summary>
    public static IEnumerable<string> UnknownAmong(IEnumerable<string> variables) =>
        variables.Where(name => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && !Variables.Contains(name));

    /// <summary>A section is bound to a class <c>SectionOptions</c>; that of the streams says <c>StreamOptions</c>.</summary>
    private static IEnumerable<string> Sections() =>
        from name in typeof(Roles).Assembly.GetReferencedAssemblies()
        let assembly = Assembly.Load(name)
        where assembly.Location.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal)
        from type in assembly.GetTypes()
        where type.Namespace?.StartsWith("BigTech.", StringComparison.Ordinal) == true && type.IsClass && !type.IsAbstract
            && type.Name.EndsWith(Suffix, StringComparison.Ordinal) && type.GetConstructor(Type.EmptyTypes) is not null
        let section = type.Name[..^Suffix.Length]
        from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where property.SetMethod is not null
        select $"{(section == "Stream" ? "Streams" : section)}__{property.Name}";
}
