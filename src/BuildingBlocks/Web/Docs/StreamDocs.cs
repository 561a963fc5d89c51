using System.Text.Json.Nodes;
using BigTech.BuildingBlocks.Streaming;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace BigTech.BuildingBlocks.Web.Docs;

/// <summary>
/// Streams in the API description: their parameters, and under <c>text/event-stream</c> the union of all their events, from which
/// generators make types. Each event is an object of the fields that its lines have, with the JSON of <c>data</c> in its place.
/// </summary>
internal static class StreamDocs
{
    private const string MediaType = "text/event-stream";
    private const string NameField = "event";

    /// <summary>Turns what the framework has made of <see cref="StreamEvents"/> into the union of the events.</summary>
    public static Task AddUnions(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        var schemas = document.Components!.Schemas!;
        var streams = from path in document.Paths.Values
                      from operation in path.Operations!.Values
                      from response in operation.Responses!.Values
                      where response.Content?.ContainsKey(MediaType) == true
                      let events = (OpenApiSchemaReference)response.Content![MediaType].Schema!
                      select events.Reference.Id!;
        foreach (var stream in streams.ToHashSet()) schemas[stream] = Union(schemas[stream], schemas, document);
        return Task.CompletedTask;
    }

    private static OpenApiSchema Union(IOpenApiSchema events, IDictionary<string, IOpenApiSchema> schemas, OpenApiDocument document)
    {
        var mapping = new Dictionary<string, OpenApiSchemaReference>();
        foreach (var (name, data) in events.Properties!)
        {
            schemas.TryAdd(IdOf(name), Frame(name, data));
            mapping[name] = new OpenApiSchemaReference(IdOf(name), document);
        }
        return new OpenApiSchema
        {
            Description = events.Description,
            OneOf = [.. mapping.Values],
            Discriminator = new OpenApiDiscriminator { PropertyName = NameField, Mapping = mapping },
        };
    }

    /// <summary>One event: the fields of its lines.</summary>
    private static OpenApiSchema Frame(string name, IOpenApiSchema data) => new()
    {
        Type = JsonSchemaType.Object,
        Description = data.Description,
        Required = new HashSet<string> { NameField, "data" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["id"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Description = "The place in the stream, for Last-Event-ID.",
            },
            [NameField] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Enum = [JsonValue.Create(name)],
                Description = "The name of the event.",
            },
            ["data"] = data,
        },
    };

    /// <summary>Such as <c>SseMessageCreated</c>.</summary>
    private static string IdOf(string name) =>
        "Sse" + string.Concat(name.Split('.', '_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    /// <summary>Describes how a stream is opened, and how it is refused.</summary>
    public static void Describe(OpenApiOperation operation)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = "Last-Event-ID",
            In = ParameterLocation.Header,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            Description = "The id of the last event received: the stream goes on behind it. 0 begins at the beginning.",
        });
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = "last_event_id",
            In = ParameterLocation.Query,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            Description = "The same for a first connection of a browser, which cannot set headers.",
        });
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = "ticket",
            In = ParameterLocation.Query,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            Description = "A one-use ticket of POST /auth/stream-ticket, in place of the Authorization header.",
        });
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = "heartbeat",
            In = ParameterLocation.Query,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["event", "comment"] },
            Description = "event: after a silence an event heartbeat comes in place of a comment line, for pages with an EventSource.",
        });
        operation.Responses ??= [];
        operation.Responses.TryAdd("204", new OpenApiResponse
        {
            Description = "For an EventSource with the cookie, in place of 401, 403 and 404: coming back is pointless. In place of 429 and "
                + "5xx it gets 200, an event unavailable, and the end.",
        });
    }
}
