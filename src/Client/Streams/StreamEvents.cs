using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace BigTech.Chat.Client;

/// <summary>Reads the events of all streams.</summary>
internal static class StreamEvents
{
    public static StreamEvent Parse(string name, ReadOnlySpan<byte> data)
    {
        try
        {
            return name switch
            {
                "ready" => Read(data, ChatJson.Default.StreamReady),
                "reset" => Read(data, ChatJson.Default.StreamReset),
                "message.created" => Read(data, ChatJson.Default.MessageChanged) with { Change = MessageChange.Created },
                "message.updated" => Read(data, ChatJson.Default.MessageChanged) with { Change = MessageChange.Updated },
                "message.deleted" => Read(data, ChatJson.Default.MessageChanged) with { Change = MessageChange.Deleted },
                "reaction.changed" => Read(data, ChatJson.Default.ReactionChanged),
                "read" => Read(data, ChatJson.Default.ReadPositionChanged),
                "member" => Read(data, ChatJson.Default.MemberChanged),
                "typing" => Read(data, ChatJson.Default.TypingChanged),
                "room" => Read(data, ChatJson.Default.RoomChanged),
                "presence" => Read(data, ChatJson.Default.PresenceChanged),
                "friend.added" or "request.created" => Read(data, ChatJson.Default.FriendChanged),
                "friend.removed" or "request.closed" => Read(data, ChatJson.Default.FriendRemoved),
                "notification.created" => Read(data, ChatJson.Default.NotificationChanged) with { IsNew = true },
                "notification.updated" => Read(data, ChatJson.Default.NotificationChanged),
                "notification.read" => Read(data, ChatJson.Default.NotificationsMarkedRead),
                "notification.removed" => Read(data, ChatJson.Default.NotificationRemoved),
                _ => Unknown(name, data),
            };
        }
        catch (JsonException)
        {
            // A later version of the server. What it has sent is not lost.
            return Unknown(name, data);
        }
    }

    private static T Read<T>(ReadOnlySpan<byte> data, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(data, type) ?? throw new JsonException("The data of an event is null.");

    private static UnknownEvent Unknown(string name, ReadOnlySpan<byte> data) => new(name, Encoding.UTF8.GetString(data));
}
