using System.Text.Json.Serialization;
using BigTech.BuildingBlocks.Streaming;
using BigTech.Contracts.Users;

namespace BigTech.Users.Presence;

/// <summary>An event of the stream of friends' presence. Later versions of the server have more.</summary>
internal abstract class PresenceStreamEvent : StreamEvents
{
    public const string Name = "presence";

    /// <summary>A friend came online, went offline, was added or removed.</summary>
    [JsonPropertyName(Name)]
    public abstract OnlineStatus Presence { get; }
}
