using System.Text.Json.Nodes;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace BigTech.BuildingBlocks.Web.Docs;

/// <summary>
/// Examples of answers and of events in the API description, made from their schemas: the same property says the same in all of them, so
/// they fit together.
/// </summary>
internal sealed class AnswerExamples
{
    private const string Moment = "2026-11-21T12:00:00.000000Z";

    /// <summary>What more than one context shows.</summary>
    private static readonly ExampleValues Shared = new("""
        {
          "user_id": 42, "username": "minji_kim", "display_name": "김민지", "status_message": "오늘도 화이팅 💪",
          "room_id": 7, "message_id": "01a1fdf9-6213-7c97-a17f-1c06ed2467a6", "seq": 3, "version": 12, "reason": "too_far",
          "start_over": "/chat-rooms",
          "SseReady.id": "7:12", "SseReset.id": "7:12", "SseHeartbeat.id": null, "SseUnavailable.id": null,
          "StreamReady.room_id": null, "StreamReset.room_id": null,
          "StreamUnavailable.retry_after": 3,
          "StreamUnavailable.code": "service_unavailable", "service": "BigTech Chat"
        }
        """);

    private readonly Dictionary<string, JsonNode?> _values;
    private readonly OpenApiDocument _document;

    private AnswerExamples(OpenApiDocument document, IEnumerable<ExampleValues> values)
    {
        _document = document;
        _values = values.Prepend(Shared).SelectMany(all => JsonNode.Parse(all.Json)!.AsObject())
            .GroupBy(value => value.Key).ToDictionary(value => value.Key, value => value.Last().Value);
    }

    /// <summary>Gives every answer with JSON its example, and every stream one of each of its events.</summary>
    public static Task Add(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        var examples = new AnswerExamples(document, context.ApplicationServices.GetServices<ExampleValues>());
        var answers = from path in document.Paths.Values
                      from operation in path.Operations!.Values
                      from response in operation.Responses!
                      where response.Key.StartsWith('2')
                      from media in response.Value.Content?.Values ?? []
                      select media;
        foreach (var media in answers)
        {
            if (media.Schema is OpenApiSchemaReference { Reference.Id: { } id }) examples.Add(media, id);
        }
        return Task.CompletedTask;
    }

    private void Add(OpenApiMediaType media, string schema)
    {
        var union = _document.Components!.Schemas![schema].OneOf?.OfType<OpenApiSchemaReference>().Select(one => one.Reference.Id!);
        media.Examples = (union ?? [schema]).ToDictionary(id => id, IOpenApiExample (id) => Example(id));
    }

    private OpenApiExampleReference Example(string schema)
    {
        _document.Components!.Examples ??= new Dictionary<string, IOpenApiExample>();
        _document.Components.Examples.TryAdd(schema, new OpenApiExample { Value = Of(schema) });
        return new OpenApiExampleReference(schema, _document);
    }

    private JsonObject Of(string schema)
    {
        var (example, described) = (new JsonObject(), _document.Components!.Schemas![schema]);
        foreach (var (name, property) in described.Properties ?? new Dictionary<string, IOpenApiSchema>())
        {
            var value = Value(schema, name, property);
            if (value is not null || described.Required?.Contains(name) == true) example[name] = value;
        }
        return example;
    }

    private JsonNode? Value(string owner, string name, IOpenApiSchema schema)
    {
        if (_values.TryGetValue($"{owner}.{name}", out var value) || _values.TryGetValue(name, out value)) return value?.DeepClone();
        if (schema is OpenApiSchemaReference { Reference.Id: { } id }) return Of(id);
        if (schema.OneOf?.OfType<OpenApiSchemaReference>().FirstOrDefault() is { } other) return Value(owner, name, other);
        if (schema.Enum?.FirstOrDefault() is { } first) return first.DeepClone();
        var type = schema.Type ?? JsonSchemaType.Object;
        if (type.HasFlag(JsonSchemaType.Null)) return null;
        return (type, schema.Format) switch
        {
            (JsonSchemaType.Array, _) => new JsonArray(Value(owner, name, schema.Items!)),
            (JsonSchemaType.Boolean, _) => false,
            (JsonSchemaType.Integer, _) => 1,
            (JsonSchemaType.String, "date-time") => Moment,
            (JsonSchemaType.String, _) => name,
            _ => new JsonObject(),
        };
    }
}
