namespace BigTech.BuildingBlocks.Streaming;

/// <summary>The events by which every stream says where its client is. Clients depend on the names.</summary>
public static class ControlEvents
{
    /// <summary>The stream begins: at what its client missed, or at the present.</summary>
    public const string Ready = "ready";

    /// <summary>The client starts over; the data says why and where.</summary>
    public const string Reset = "reset";
}
