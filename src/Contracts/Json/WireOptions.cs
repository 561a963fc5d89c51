using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BigTech.Contracts.Json;

/// <summary>The options for bytes that go to the wire as they are.</summary>
public static class WireOptions
{
    /// <summary>The options of a context, but text is escaped only where JSON requires it: Korean stays readable and short.</summary>
    public static JsonSerializerOptions From(JsonSerializerContext context) =>
        new(context.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
