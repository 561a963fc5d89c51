namespace BigTech.BuildingBlocks.Streaming;

/// <summary>
/// Observes every stream that opens and closes in this process, whatever it carries: a user with an open stream is online. Called during
/// requests, so it must neither wait nor throw.
/// </summary>
public interface IStreamObserver
{
    void StreamOpened(long userId);

    /// <summary>Called once for each <see cref="StreamOpened"/>.</summary>
    void StreamClosed(long userId);
}
