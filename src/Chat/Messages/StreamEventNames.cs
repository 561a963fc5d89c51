using BigTech.BuildingBlocks.Streaming;

namespace BigTech.Chat.Messages;

/// <summary>Every event of the streams of rooms but the <see cref="ControlEvents"/>. Clients depend on the names.</summary>
internal static class StreamEventNames
{
    public const string MessageCreated = "message.created";
    public const string MessageUpdated = "message.updated";
    public const string MessageDeleted = "message.deleted";
    public const string ReactionChanged = "reaction.changed";
    public const string Read = "read";
    public const string Member = "member";
    public const string Room = "room";
    public const string Typing = "typing";
}
