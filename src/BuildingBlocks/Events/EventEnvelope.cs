using System.Diagnostics.CodeAnalysis;
using BigTech.Contracts;
using BigTech.Contracts.Json;

namespace BigTech.BuildingBlocks.Events;

/// <summary>An integration event in transit: CloudEvents attributes, ordering key and JSON data.</summary>
/// <param name="Position">The position in the log of its topic; grows in commit order.</param>
/// <param name="Key">Events with the same key are handled in order.</param>
/// <param name="Id">The same for every delivery of the event, for deduplication by consumers.</param>
/// <param name="TraceParent">The W3C trace context of its cause: request, event or timer. Null only from other producers.</param>
public sealed record EventEnvelope(
    long Position, string Topic, string Key, string Id, string Type, DateTimeOffset Time, string? TraceParent, byte[] Data)
{
    /// <summary>Reads the event if it has this type.</summary>
    /// <exception cref="System.Text.Json.JsonException">The data does not match the type.</exception>
    public bool Is<TEvent>([MaybeNullWhen(false)] out TEvent e) where TEvent : IIntegrationEvent
    {
        var isThat = Type == TEvent.WireName;
        e = isThat ? EventJson.Deserialize<TEvent>(Data) : default;
        return isThat;
    }
}
