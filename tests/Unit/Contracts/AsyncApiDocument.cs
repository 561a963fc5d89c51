using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using System.Xml.Linq;
using BigTech.Chat.Client;
using BigTech.Contracts;
using BigTech.Contracts.Json;

namespace BigTech.Tests.Unit.Contracts;

/// <summary>
/// <c>src/Server/asyncapi.json</c> as the code says: topics and events from the contracts, streams from the types of the .NET client, texts
/// from the doc comments of both. AsyncAPI 3.0.
/// </summary>
internal static class AsyncApiDocument
{
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions OfStreams = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    private static readonly Dictionary<string, string> Comments =
        new[] { "Contracts.xml", "BigTech.Chat.Client.xml" }.SelectMany(ReadComments).ToDictionary();

    private static readonly (string Name, Type Data)[] OfRooms =
    [
        ("message.created", typeof(MessageChanged)), ("message.updated", typeof(MessageChanged)),
        ("message.deleted", typeof(MessageChanged)),
        ("reaction.changed", typeof(ReactionChanged)), ("read", typeof(ReadPositionChanged)), ("member", typeof(MemberChanged)),
        ("typing", typeof(TypingChanged)), ("room", typeof(RoomChanged)),
    ];

    /// <summary>The streams with their events, beside <c>ready</c> and <c>reset</c> of all.</summary>
    public static IReadOnlyList<(string Path, string Description, (string Name, Type Data)[] Events)> Streams { get; } =
    [
        ("/messages/stream/{room_id}", "Changes of one room.", OfRooms),
        ("/messages/stream", "Changes of all rooms of the caller.", OfRooms),
        ("/online-status/stream", "The presence of the caller's friends.", [("presence", typeof(PresenceChanged))]),
        ("/friends/stream", "Friends and requests of the caller.",
        [
            ("request.created", typeof(FriendChanged)), ("friend.added", typeof(FriendChanged)),
            ("friend.removed", typeof(FriendRemoved)), ("request.closed", typeof(FriendRemoved)),
        ]),
        ("/notifications/stream", "Notifications of the caller.",
        [
            ("notification.created", typeof(NotificationChanged)), ("notification.updated", typeof(NotificationChanged)),
            ("notification.read", typeof(NotificationsMarkedRead)), ("notification.removed", typeof(NotificationRemoved)),
        ]),
    ];

    public static string Make()
    {
        var (channels, operations, messages) = (new JsonObject(), new JsonObject(), new JsonObject());
        foreach (var topic in Topics.All) AddTopic(topic, channels, operations, messages);
        foreach (var (path, description, events) in Streams) AddStream(path, description, events, channels, operations, messages);
        var document = new JsonObject
        {
            ["asyncapi"] = "3.0.0",
            ["info"] = new JsonObject
            {
                ["title"] = "BigTech Chat: events and streams",
                ["version"] = "1.0.0",
                ["description"] = "What services publish to each other (Kafka, or the bus within one process) and what clients hear live "
                    + "(Server-Sent Events). Fields are added, never changed.",
                ["license"] = new JsonObject { ["name"] = "MIT" },
            },
            ["defaultContentType"] = "application/json",
            ["servers"] = new JsonObject
            {
                ["kafka"] = new JsonObject
                {
                    ["host"] = "kafka:9092",
                    ["protocol"] = "kafka",
                    ["description"] = "Kafka__BootstrapServers.",
                },
                ["api"] = new JsonObject
                {
                    ["host"] = "localhost:8000",
                    ["pathname"] = "/api",
                    ["protocol"] = "http",
                    ["description"] = "The gateway.",
                },
            },
            ["channels"] = channels,
            ["operations"] = operations,
            ["components"] = new JsonObject { ["messages"] = messages },
        };
        return document.ToJsonString(Readable) + "\n";
    }

    private static void AddTopic(Topic topic, JsonObject channels, JsonObject operations, JsonObject messages)
    {
        var used = new JsonObject();
        foreach (var sample in EventSamples.All.Where(sample => TopicOf(sample.Type) == topic.Name))
        {
            used[sample.Type.Name] = Reference($"#/components/messages/{sample.Type.Name}");
            messages[sample.Type.Name] = new JsonObject
            {
                ["name"] = sample.WireName,
                ["title"] = sample.Type.Name,
                ["summary"] = CommentOf(sample.Type),
                ["headers"] = CloudEventHeaders(sample.WireName),
                ["payload"] = Schema(sample.Type, EventJson.Wire.Options),
                ["examples"] = new JsonArray(new JsonObject { ["payload"] = JsonNode.Parse(sample.Json) }),
            };
        }
        channels[topic.Name] = new JsonObject
        {
            ["address"] = topic.Name,
            ["servers"] = new JsonArray(Reference("#/servers/kafka")),
            ["messages"] = used,
            ["bindings"] = new JsonObject
            {
                ["kafka"] = new JsonObject
                {
                    ["topic"] = topic.Name,
                    ["partitions"] = topic.Partitions,
                    ["topicConfiguration"] = new JsonObject { ["retention.ms"] = (long)topic.Retention.TotalMilliseconds },
                    ["bindingVersion"] = "0.5.0",
                },
            },
        };
        operations[$"publish {topic.Name}"] = Sends(topic.Name);
    }

    private static void AddStream(
        string path, string description, (string Name, Type Data)[] events, JsonObject channels, JsonObject operations, JsonObject messages)
    {
        var name = path.Trim('/').Replace("/{room_id}", " of a room", StringComparison.Ordinal);
        var used = new JsonObject();
        (string, Type)[] all = [("ready", typeof(StreamReady)), ("reset", typeof(StreamReset)), .. events];
        foreach (var (eventName, data) in all)
        {
            used[eventName] = Reference($"#/components/messages/{eventName}");
            messages[eventName] ??= new JsonObject
            {
                ["name"] = eventName,
                ["title"] = $"event: {eventName}",
                ["summary"] = CommentOf(data),
                ["payload"] = Schema(data, OfStreams),
            };
        }
        var channel = new JsonObject
        {
            ["address"] = path,
            ["description"] = description,
            ["servers"] = new JsonArray(Reference("#/servers/api")),
            ["messages"] = used,
        };
        if (path.Contains("{room_id}", StringComparison.Ordinal))
            channel["parameters"] = new JsonObject { ["room_id"] = new JsonObject { ["description"] = "The room." } };
        channels[name] = channel;
        operations[$"stream {name}"] = Sends(name);
    }

    private static JsonObject Sends(string channel) => new()
    {
        ["action"] = "send",
        ["channel"] = Reference($"#/channels/{channel.Replace("/", "~1", StringComparison.Ordinal)}"),
    };

    private static JsonObject Reference(string target) => new() { ["$ref"] = target };

    private static string TopicOf(Type type) =>
        (string)type.GetProperty(nameof(IIntegrationEvent.Topic), BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;

    /// <summary>CloudEvents 1.0 in the binary mode of its Kafka binding.</summary>
    private static JsonObject CloudEventHeaders(string wireName) => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray("ce_id", "ce_type", "ce_source", "ce_time", "ce_specversion"),
        ["properties"] = new JsonObject
        {
            ["ce_id"] = new JsonObject { ["type"] = "string", ["description"] = "The same for every delivery of the event." },
            ["ce_type"] = new JsonObject { ["const"] = wireName },
            ["ce_source"] = new JsonObject { ["type"] = "string" },
            ["ce_time"] = new JsonObject { ["type"] = "string", ["format"] = "date-time" },
            ["ce_specversion"] = new JsonObject { ["const"] = "1.0" },
            ["traceparent"] = new JsonObject { ["type"] = "string", ["description"] = "W3C Trace Context of what caused it." },
        },
    };

    private static JsonNode Schema(Type type, JsonSerializerOptions options)
    {
        options.MakeReadOnly();
        return options.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, schema) => Complete(context, schema),
        });
    }

    private static JsonNode Complete(JsonSchemaExporterContext context, JsonNode schema)
    {
        // A type with a converter has no schema of its own.
        var known = context.TypeInfo.Type == typeof(DateTimeOffset) ? new JsonObject { ["type"] = "string", ["format"] = "date-time" }
            : context.TypeInfo.Type == typeof(DateTimeOffset?)
                ? new JsonObject { ["type"] = new JsonArray("string", "null"), ["format"] = "date-time" }
                : schema;
        if (known is not JsonObject described) return known;
        described.Remove("default");
        var comment = context.PropertyInfo?.AttributeProvider is MemberInfo member
            ? CommentOf($"P:{member.DeclaringType!.FullName}.{member.Name}") ?? CommentOf($"{member.DeclaringType.FullName}/{member.Name}")
            : null;
        if (comment is not null) described["description"] = comment;
        return described;
    }

    private static string? CommentOf(Type type) => CommentOf($"T:{type.FullName}");

    private static string? CommentOf(string key) => Comments.GetValueOrDefault(key);

    /// <summary>Summaries by the name of the member, and the parameters of records by their type and name.</summary>
    private static IEnumerable<KeyValuePair<string, string>> ReadComments(string file)
    {
        foreach (var member in XDocument.Load(Path.Combine(AppContext.BaseDirectory, file)).Descendants("member"))
        {
            var name = member.Attribute("name")!.Value;
            if (member.Element("summary") is { } summary) yield return new(name, TextOf(summary));
            if (!name.StartsWith("T:", StringComparison.Ordinal)) continue;
            foreach (var parameter in member.Elements("param"))
                yield return new($"{name[2..]}/{parameter.Attribute("name")!.Value}", TextOf(parameter));
        }
    }

    private static string TextOf(XElement comment) => string.Join(' ', string.Concat(comment.Nodes().Select(node => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" } see => see.Attribute("cref")?.Value.Split('(')[0].Split('.')[^1] ?? see.Value,
        XElement { Name.LocalName: "paramref" } named => JsonNamingPolicy.SnakeCaseLower.ConvertName(named.Attribute("name")!.Value),
        XElement element => element.Value,
        _ => "",
    })).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
