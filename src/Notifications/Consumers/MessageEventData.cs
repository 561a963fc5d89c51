using System.Text.Json;
using BigTech.Contracts.Chat;
using BigTech.Contracts.Json;
using BigTech.Notifications.Domain;

namespace BigTech.Notifications.Consumers;

/// <summary>The data of a message.events event that this context uses.</summary>
/// <param name="Version">The room's version after this change.</param>
internal abstract record MessageEventData(long RoomId, long Version)
{
    private const string System = "system";

    /// <summary>The trace of the event; not kept for a deferred event.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Reads an event; null if it concerns no room. An ignored event still has its place in the room's versions.</summary>
    /// <exception cref="JsonException">The data does not match the type.</exception>
    public static MessageEventData? Read(string type, byte[] data)
    {
        if (type == MessageSent.WireName)
        {
            var e = JsonSerializer.Deserialize(data, ConsumedJson.Default.MessageSentJson);
            if (e?.Message is not { } message) throw new JsonException("The event holds no message.");
            return message.MessageType == System
                ? new IgnoredEventData(e.RoomId, e.Version)
                : new MessageSentData(e.RoomId, e.Version, message, Mentions.In(message.Content));
        }
        if (type == MessageEdited.WireName)
        {
            var e = EventJson.Deserialize<MessageEdited>(data);
            return new MessageEditedData(e.RoomId, e.Version, e.Message, Mentions.In(e.Message.Content));
        }
        if (type == MessageDeleted.WireName)
        {
            var e = EventJson.Deserialize<MessageDeleted>(data);
            return new MessageDeletedData(e.RoomId, e.Version, e.Message.Id, e.Message.Seq);
        }
        if (type == MessagesRead.WireName)
        {
            var e = EventJson.Deserialize<MessagesRead>(data);
            return new MessagesReadData(e.RoomId, e.Version, e.UserId, e.ReadSeq);
        }
        return RoomVersion.Read(data) is { } place ? new IgnoredEventData(place.RoomId, place.Version) : null;
    }
}

internal sealed record MessageSentData(long RoomId, long Version, ConsumedMessageJson Message, IReadOnlyList<string> Mentions)
    : MessageEventData(RoomId, Version);

internal sealed record MessageEditedData(long RoomId, long Version, MessageView Message, IReadOnlyList<string> Mentions)
    : MessageEventData(RoomId, Version);

internal sealed record MessageDeletedData(long RoomId, long Version, string MessageId, long Seq)
    : MessageEventData(RoomId, Version);

internal sealed record MessagesReadData(long RoomId, long Version, long UserId, long ReadSeq) : MessageEventData(RoomId, Version);

internal sealed record IgnoredEventData(long RoomId, long Version) : MessageEventData(RoomId, Version);

/// <summary>The room and version that every event of a room contains.</summary>
internal sealed record RoomVersion(long RoomId, long Version)
{
    /// <summary>Null if an event concerns no room.</summary>
    public static RoomVersion? Read(byte[] data) =>
        JsonSerializer.Deserialize(data, ConsumedJson.Default.RoomVersion) is { RoomId: > 0 } place ? place : null;
}

/// <summary>
/// The part of <see cref="MessageSent"/> that is used here. The event comes with every message, so the rest is not deserialized.
/// </summary>
internal sealed class MessageSentJson
{
    public long RoomId { get; set; }

    public long Version { get; set; }

    public ConsumedMessageJson? Message { get; set; }
}

/// <summary>The part of a <see cref="MessageView"/> that is used here.</summary>
internal sealed class ConsumedMessageJson
{
    public string Id { get; set; } = "";

    public long Seq { get; set; }

    public long UserId { get; set; }

    public string Content { get; set; } = "";

    public string MessageType { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }
}
