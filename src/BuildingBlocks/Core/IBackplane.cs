namespace BigTech.BuildingBlocks.Core;

/// <summary>
/// Signals between the replicas of a context that shared data has changed. A signal may get lost, be duplicated or arrive out of order, so
/// it identifies what to read again and does not carry the data, unless the data is not stored.
/// </summary>
public interface IBackplane
{
    /// <summary>
    /// Whether other processes may change the same store. If so, streams read changes from the store, because a local change does not show
    /// that an earlier one elsewhere is known; if not, the writer passes changes to them.
    /// </summary>
    bool IsClustered { get; }

    /// <summary>Sends to the other replicas. Never waits, never throws.</summary>
    void Publish(string channel, string text);

    /// <summary>Receives from the other replicas on a channel. Call it before the program runs, once for each channel.</summary>
    /// <param name="onMessage">Must not wait; may be called on several threads at once.</param>
    /// <param name="onMissed">Called when signals may have been missed: read everything again.</param>
    void Subscribe(string channel, Action<string> onMessage, Action onMissed);
}

/// <summary>The backplane of a process that does not share its stores.</summary>
public sealed class NullBackplane : IBackplane
{
    public bool IsClustered => false;

    public void Publish(string channel, string text)
    {
    }

    public void Subscribe(string channel, Action<string> onMessage, Action onMissed)
    {
    }
}
