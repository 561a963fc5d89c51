namespace BigTech.BuildingBlocks.Streaming;

/// <summary>An open stream, as the registry uses it.</summary>
public interface IOpenStream
{
    UserSession Caller { get; }

    /// <summary>What it streams, as metrics name it.</summary>
    string Kind { get; }

    void Close();

    /// <summary>Called once a second: sends a heartbeat if it is due, and aborts a stalled reader.</summary>
    /// <param name="now">Milliseconds on the registry's clock.</param>
    void Tick(long now);
}
