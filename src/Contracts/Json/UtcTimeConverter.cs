using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BigTech.Contracts.Json;

/// <summary>Times on the wire are RFC 3339 in UTC with microseconds: the precision of the stores.</summary>
public sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    private const int Length = 27;

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        HasOffset(reader)
            ? reader.GetDateTimeOffset().ToUniversalTime()
            : throw new JsonFieldException("Must be a time with its offset, such as 2030-01-01T00:00:00Z or 2030-01-01T09:00:00+09:00.");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => Write(writer, value);

    /// <summary>Without an offset (RFC 3339, section 4.4) a time would be read in the server's zone.</summary>
    private static bool HasOffset(in Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String) return true;
        if (reader.HasValueSequence || reader.ValueIsEscaped) return HasOffset(Encoding.UTF8.GetBytes(reader.GetString()!));
        return HasOffset(reader.ValueSpan);
    }

    private static bool HasOffset(ReadOnlySpan<byte> text) =>
        text is [.., (byte)'Z'] || (text.Contains((byte)'T') && text is [.., (byte)'+' or (byte)'-', _, _, (byte)':', _, _]);

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
