using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BigTech.Contracts.Json;

/// <summary>Times on the wire are RFC 3339 in UTC with microseconds: the precision of the stores.</summary>
public sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    private const int Length = 27;

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset().ToUniversalTime();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => Write(writer, value);

    /// <summary>Writes a time as a JSON value.</summary>
    public static void Write(Utf8JsonWriter writer, DateTimeOffset value)
    {
        // The round-trip format has a fast path; its seventh decimal is below the precision of the stores.
        Span<byte> text = stackalloc byte[Length + 1];
        value.UtcDateTime.TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        text[Length - 1] = (byte)'Z';
        writer.WriteStringValue(text[..Length]);
    }
}
