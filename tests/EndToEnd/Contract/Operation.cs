using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BigTech.Tests.EndToEnd.Contract;

/// <summary>The described limits of a value.</summary>
/// <param name="Values">The closed set; empty if there is none.</param>
internal sealed record Bounds(
    int? MinLength, int? MaxLength, int? MinItems, int? MaxItems, long? Minimum, long? Maximum, string? Pattern, string[] Values)
{
    public static Bounds Of(JsonElement schema)
    {
        return new Bounds(
            (int?)Number("minLength"), (int?)Number("maxLength"), (int?)Number("minItems"), (int?)Number("maxItems"), Number("minimum"),
            Number("maximum"), schema.TryGetProperty("pattern", out var pattern) ? pattern.GetString() : null,
            schema.TryGetProperty("enum", out var values)
                ? [.. values.EnumerateArray().Where(value => value.ValueKind == JsonValueKind.String).Select(value => value.GetString()!)]
                : []);

        long? Number(string name) => schema.TryGetProperty(name, out var number) ? number.GetInt64() : null;
    }
}

/// <param name="In">path, query or header.</param>
internal sealed record Parameter(string Name, string In, string Type, string? Format, Bounds Bounds);

/// <summary>A property of a request body, and the JSON types that it accepts.</summary>
/// <param name="ItemType">The item type of an array.</param>
internal sealed record Property(string Name, string[] Types, string? ItemType, Bounds Bounds);

/// <summary>One operation as <c>/openapi.json</c> describes it.</summary>
internal sealed partial record Operation(
    string Method, string Path, bool IsSecured, bool TakesCookie, Parameter[] Parameters, string[] ContentTypes, Property[] Properties,
    int[] Statuses, bool IsStream, bool IsBodyRequired, bool RefusesUnknown)
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

    /// <summary>The identity of the operation, independent of the names of its path parameters.</summary>
    public string Shape => ShapeOf(Method, Path);

    public bool HasBody => ContentTypes.Length > 0;

    public static string ShapeOf(string method, string path) => $"{method} {PathParameter().Replace(path, "{}")}";

    /// <summary>All operations of a description.</summary>
    public static List<Operation> AllOf(JsonElement document)
    {
        var operations = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()
            .Where(entry => Methods.Contains(entry.Name))
            .Select(entry => Read(document, entry.Name.ToUpperInvariant(), path.Name, entry.Value))).ToList();
        operations.Count.ShouldBeGreaterThan(25);
        return operations;
    }

    /// <summary>The path with a well-formed value for each parameter that identifies nothing.</summary>
    public string Example() => PathParameter().Replace(Path, match =>
    {
        var isUuid = Parameters.Single(parameter => parameter.Name == match.Groups[1].Value).Format == "uuid";
        return isUuid ? Scenario.UnknownMessageId : Scenario.UnknownId;
    });

    public override string ToString() => $"{Method} {Path}";

    private static Operation Read(JsonElement document, string method, string path, JsonElement operation)
    {
        var types = operation.TryGetProperty("requestBody", out var body) ? body.GetProperty("content").EnumerateObject().ToList() : [];
        return new Operation(
            method, path,
            operation.TryGetProperty("security", out var security) && security.GetArrayLength() > 0,
            security.ValueKind == JsonValueKind.Array
                && security.EnumerateArray().Any(way => way.TryGetProperty(BrowserSession.CookieName, out _)),
            operation.TryGetProperty("parameters", out var parameters) ? [.. parameters.EnumerateArray().Select(ReadParameter)] : [],
            [.. types.Select(type => type.Name)],
            types.Count > 0 ? [.. ReadProperties(document, types[0].Value)] : [],
            [.. operation.GetProperty("responses").EnumerateObject().Select(status => int.Parse(status.Name,
                CultureInfo.InvariantCulture))],
            operation.GetProperty("responses").TryGetProperty("200", out var answer) && answer.TryGetProperty("content", out var content)
                && content.TryGetProperty("text/event-stream", out _),
            types.Count > 0 && body.TryGetProperty("required", out var required) && required.GetBoolean(),
            types.Count > 0 && SchemaOf(document, types[0].Value).TryGetProperty("additionalProperties", out var more)
                && more.ValueKind == JsonValueKind.False);
    }

    private static Parameter ReadParameter(JsonElement parameter)
    {
        var schema = parameter.GetProperty("schema");
        return new Parameter(
            parameter.GetProperty("name").GetString()!, parameter.GetProperty("in").GetString()!, TypesOf(schema)[0],
            schema.TryGetProperty("format", out var format) ? format.GetString() : null,
            Bounds.Of(schema));
    }

    private static IEnumerable<Property> ReadProperties(JsonElement document, JsonElement content)
    {
        foreach (var property in SchemaOf(document, content).GetProperty("properties").EnumerateObject())
        {
            var itemType = property.Value.TryGetProperty("items", out var items) ? TypesOf(items)[0] : null;
            yield return new Property(property.Name, TypesOf(property.Value), itemType, Bounds.Of(property.Value));
        }
    }

    private static JsonElement SchemaOf(JsonElement document, JsonElement content)
    {
        var reference = content.GetProperty("schema").GetProperty("$ref").GetString()!;
        return document.GetProperty("components").GetProperty("schemas").GetProperty(reference.Split('/')[^1]);
    }

    private static string[] TypesOf(JsonElement schema) => schema.TryGetProperty("type", out var type)
        ? type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(one => one.GetString()!)] : [type.GetString()!]
        : ["object"];

    [GeneratedRegex(@"\{(\w+)[^}]*\}")]
    private static partial Regex PathParameter();
}
