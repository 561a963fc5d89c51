namespace BigTech.Platform.Redis;

/// <summary>
/// Taps on the shoulder between the replicas of a context: something has changed in the store that they share. A signal may get lost, come
/// twice or out of order, so it says where to look and never what has become of it, unless that is kept nowhere.
/// </summary>
public interface IBackplane
{
    /// <summary>
    /// Whether others may change the same store. If so, streams read what is new from it, for a change that was made here says nothing of
    /// one that was made elsewhere just before; if not, the writer may hand it to them.
    /// </summary>
    bool IsClustered { get; }

    /// <summary>Tells the other replicas. Never waits, never throws.</summary>
    void Publish(string channel, string text);

    /// <summary>Hears the other replicas on a channel. Asked for before the program runs, once for each channel.</summary>
    /// <param name="heard">Must not wait; may be called on several threads at once.</param>
    /// <param name="missed">Called when signals may have been missed: look everywhere.</param>
    void Subscribe(string channel, Action<string> heard, Action missed);
}

/// <summary>A process that shares its stores with nobody.</summary>
public sealed class NullBackplane : IBackplane
{
    public bool IsClustered => false;

    public void Publish(string channel, string text)
    {
    }

    public void Subscribe(string channel, Action<string> heard, Action missed)
    {
    }
}
