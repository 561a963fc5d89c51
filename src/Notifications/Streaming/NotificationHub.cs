using System.Collections.Concurrent;
using BigTech.BuildingBlocks.Streaming;
using BigTech.Notifications.Storage;
using BigTech.Notifications.Views;

namespace BigTech.Notifications.Streaming;

/// <summary>
/// The open notification streams of this process. Only the writer publishes, in commit order, so every stream receives the changes in the
/// order of their versions. Users without streams cost nothing. With several replicas, streams read the store themselves, and the hub only
/// sends them signals, here and on other replicas.
/// </summary>
internal sealed class NotificationHub : INotificationPublisher
{
    private const string SignalChannel = "notifications";

    private readonly IBackplane _backplane;
    private readonly ConcurrentDictionary<long, HashSet<NotificationStream>> _users = new();

    public NotificationHub(IBackplane backplane)
    {
        _backplane = backplane;
        backplane.Subscribe(SignalChannel, text => Deliver(NotificationSignal.Parse(text)), onMissed: WakeAll);
    }

    /// <inheritdoc/>
    public bool StreamsRead => _backplane.IsClustered;

    /// <inheritdoc/>
    public bool IsListening(long userId) => _users.ContainsKey(userId);

    public void Join(NotificationStream stream)
    {
        lock (_users) _users.GetOrAdd(stream.Caller.UserId, static _ => []).Add(stream);
    }

    public void Leave(NotificationStream stream)
    {
        lock (_users)
        {
            if (!_users.TryGetValue(stream.Caller.UserId, out var streams)) return;
            streams.Remove(stream);
            if (streams.Count == 0) _users.TryRemove(stream.Caller.UserId, out _);
        }
    }

    /// <inheritdoc/>
    public void Publish(long userId, VersionedEvent change)
    {
        if (!IsListening(userId)) return;
        lock (_users)
        {
            if (!_users.TryGetValue(userId, out var streams)) return;
            foreach (var stream in streams) stream.Push(change);
        }
    }

    /// <inheritdoc/>
    public void Signal(NotificationSignal signal)
    {
        _backplane.Publish(SignalChannel, signal.ToString());
        Deliver(signal);
    }

    private void Deliver(NotificationSignal signal)
    {
        if (!IsListening(signal.UserId)) return;
        lock (_users)
        {
            if (!_users.TryGetValue(signal.UserId, out var streams)) return;
            foreach (var stream in streams) stream.ReadFor(signal);
        }
    }

    private void WakeAll()
    {
        lock (_users)
        {
            foreach (var stream in _users.Values.SelectMany(streams => streams)) stream.Look();
        }
    }
}
