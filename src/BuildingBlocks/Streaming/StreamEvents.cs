using System.Text.Json.Serialization;

namespace BigTech.BuildingBlocks.Streaming;

/// <summary>
/// The events of a stream, for the API description: a property for each, with its name and the type of its data. Every stream has these; a
/// class for each stream adds its own. There are no instances.
/// </summary>
public abstract class StreamEvents
{
    /// <summary>The first event: the stream has begun.</summary>
    [JsonPropertyName(ControlEvents.Ready)]
    public abstract StreamReady Ready { get; }

    /// <summary>The client starts over.</summary>
    [JsonPropertyName(ControlEvents.Reset)]
    public abstract StreamReset Reset { get; }

    /// <summary>The stream is still there; only with <c>heartbeat=event</c>.</summary>
    [JsonPropertyName(ControlEvents.Heartbeat)]
    public abstract StreamHeartbeat Heartbeat { get; }

    /// <summary>The stream cannot begin now, and ends at once; only for an EventSource with the cookie.</summary>
    [JsonPropertyName(ControlEvents.Unavailable)]
    public abstract StreamUnavailable Unavailable { get; }
}

/// <summary>The stream is open. With <c>resumed</c> what was missed follows.</summary>
/// <param name="Resumed">Whether it goes on after an event of before.</param>
/// <param name="Version">The version of what the stream is about; of all rooms a sum, which says nothing.</param>
/// <param name="RoomId">The room, on a stream of one room.</param>
/// <param name="UnreadCount">How many notifications are unread, on their stream.</param>
public sealed record StreamReady(bool Resumed, long Version, long? RoomId = null, long? UnreadCount = null);

/// <summary>What was missed cannot be sent: take a snapshot, and go on with the events after it.</summary>
/// <param name="Reason">Such as <c>too_far</c>, <c>too_large</c>, <c>slow_consumer</c>; or <c>room_deleted</c>, after which there is no
/// snapshot.</param>
/// <param name="Version">The version of the place at which the stream goes on.</param>
/// <param name="StartOver">The path of the snapshot.</param>
/// <param name="RoomId">The room that it is about; absent where it is about the whole stream.</param>
/// <param name="UnreadCount">How many notifications are unread, on their stream.</param>
public sealed record StreamReset(string Reason, long Version, string StartOver, long? RoomId = null, long? UnreadCount = null);

/// <summary>The stream is still there; only with <c>heartbeat=event</c>.</summary>
public sealed record StreamHeartbeat;

/// <summary>The stream cannot begin now, and ends at once; only for an EventSource with the cookie.</summary>
/// <param name="Code">The <c>code</c> of the error in whose place it comes.</param>
/// <param name="RetryAfter">In so many seconds the EventSource comes back.</param>
public sealed record StreamUnavailable(string Code, int RetryAfter);
