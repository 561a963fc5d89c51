using System.Diagnostics.CodeAnalysis;
using BigTech.Contracts;

namespace BigTech.Platform.Events;

/// <summary>An integration event on its way: CloudEvents attributes, ordering key and JSON data.</summary>
/// <param name="Position">The place in the log of its topic; grows with the order of the commits.</param>
/// <param name="Key">Events with the same key are handled in order.</param>
/// <param name="Id">The same for every delivery of the event: what an idempotent consumer may remember.</param>
/// <param name="TraceParent">The W3C trace context of what caused it: a request, the event behind it, or a timer. Null only from other producers.</param>
public sealed record EventEnvelope(
    long Position, string Topic, string Key, string Id, string Type, DateTimeOffset Time, string? TraceParent, byte[] Data)
{
    /// <summary>Reads the event if it is of that type.</summary>
    /// <exception cref="System.Text.Json.JsonException">It says that it is, and is not.</exception>
    public bool Is<TEvent>([MaybeNullWhen(false)] out TEvent e) where TEvent : IIntegrationEvent
    {
        var isThat = Type == TEvent.WireName;
        e = isThat ? EventJson.Deserialize<TEvent>(Data) : default;
        return isThat;
    }
}
