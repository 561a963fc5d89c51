namespace BigTech.Chat.Messages;

/// <summary>Every event of the streams of rooms. Clients depend on the names.</summary>
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

    /// <summary>The stream is at the end of what its client missed.</summary>
    public const string Ready = "ready";

    /// <summary>The client starts over; the data says why and where.</summary>
    public const string Reset = "reset";
}
