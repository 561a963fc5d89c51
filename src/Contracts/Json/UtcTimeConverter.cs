using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BigTech.Contracts.Json;

/// <summary>Times on the wire are RFC 3339 in UTC with microseconds: the precision of the stores.</summary>
public sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    private const int Length = 27;
    private const int DateLength = 10;
    private const int MinutesLength = 16;
    private const int ShortestLength = 19;

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String) return reader.GetDateTimeOffset();
        var isPlain = !reader.HasValueSequence && !reader.ValueIsEscaped;
        var text = isPlain ? reader.ValueSpan : Encoding.UTF8.GetBytes(reader.GetString()!);
        if (!IsComplete(text))
        {
            throw new JsonFieldException(
                "Must be a time with its seconds and offset, such as 2030-01-01T00:00:00Z or 2030-01-01T09:00:00+09:00.");
        }
        return (text is [.., (byte)'z'] || text[DateLength] == 't' ? ReadInCapitals(text) : reader.GetDateTimeOffset()).ToUniversalTime();
    }

    /// <summary>A time outside of JSON, by the same rule; null when the text is none.</summary>
    public static DateTimeOffset? Parse(string text)
    {
        if (!IsComplete(Encoding.UTF8.GetBytes(text))) return null;
        var reader = InCapitals(text);
        return reader.TryGetDateTimeOffset(out var time) ? time.ToUniversalTime() : null;
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => Write(writer, value);

    /// <summary>
    /// Whether seconds and an offset are there, which RFC 3339 (section 5.6) requires: without an offset a time would be read in the
    /// server's zone. The serializer checks the rest.
    /// </summary>
    private static bool IsComplete(ReadOnlySpan<byte> text) =>
        text.Length > ShortestLength && text[DateLength] is (byte)'T' or (byte)'t' && text[MinutesLength] == ':'
        && text is [.., (byte)'Z' or (byte)'z'] or [.., (byte)'+' or (byte)'-', _, _, (byte)':', _, _];

    /// <summary>RFC 3339 allows small letters, the serializer does not.</summary>
    private static DateTimeOffset ReadInCapitals(ReadOnlySpan<byte> text) => InCapitals(Encoding.UTF8.GetString(text)).GetDateTimeOffset();

    private static Utf8JsonReader InCapitals(string text)
    {
        var reader = new Utf8JsonReader(JsonSerializer.SerializeToUtf8Bytes(text.ToUpperInvariant()));
        reader.Read();
        return reader;
    }

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
