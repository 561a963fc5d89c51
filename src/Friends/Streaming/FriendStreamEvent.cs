using System.Text.Json.Serialization;
using BigTech.BuildingBlocks.Streaming;

namespace BigTech.Friends.Streaming;

/// <summary>An event of the stream of friends and requests. Later versions of the server have more.</summary>
internal abstract class FriendStreamEvent : StreamEvents
{
    public const string Added = "friend.added";
    public const string Removed = "friend.removed";
    public const string RequestCreated = "request.created";
    public const string RequestClosed = "request.closed";

    /// <summary>There is a friend; the request with that id is accepted.</summary>
    [JsonPropertyName(Added)]
    public abstract FriendshipOpened FriendAdded { get; }

    /// <summary>A friendship has ended.</summary>
    [JsonPropertyName(Removed)]
    public abstract FriendshipClosed FriendRemoved { get; }

    /// <summary>There is an open request, sent or received.</summary>
    [JsonPropertyName(RequestCreated)]
    public abstract FriendshipOpened RequestOpened { get; }

    /// <summary>A request is not open any more.</summary>
    [JsonPropertyName(RequestClosed)]
    public abstract FriendshipClosed RequestEnded { get; }
}
