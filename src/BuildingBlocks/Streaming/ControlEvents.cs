namespace BigTech.BuildingBlocks.Streaming;

/// <summary>The events by which every stream says where its client is, and how it is. Clients depend on the names.</summary>
public static class ControlEvents
{
    /// <summary>The stream begins: at what its client missed, or at the present.</summary>
    public const string Ready = "ready";

    /// <summary>The client starts over; the data says why and where.</summary>
    public const string Reset = "reset";

    /// <summary>The stream is still there; only where the client asks for it.</summary>
    public const string Heartbeat = "heartbeat";

    /// <summary>The stream cannot begin now, and ends at once; the data says why. Only for a browser's EventSource.</summary>
    public const string Unavailable = "unavailable";
}
