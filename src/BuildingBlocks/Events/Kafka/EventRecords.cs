using System.Text;
using BigTech.Contracts.Json;
using Confluent.Kafka;

namespace BigTech.BuildingBlocks.Events.Kafka;

/// <summary>Events as Kafka records: CloudEvents 1.0 in binary mode, attributes in headers and the unchanged JSON as value.</summary>
internal static class EventRecords
{
    private const string Id = "ce_id";
    private const string Type = "ce_type";
    private const string Source = "ce_source";
    private const string Time = "ce_time";
    private const string SpecVersion = "ce_specversion";
    private const string TraceParent = "traceparent";
    private const string ContentType = "content-type";

    public static Message<string, byte[]> ToRecord(EventEnvelope e, string context) => new()
    {
        Key = e.Key,
        Value = e.Data,
        Headers = HeadersOf(e, $"/bigtech/{context}"),
    };

    /// <summary>
    /// The event of a record. A record without our headers still gets an id, and a type without handlers; one without a time, or with one
    /// that does not say its offset, has the time at which it was written.
    /// </summary>
    /// <param name="topic">The name of the topic without a prefix.</param>
    public static EventEnvelope ToEvent(ConsumeResult<string, byte[]?> record, string topic)
    {
        var headers = record.Message.Headers;
        return new EventEnvelope(
            record.Offset.Value,
            topic,
            record.Message.Key ?? "",
            headers.Text(Id) ?? $"{record.Partition.Value}-{record.Offset.Value}",
            headers.Text(Type) ?? "",
            (headers.Text(Time) is { } time ? UtcTimeConverter.Parse(time) : null) ?? record.Message.Timestamp.UtcDateTime,
            headers.Text(TraceParent),
            record.Message.Value ?? []);
    }

    /// <summary>The CloudEvents headers of an event.</summary>
    public static Headers HeadersOf(EventEnvelope e, string source)
    {
        var headers = new Headers()
            .With(SpecVersion, "1.0")
            .With(Id, e.Id)
            .With(Type, e.Type)
            .With(Source, source)
            .With(Time, e.Time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture))
            .With(ContentType, "application/json");
        return e.TraceParent is null ? headers : headers.With(TraceParent, e.TraceParent);
    }

    public static Headers With(this Headers headers, string name, string value)
    {
        headers.Add(name, Encoding.UTF8.GetBytes(value));
        return headers;
    }

    public static string? Text(this Headers headers, string name) =>
        headers.TryGetLastBytes(name, out var bytes) && bytes is not null ? Encoding.UTF8.GetString(bytes) : null;
}
