using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using BigTech.Chat.Client;

namespace BigTech.Tests.Unit.Client;

/// <summary>Events leave out what they do not say, and another server may leave out more: no program meets a null for it.</summary>
public sealed class LeftOutTests
{
    private static readonly Type JsonOfTheClient = typeof(ChatClient).Assembly.GetType("BigTech.Chat.Client.ChatJson", throwOnError: true)!;
    private static readonly JsonSerializerContext Json = (JsonSerializerContext)JsonOfTheClient.GetProperty("Default")!.GetValue(null)!;

    /// <summary>What the server writes. The records that programs write have constructors that ask for all.</summary>
    public static TheoryData<Type> Models =>
    [
        .. typeof(ChatClient).Assembly.GetExportedTypes()
            .Where(type => !type.IsAbstract && type.GetConstructor([]) is not null)
            .Where(type => Json.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object }),
    ];

    [Theory]
    [MemberData(nameof(Models))]
    public void What_an_answer_leaves_out_is_empty(Type model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var empty = new Dictionary<string, object?>();
        foreach (var property in Json.GetTypeInfo(model)!.Properties.Where(property => property.IsRequired)) empty[property.Name] = 0;

        var read = JsonSerializer.Deserialize(JsonSerializer.Serialize(empty), Json.GetTypeInfo(model)!).ShouldNotBeNull();

        NullProperties(read).ShouldBeEmpty();
    }

    [Fact]
    public void A_null_where_none_is_allowed_is_empty_too() =>
        JsonSerializer.Deserialize("""{"id":1,"members":null}""", Json.GetTypeInfo(typeof(Room))!)
            .ShouldBeOfType<Room>().Members.ShouldBeEmpty();

    private static IEnumerable<string> NullProperties(object read) =>
        from property in read.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where property.GetIndexParameters().Length == 0 && !property.PropertyType.IsValueType
        where new NullabilityInfoContext().Create(property).ReadState == NullabilityState.NotNull
        where property.GetValue(read) is null
        select property.Name;
}
