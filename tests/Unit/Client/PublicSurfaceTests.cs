using System.Globalization;
using System.Reflection;
using System.Text;
using BigTech.Chat.Client;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Unit.Client;

/// <summary>Programs of others are compiled against the SDK: what it shows only grows, and each change of it is seen in a review.</summary>
public sealed class PublicSurfaceTests
{
    private static readonly string Golden = Path.Combine(Repository.Root, "src", "Client", "PublicSurface.txt");

    [Fact]
    public void The_public_surface_is_as_the_file_says()
    {
        var surface = Surface(typeof(ChatClient).Assembly.GetExportedTypes());

        if (surface != File.ReadAllText(Golden)) File.WriteAllText(Path.Combine(AppContext.BaseDirectory, "PublicSurface.txt"), surface);
        surface.ShouldBe(File.ReadAllText(Golden), $"If that is wanted, copy {AppContext.BaseDirectory}PublicSurface.txt over it.");
    }

    [Fact]
    public void A_planted_member_changes_it() =>
        Surface([typeof(Planted)]).ShouldBe(
            $"""
            {typeof(Planted).FullName} : System.Object
              Int32 Count get
              Task`1[String] Read(Int64 id, CancellationToken ct = default)
              const String Word = word
              ctor()

            """);

    private static string Surface(IEnumerable<Type> types)
    {
        var text = new StringBuilder();
        foreach (var type in types.OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{type.FullName} : {(type.IsEnum ? "enum" : type.BaseType)}\n");
            foreach (var member in Members(type).Distinct().Order(StringComparer.Ordinal)) text.Append("  ").Append(member).Append('\n');
        }
        return text.ToString();
    }

    private static IEnumerable<string> Members(Type type)
    {
        const BindingFlags own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (var member in type.GetMembers(own))
        {
            // What the compiler makes of records and properties says nothing that the others do not.
            if (member is MethodInfo { IsSpecialName: true } || member.Name.Contains('<', StringComparison.Ordinal)) continue;
            if (member.Name is "Equals" or "GetHashCode" or "ToString" or "PrintMembers" or "Deconstruct" or "value__") continue;
            yield return member switch
            {
                ConstructorInfo constructor => $"ctor({Parameters(constructor)})",
                PropertyInfo property => $"{Name(property.PropertyType)} {property.Name}{Accessors(property)}",
                MethodInfo method => $"{Name(method.ReturnType)} {method.Name}({Parameters(method)})",
                EventInfo happening => $"event {Name(happening.EventHandlerType!)} {happening.Name}",
                FieldInfo { IsLiteral: true } constant =>
                    $"const {Name(constant.FieldType)} {constant.Name} = {constant.GetRawConstantValue()}",
                _ => $"{member.MemberType} {member.Name}",
            };
        }
    }

    private static string Accessors(PropertyInfo property)
    {
        var setter = property.SetMethod is { IsPublic: true } set
            ? set.ReturnParameter.GetRequiredCustomModifiers().Length > 0 ? " init" : " set"
            : "";
        return $"{(property.GetMethod is { IsPublic: true } ? " get" : "")}{setter}";
    }

    private static string Parameters(MethodBase method) => string.Join(
        ", ", method.GetParameters().Select(one => $"{Name(one.ParameterType)} {one.Name}{(one.IsOptional ? " = default" : "")}"));

    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name}[{string.Join(", ", type.GetGenericArguments().Select(Name))}]"
        : type.Name;

    public sealed class Planted
    {
        public const string Word = "word";

        public int Count { get; private set; }

        public Task<string> Read(long id, CancellationToken ct = default)
        {
            Count++;
            return Task.FromResult($"{id} {ct.IsCancellationRequested}");
        }
    }
}
