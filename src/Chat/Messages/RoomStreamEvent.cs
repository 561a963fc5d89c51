using System.Text.Json.Serialization;
using BigTech.BuildingBlocks.Streaming;
using BigTech.Contracts.Chat;

namespace BigTech.Chat.Messages;

/// <summary>An event of the streams of rooms. Later versions of the server have more.</summary>
internal abstract class RoomStreamEvent : StreamEvents
{
    /// <summary>A message is new. Its author has read up to it.</summary>
    [JsonPropertyName(StreamEventNames.MessageCreated)]
    public abstract MessageEvent MessageCreated { get; }

    /// <summary>A message was edited, or its reactions have changed and only the whole message is known.</summary>
    [JsonPropertyName(StreamEventNames.MessageUpdated)]
    public abstract MessageEvent MessageUpdated { get; }

    /// <summary>The content of a message is removed, and its pin.</summary>
    [JsonPropertyName(StreamEventNames.MessageDeleted)]
    public abstract MessageEvent MessageDeleted { get; }

    /// <summary>A user has added an emoji to a message, or taken it away.</summary>
    [JsonPropertyName(StreamEventNames.ReactionChanged)]
    public abstract ReactionChanged ReactionChanged { get; }

    /// <summary>A member has read up to a message.</summary>
    [JsonPropertyName(StreamEventNames.Read)]
    public abstract MessagesRead Read { get; }

    /// <summary>A member has joined, left or got another role.</summary>
    [JsonPropertyName(StreamEventNames.Member)]
    public abstract MemberEvent Member { get; }

    /// <summary>The room has another name or other pins, or is new to the caller.</summary>
    [JsonPropertyName(StreamEventNames.Room)]
    public abstract RoomEvent Room { get; }

    /// <summary>A member types, or has stopped.</summary>
    [JsonPropertyName(StreamEventNames.Typing)]
    public abstract TypingEvent Typing { get; }
}
