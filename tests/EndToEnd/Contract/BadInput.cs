using System.Text;
using System.Text.Json.Nodes;

namespace BigTech.Tests.EndToEnd.Contract;

/// <summary>An invalid request, and what its answer must have in addition to a sound form.</summary>
/// <param name="Status">Zero: any sound status.</param>
/// <param name="Field">The field that a 422 must name.</param>
internal sealed record BadInput(string Name, RawRequest Request, int Status = 0, string? Code = null, string? Field = null)
{
    /// <summary>Whether the web server itself may answer, without a body, because the bytes are not a request.</summary>
    public bool IsUnparsable { get; init; }

    /// <summary>Whether the connection may close after the answer, because the announced body is not read.</summary>
    public bool MayClose { get; init; }

    /// <summary>The field that is as large as the description allows: no answer blames it for that, by naming the limit.</summary>
    public (string Field, long Limit)? Fitting { get; init; }

    public override string ToString() => $"{Request} with {Name}";
}

/// <summary>All invalid variants of one operation's request, derived from its description and a valid request.</summary>
internal sealed class BadInputs(Operation operation, RawRequest good)
{
    private const int MaxBodyBytes = 1024 * 1024;
    private const string Json = "application/json";

    private static readonly string[] Texts =
    [
        "text", "-1", "0", "1.5", "1e3", "0x10", "+1", "%201", "9223372036854775807", "9223372036854775808", "99999999999999999999",
        "-9223372036854775808", "%00", "a%00b", "%0a", "%F0%9F%98%80", "%ff", "%C0%AF", "%ED%A0%80", "%", "%zz", "%u0041", "..", "../..",
        "%2e%2e%2f", "..%5c", "1%27%20OR%20%271%27=%271", "1;DROP%20TABLE%20users", "%25", "{}", "null", "true", "[1]", new('a', 4000),
    ];

    private static readonly JsonNode?[] Values =
    [
        "", " ", "\u200b", "\0", "\u0007", "😀", "../../etc/passwd", "'; DROP TABLE users; --", "%00", new string('x', 5000),
        -1, 0, long.MaxValue, long.MinValue,
        new JsonObject(), new JsonObject { ["a"] = 1 }, new JsonArray(), new JsonArray((JsonNode?)null), new JsonArray(-1),
        new JsonArray(""), new JsonArray("😀"), null,
    ];

    public static IEnumerable<BadInput> For(Operation operation, RawRequest good)
    {
        var inputs = new BadInputs(operation, good);
        var bodies = operation.HasBody ? inputs.Bodies() : inputs.NeedlessBodies();
        return [.. inputs.Paths(), .. inputs.Queries(), .. inputs.Heads(), .. bodies];
    }

    private IEnumerable<BadInput> Paths()
    {
        var names = operation.Path.Split('/');
        for (var index = 0; index < names.Length; index++)
        {
            if (!names[index].StartsWith('{'))
                continue;
            foreach (var text in Texts)
                yield return InPath(index, text) with { IsUnparsable = text.Contains("%00", StringComparison.Ordinal) };
            yield return InPath(index, "\u00f0\u009f\u0098\u0080") with { Status = 400, IsUnparsable = true };
            yield return InPath(index, new string('a', 20_000)) with { Status = 414, IsUnparsable = true };
        }
    }

    private BadInput InPath(int index, string text)
    {
        var parts = good.Target.Split('?');
        var segments = parts[0].Split('/');
        segments[index] = text;
        parts[0] = string.Join('/', segments);
        return new BadInput($"a path of {Short(text)}", good with { Target = string.Join('?', parts) });
    }

    private IEnumerable<BadInput> Queries()
    {
        foreach (var parameter in operation.Parameters.Where(parameter => parameter.In == "query"))
        {
            foreach (var text in Texts)
            {
                var isRefused = parameter.Type == "integer" && !long.TryParse(text.Replace("%20", "", StringComparison.Ordinal), out _);
                var isOutOfRange = parameter.Name == "limit" && text is "0" or "-1";
                var input = InQuery($"{parameter.Name}={text}");
                yield return isRefused || isOutOfRange ? input with { Status = 422, Code = "invalid", Field = parameter.Name } : input;
            }
            if (parameter.Bounds.Maximum is { } maximum)
                yield return InQuery($"{parameter.Name}={maximum + 1}") with { Status = 422, Code = "invalid", Field = parameter.Name };
            if (parameter.Bounds.MaxLength is { } length)
            {
                yield return InQuery($"{parameter.Name}={new string('a', length + 1)}")
                    with
                { Status = 422, Code = "invalid", Field = parameter.Name };
                yield return InQuery($"{parameter.Name}={new string('a', length)}") with { Fitting = (parameter.Name, length) };
            }
            yield return InQuery(parameter.Name);
            yield return InQuery($"{parameter.Name}=");
            yield return InQuery($"{parameter.Name}=1&{parameter.Name}=1");
            yield return InQuery($"{parameter.Name}=1&{parameter.Name}=two");
            yield return InQuery($"{parameter.Name}[]=1&{parameter.Name.ToUpperInvariant()}=2");
            yield return InQuery($"{parameter.Name}={new string('a', 20_000)}") with { Status = 414, IsUnparsable = true };
        }
        yield return InQuery("&&==&=%00&%zz=%zz&unknown=1");
    }

    private BadInput InQuery(string query)
    {
        var name = query.Split('=')[0];
        var parts = good.Target.Split('?');
        var others = parts.Length > 1 ? parts[1].Split('&').Where(other => !other.StartsWith($"{name}=", StringComparison.Ordinal)) : [];
        return new BadInput($"a query of {Short(query)}", good with { Target = $"{parts[0]}?{string.Join('&', [.. others, query])}" });
    }

    private IEnumerable<BadInput> Heads()
    {
        yield return new BadInput("an unknown method", good with { Method = "BREW" }, 405, "method_not_allowed");
        yield return new BadInput("a method in small letters", good with { Method = operation.Method.ToLowerInvariant() });
        yield return new BadInput("a header of 16 KiB", good with { Headers = [$"X-Long: {new string('a', 16 * 1024)}"] });
        yield return new BadInput("a header of 64 KiB", good with { Headers = [$"X-Long: {new string('a', 64 * 1024)}"] }, 431)
        {
            IsUnparsable = true,
        };
        yield return new BadInput("bytes in a header", good with { Headers = ["X-Bytes: \u00ff\u00fe"] }) { IsUnparsable = true };
        string[] nonsense = ["Accept: nonsense", "Accept-Encoding: ,;q=x", "Cookie: =;=", "Traceparent: 00-x"];
        yield return new BadInput("headers of nonsense", good with { Headers = nonsense });
        string[] texts = ["", "text", "-1", "1:-1", ":", "1:99999999999999999999", "999999999:1", "AAAA", new('A', 8000), "\u00ff"];
        foreach (var parameter in operation.Parameters.Where(parameter => parameter.In == "header"))
        {
            foreach (var text in texts)
            {
                yield return new BadInput($"{parameter.Name} of {Short(text)}", good with { Headers = [$"{parameter.Name}: {text}"] })
                {
                    IsUnparsable = text == "\u00ff",
                };
            }
        }
    }

    private IEnumerable<BadInput> NeedlessBodies()
    {
        yield return Body("an unexpected body", "{\"a\":"u8.ToArray());
        yield return Body("a body of bytes", [0xff, 0x00, 0xfe]);
    }

    private IEnumerable<BadInput> Bodies() =>
        [.. Malformed(), .. Shapes(), .. Types(), .. WrongProperties(), .. OutOfBounds(), .. OddProperties(), .. OddLeaves()];

    private IEnumerable<BadInput> Malformed()
    {
        var whole = Encoding.UTF8.GetString(good.Body!);
        var rest = whole[1..];
        var first = operation.Properties[0].Name;
        string[] broken =
        [
            "{", "nonsense", "{'a':1}", "{\"a\":1,}", "{\"a\":01}", "{\"a\":\"\n\"}", "{\"a\":\"\0\"}", "\0", "=&%",
            whole[..^1], $"{whole}}}", $"{whole}{whole}",
        ];
        foreach (var text in broken)
            yield return Malformed($"broken JSON {Short(text)}", text, hasUnknown: text.StartsWith("{\"a\"", StringComparison.Ordinal));
        foreach (var bytes in (string[])["\u00ff", "\u00c0\u00af", "\u00ed\u00a0\u0080", "\u00e2\u0082", "\u00f4\u0090\u0080\u0080"])
        {
            var name = $"the bytes {Convert.ToHexString(Encoding.Latin1.GetBytes(bytes))}";
            yield return Latin($"{name} in an unused field", $"{{\"ignored\":\"{bytes}\",{rest}");
            yield return Latin($"{name} deep in an unused field", $"{{\"ignored\":[{{\"a\":\"{bytes}\"}}],{rest}");
            yield return Latin($"{name} in the name of a field", $"{{\"{bytes}\":1,{rest}");
            yield return Latin($"{name} in {first}", $"{{\"{first}\":\"{bytes}\"}}");
            yield return Latin($"{name} behind the end", $"{whole}{bytes}");
            var chunked = good with { Body = Encoding.Latin1.GetBytes($"{{\"ignored\":\"{bytes}\",{rest}"), IsChunked = true };
            yield return new BadInput($"{name} in a body of unknown length", chunked, 400, "malformed_json");
        }
        yield return Body("UTF-16", Encoding.Unicode.GetBytes(whole), 400, "malformed_json");
        yield return Body("half a character", Encoding.UTF8.GetBytes($"{{\"{first}\":\"\\ud800\"}}"));
    }

    /// <param name="hasUnknown">Whether a field comes first that some operations refuse before they see what follows.</param>
    private BadInput Malformed(string name, string text, bool hasUnknown)
    {
        var (status, code) = hasUnknown && operation.RefusesUnknown ? (422, "invalid") : (400, "malformed_json");
        return Body(name, Encoding.UTF8.GetBytes(text), status, code);
    }

    private BadInput Latin(string name, string body) => Body(name, Encoding.Latin1.GetBytes(body), 400, "malformed_json");

    private IEnumerable<BadInput> Shapes()
    {
        if (operation.IsBodyRequired)
        {
            yield return new BadInput("no body", good with { Body = null }, 400, "body_required");
            yield return Body("an empty body", [], 400, "body_required");
            yield return Body("null", "null"u8.ToArray(), 400, "body_required");
        }
        var (open, close) = (new string('[', 1000), new string(']', 1000));
        foreach (var text in (string[])["[]", "[{}]", "7", "true", "\"text\"", open + close])
            yield return Body(Short(text), Encoding.UTF8.GetBytes(text), 422, "invalid", "body");
        var objects = string.Concat(Enumerable.Repeat("{\"a\":", 1000));
        var rest = Encoding.UTF8.GetString(good.Body!)[1..];
        foreach (var deep in (string[])[$"{objects}1{new string('}', 1000)}", $"{{\"ignored\":{open}{close},{rest}"])
            yield return Malformed($"1,000 levels {Short(deep)}", deep, hasUnknown: true);
        var announced = good with { Announced = MaxBodyBytes + 1 };
        yield return new BadInput("a body that is announced as too large", announced, 413, "too_large") { MayClose = true };
        var large = Encoding.UTF8.GetBytes($"{{\"ignored\":\"{new string('x', MaxBodyBytes)}\",{rest}");
        var endless = good with { Body = large, IsChunked = true };
        yield return new BadInput("a body that turns out to be too large", endless, 413, "too_large") { MayClose = true };
    }

    private IEnumerable<BadInput> Types()
    {
        string?[] types =
        [
            "text/plain", "application/xml", "application/octet-stream", "multipart/form-data", "nonsense",
            "application/json; charset=utf-16", null,
        ];
        foreach (var type in types.Where(type => !operation.ContentTypes.Contains(type)))
            yield return new BadInput($"the content type {type ?? "none"}", good with { ContentType = type }, 415, "wrong_content_type");
        foreach (var encoding in (string[])["gzip", "br", "identity, gzip", "nonsense"])
        {
            yield return new BadInput(
                $"the encoding {encoding}", good with { Headers = [$"Content-Encoding: {encoding}"] }, 415, "wrong_content_type");
        }
        foreach (var type in operation.ContentTypes.Where(type => type != Json))
        {
            foreach (var text in (string[])["", "=", "&&&", "%zz=%zz", "username=%ff&password=%00", new('a', 5000)])
                yield return Body($"the form {Short(text)}", Encoding.ASCII.GetBytes(text), type: type);
        }
    }

    /// <summary>Every property with every JSON type that it does not have.</summary>
    private IEnumerable<BadInput> WrongProperties()
    {
        foreach (var property in operation.Properties)
        {
            foreach (var (type, value) in Samples().Where(sample => !property.Types.Contains(sample.Type)))
                yield return With(property, value, type);
            if (property.Types.Contains("integer"))
                yield return With(property, "99999999999999999999", "number too large");
            foreach (var (type, value) in Samples().Where(sample => property.ItemType is { } items && items != sample.Type))
                yield return With(property, $"[{value}]", $"list of {type}");
        }

        BadInput With(Property property, string value, string type) =>
            Body($"a {type} for {property.Name}", Changed(property.Name, value), 422, "invalid", property.Name);
    }

    /// <summary>Every property beyond each of its described limits, and at the upper ones.</summary>
    private IEnumerable<BadInput> OutOfBounds()
    {
        foreach (var property in operation.Properties)
        {
            var bounds = property.Bounds;
            if (bounds.Values.Length > 0)
                yield return Beyond(property, "\"no-such-value\"", "a value that is none of the set");
            if (bounds.Pattern is not null)
                yield return Beyond(property, $"\"{new string('!', bounds.MinLength ?? 1)}\"", "a text of another pattern");
            if (bounds.MinLength is { } shortest)
                yield return Beyond(property, $"\"{new string('a', shortest - 1)}\"", "a text too short");
            if (bounds.MaxLength is { } longest)
            {
                yield return Beyond(property, $"\"{new string('a', longest + 1)}\"", "a text too long");
                yield return At(property, $"\"{new string('a', longest)}\"", longest);
            }
            if (bounds.MinItems is { } fewest)
                yield return Beyond(property, Items(property, fewest - 1), "too few items");
            if (bounds.MaxItems is { } most)
            {
                yield return Beyond(property, Items(property, most + 1), "too many items");
                yield return At(property, Items(property, most), most);
            }
            if (bounds.Maximum is { } maximum)
            {
                yield return Beyond(property, $"{maximum + 1}", "a number too large");
                yield return Beyond(property, $"{bounds.Minimum - 1}", "a number too small");
                yield return At(property, $"{maximum}", maximum);
            }
        }

        BadInput Beyond(Property property, string value, string what) =>
            Body($"{what} for {property.Name}", Changed(property.Name, value), 422, "invalid", property.Name);

        BadInput At(Property property, string value, long limit) =>
            Body($"the limit of {property.Name}", Changed(property.Name, value)) with { Fitting = (property.Name, limit) };
    }

    /// <summary>That many different items, of ids that nothing has.</summary>
    private static string Items(Property property, int count)
    {
        const long first = 777_000_001;
        var items = Enumerable.Range(0, count).Select(index => property.ItemType switch
        {
            "integer" => $"{first + index}",
            "string" => $"\"{Guid.CreateVersion7()}\"",
            _ => $"{{\"room_id\":{first + index}}}",
        });
        return $"[{string.Join(',', items)}]";
    }

    private static (string Type, string Value)[] Samples() =>
        [("string", "\"1\""), ("integer", "7"), ("number", "1.5"), ("boolean", "true"), ("object", "{\"a\":1}"), ("array", "[[1]]")];

    /// <summary>Every property with unusual values, some of which are allowed; and every property twice.</summary>
    private IEnumerable<BadInput> OddProperties()
    {
        foreach (var property in operation.Properties)
        {
            foreach (var value in Values.Select(value => value?.ToJsonString() ?? "null"))
                yield return Body($"{Short(value)} for {property.Name}", Changed(property.Name, value));
            var one = JsonNode.Parse(good.Body!)![property.Name]?.ToJsonString() ?? "null";
            var twice = $"{{\"{property.Name}\":{one},\"{property.Name}\":{one}}}";
            yield return Body($"{property.Name} twice", Encoding.UTF8.GetBytes(twice), 400, "malformed_json");
        }
    }

    /// <summary>The same values inside the objects and lists of the valid request.</summary>
    private IEnumerable<BadInput> OddLeaves()
    {
        const string marker = "here";
        for (var index = 0; ; index++)
        {
            var body = JsonNode.Parse(good.Body!)!;
            if (LeavesOf(body).Where(leaf => leaf.Parent != body).ElementAtOrDefault(index) is not { } leaf)
                yield break;
            var path = leaf.GetPath();
            leaf.ReplaceWith(marker);
            foreach (var value in Values.Select(value => value?.ToJsonString() ?? "null"))
            {
                var text = body.ToJsonString().Replace($"\"{marker}\"", value, StringComparison.Ordinal);
                yield return Body($"{Short(value)} for {path}", Encoding.UTF8.GetBytes(text));
            }
        }
    }

    private static IEnumerable<JsonNode> LeavesOf(JsonNode? node) => node switch
    {
        JsonObject fields => fields.SelectMany(field => LeavesOf(field.Value)),
        JsonArray items => items.SelectMany(LeavesOf),
        null => [],
        _ => [node],
    };

    private byte[] Changed(string property, string value)
    {
        var others = JsonNode.Parse(good.Body!)!.AsObject().Where(other => other.Key != property)
            .Select(other => $",\"{other.Key}\":{other.Value?.ToJsonString() ?? "null"}");
        return Encoding.UTF8.GetBytes($"{{\"{property}\":{value}{string.Concat(others)}}}");
    }

    private BadInput Body(string name, byte[] body, int status = 0, string? code = null, string? field = null, string type = Json) =>
        new(name, good with { Body = body, ContentType = type }, status, code, field);

    private static string Short(string text) => text.Length > 40 ? $"{text[..40]}... ({text.Length})" : text;
}
